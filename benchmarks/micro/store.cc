// One batch of N tasks committed to SQLite, on the disk where temporary files lie.
#include "sync/store.h"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>

#include "benchmarks/parts/inputs.h"

namespace {

constexpr pawl::WallMs kNow = 1'700'000'000'000;

void BM_StoreCommitBatch(benchmark::State& state) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("pawl-bench-parts-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  auto store = pawl::Store::open(folder / "registry.db", {});
  pawl::SyncBatch batch;
  batch.events = parts::added_tasks(static_cast<std::size_t>(state.range(0)));
  if (!store.ok() || !(*store)->commit(batch, kNow).ok()) state.SkipWithError("cannot commit");
  // Updates: the table keeps its size, however often this runs.
  for (pawl::TaskEvent& event : batch.events) event.kind = pawl::TaskEventKind::kUpdated;
  std::uint64_t round = 0;
  for (auto _ : state) {
    state.PauseTiming();
    ++round;
    for (pawl::TaskEvent& event : batch.events) {
      pawl::TaskFields task = event.task->fields();
      task.description = "As of round " + std::to_string(round);
      event.task = pawl::make_task(task);
      event.stamp_digest += 1;
    }
    state.ResumeTiming();
    if (!(*store)->commit(batch, kNow).ok()) state.SkipWithError("cannot commit");
  }
  state.SetComplexityN(state.range(0));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  if (store.ok()) store->reset();
  std::filesystem::remove_all(folder);
}
BENCHMARK(BM_StoreCommitBatch)
    ->RangeMultiplier(10)
    ->Range(1, 1'000)
    ->Complexity(benchmark::oN)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
