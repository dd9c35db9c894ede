// A burst of changes of N tasks: each is noted ten times, then all have settled.
#include "core/task/debouncer.h"

#include <benchmark/benchmark.h>

#include "benchmarks/parts/inputs.h"

namespace {

constexpr int kNotes = 10;

void BM_DebounceBurst(benchmark::State& state) {
  const std::vector<std::string> keys = parts::paths(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    pawl::Debouncer debouncer(pawl::milliseconds(500));
    pawl::Instant now = pawl::from_ns(1);
    for (int note = 0; note < kNotes; ++note, now += pawl::milliseconds(1))
      for (const std::string& key : keys) debouncer.note(key, now);
    benchmark::DoNotOptimize(debouncer.take_settled(now + pawl::seconds(1)));
  }
  state.SetComplexityN(state.range(0));
  state.SetItemsProcessed(state.iterations() * state.range(0) * kNotes);
}
BENCHMARK(BM_DebounceBurst)
    ->RangeMultiplier(10)
    ->Range(10, 100'000)
    ->Complexity(benchmark::oNLogN)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
