// One directory, in memory: comparing all of it, and one change in it.
#include <benchmark/benchmark.h>

#include "benchmarks/parts/stepped_directory.h"

namespace {

void BM_ReconcileDirectory(benchmark::State& state) {
  parts::SteppedDirectory directory(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    if (directory.rescan() != 0) state.SkipWithError("changes were found where there are none");
  }
  state.SetComplexityN(state.range(0));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_ReconcileDirectory)
    ->RangeMultiplier(10)
    ->Range(10, 100'000)
    ->Complexity(benchmark::oN)
    ->Unit(benchmark::kMicrosecond);

// What it costs must not depend on how much else there is.
void BM_ReconcileOneChange(benchmark::State& state) {
  parts::SteppedDirectory directory(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    if (directory.change_one() != 1) state.SkipWithError("the change was not found");
  }
  state.SetComplexityN(state.range(0));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ReconcileOneChange)
    ->RangeMultiplier(10)
    ->Range(10, 100'000)
    ->Complexity(benchmark::o1);

}  // namespace
