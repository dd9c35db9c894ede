// Reading the registry while it is written, from one to four threads.
#include "core/task/registry.h"

#include <benchmark/benchmark.h>

#include <atomic>
#include <thread>

#include "benchmarks/parts/inputs.h"

namespace {

constexpr std::size_t kTasks = 10'000;

// A registry of kTasks, and a writer that updates ten of them at a time for as long as this lives.
class Written {
 public:
  Written() : events_(parts::added_tasks(kTasks)) {
    registry.apply(events_);
    for (pawl::TaskEvent& event : events_) event.kind = pawl::TaskEventKind::kUpdated;
    writer_ = std::jthread([this](std::stop_token stop) {
      for (std::size_t at = 0; !stop.stop_requested(); at = (at + 10) % kTasks) {
        registry.apply(std::span(events_).subspan(at, 10));
        batches.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }

  std::string_view uuid(std::size_t i) const { return events_[i % kTasks].task->uuid(); }

  pawl::Registry registry;
  std::atomic<std::uint64_t> batches = 0;

 private:
  std::vector<pawl::TaskEvent> events_;
  std::jthread writer_;
};
std::unique_ptr<Written> written;

void BM_RegistryReadUnderWrite(benchmark::State& state) {
  if (state.thread_index() == 0) written = std::make_unique<Written>();
  std::size_t i = static_cast<std::size_t>(state.thread_index()) * 1009;
  std::size_t missing = 0;
  for (auto _ : state)
    missing += written->registry.snapshot()->get(written->uuid(i += 7)) == nullptr;
  if (missing != 0) state.SkipWithError("a task that is always there was missing");
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) {
    state.counters["batches_written"] = benchmark::Counter(
        static_cast<double>(written->batches.load()), benchmark::Counter::kIsRate);
    written.reset();
  }
}
BENCHMARK(BM_RegistryReadUnderWrite)->DenseThreadRange(1, 4)->UseRealTime();

// What a change copies: a node on each level of the tree, of which there are log32 of all tasks. By
// time it is more than by instructions, for the more tasks there are the fewer of them are in the
// caches.
void BM_RegistryApplyOne(benchmark::State& state) {
  std::vector<pawl::TaskEvent> events =
      parts::added_tasks(static_cast<std::size_t>(state.range(0)));
  pawl::Registry registry;
  registry.apply(events);
  for (pawl::TaskEvent& event : events) event.kind = pawl::TaskEventKind::kUpdated;
  std::size_t i = 0;
  for (auto _ : state) registry.apply(std::span(events).subspan((i += 7) % events.size(), 1));
  state.SetComplexityN(state.range(0));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_RegistryApplyOne)
    ->RangeMultiplier(10)
    ->Range(100, 100'000)
    ->Complexity(benchmark::oLogN);

}  // namespace
