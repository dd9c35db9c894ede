// What a task's files go through: parsing its metadata, and the hash that tells contents apart.
#include "core/task/metadata.h"

#include <benchmark/benchmark.h>

#include "benchmarks/parts/inputs.h"
#include "core/task/checksum.h"

namespace {

void BM_ParseMetadata(benchmark::State& state) {
  const std::vector<std::string> texts = parts::metadata_texts(1000);
  pawl::MetadataReader reader;
  std::vector<pawl::Diagnostic> diagnostics;
  std::size_t i = 0;
  std::int64_t bytes = 0;
  for (auto _ : state) {
    const std::string& text = texts[i++ % texts.size()];
    benchmark::DoNotOptimize(reader.read(text, "metadata.json", diagnostics));
    bytes += static_cast<std::int64_t>(text.size());
  }
  if (!diagnostics.empty()) state.SkipWithError("generated metadata is invalid");
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(bytes);
}
BENCHMARK(BM_ParseMetadata);

// A list of N tags: the parser itself, without what every file costs.
void BM_ParseMetadataBySize(benchmark::State& state) {
  std::string text = R"({"version": "1.2.3", "label": "Many tags", "tags": ["first")";
  for (std::int64_t i = 0; i < state.range(0); ++i) text += ", \"tag-" + std::to_string(i) + "\"";
  text += "]}";
  pawl::MetadataReader reader;
  std::vector<pawl::Diagnostic> diagnostics;
  for (auto _ : state) benchmark::DoNotOptimize(reader.read(text, "metadata.json", diagnostics));
  if (!diagnostics.empty()) state.SkipWithError("it is invalid");
  state.SetComplexityN(state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(BM_ParseMetadataBySize)
    ->RangeMultiplier(10)
    ->Range(100, 100'000)
    ->Complexity(benchmark::oN)
    ->Unit(benchmark::kMicrosecond);

void BM_Hash(benchmark::State& state) {
  const std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(pawl::hash_of(bytes));
  state.SetComplexityN(state.range(0));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Hash)->RangeMultiplier(16)->Range(1 << 8, 8 << 20)->Complexity(benchmark::oN);

}  // namespace
