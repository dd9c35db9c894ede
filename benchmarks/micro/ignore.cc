// A thousand patterns against ever more paths, and against ever longer ones.
#include <benchmark/benchmark.h>

#include "benchmarks/parts/inputs.h"

namespace {

constexpr std::size_t kPatterns = 1000;

void match_all(benchmark::State& state, const std::vector<std::string>& patterns) {
  const pawl::IgnoreRules rules = parts::rules_of(patterns);
  const std::vector<std::string> paths = parts::paths(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    std::size_t ignored = 0;
    for (const std::string& path : paths) ignored += rules.ignored(path, false);
    benchmark::DoNotOptimize(ignored);
  }
  state.SetComplexityN(state.range(0));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void BM_IgnoreThousandPatterns(benchmark::State& state) {
  match_all(state, parts::ordinary_patterns(kPatterns));
}
BENCHMARK(BM_IgnoreThousandPatterns)
    ->RangeMultiplier(10)
    ->Range(1'000, 1'000'000)
    ->Complexity(benchmark::oN)
    ->Unit(benchmark::kMillisecond);

// By the length of the path: linear, whatever the patterns.
void BM_IgnorePathologicalByLength(benchmark::State& state) {
  const pawl::IgnoreRules rules = parts::rules_of(parts::pathological_patterns(20));
  const std::string path = parts::almost_matching_path(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(rules.matches(path, false));
  state.SetComplexityN(state.range(0));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_IgnorePathologicalByLength)
    ->RangeMultiplier(4)
    ->Range(64, 4096)
    ->Complexity(benchmark::oN);

// By the number of patterns, a path of 40 bytes.
void BM_IgnoreByPatterns(benchmark::State& state) {
  const pawl::IgnoreRules rules =
      parts::rules_of(parts::ordinary_patterns(static_cast<std::size_t>(state.range(0))));
  const std::vector<std::string> paths = parts::paths(1000);
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(rules.ignored(paths[i++ % paths.size()], false));
}
BENCHMARK(BM_IgnoreByPatterns)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

}  // namespace
