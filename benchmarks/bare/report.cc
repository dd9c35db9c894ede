#include "benchmarks/bare/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "benchmarks/bare/measure.h"

namespace bare {

Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return {values.front(), (values[(n - 1) / 2] + values[n / 2]) / 2, values.back()};
}

Report::Row& Report::row(const std::string& what) {
  for (Row& row : rows_)
    if (row.what == what) return row;
  return rows_.emplace_back(Row{.what = what, .values = {}});
}

void Report::add(const std::string& what, double value) {
  if (!std::isfinite(value)) fail(scenario_ + ", " + what + ": nothing was measured");
  row(what).values.push_back(value);
}
void Report::target(const std::string& what, double target, const std::string& limit) {
  row(what).target = target;
  row(what).limit = limit;
}
void Report::grows(const std::string& what, double exponent) {
  row(what).grows = exponent;
}

void Report::curve(const std::string& what, const std::string& over,
                   const std::vector<std::pair<double, double>>& points) {
  std::printf("{\"scenario\":\"%s\",\"size\":%zu,\"curve\":\"%s\",\"over\":\"%s\",\"points\":[",
              scenario_.c_str(), size_, what.c_str(), over.c_str());
  for (std::size_t i = 0; i < points.size(); ++i)
    std::printf("%s[%.4g,%.6g]", i == 0 ? "" : ",", points[i].first, points[i].second);
  std::printf("]}\n");
}

void Report::skip(const std::string& why) {
  std::printf("{\"scenario\":\"%s\",\"size\":%zu,\"skipped\":\"%s\"}\n", scenario_.c_str(), size_,
              why.c_str());
  std::fprintf(stderr, "%s: skipped: %s\n", scenario_.c_str(), why.c_str());
}

Report::~Report() {
  if (!rows_.empty())
    std::fprintf(stderr, "\n%-22s %8s %-58s %10s %10s %10s %9s\n", "scenario", "size", "what",
                 "min", "median", "max", "target");
  for (const Row& row : rows_) {
    const Spread s = spread_of(row.values);
    const bool missed =
        row.target > 0 ? s.median > row.target : row.target < 0 && s.median < -row.target;
    char target[32] = "";
    if (row.target != 0)
      std::snprintf(target, sizeof target, "%s%g",
                    row.target > 0 ? "<=" : ">=", std::fabs(row.target));
    std::fprintf(stderr, "%-22s %8zu %-58s %10.3f %10.3f %10.3f %9s%s\n", scenario_.c_str(), size_,
                 row.what.c_str(), s.min, s.median, s.max, target, missed ? "  MISSED" : "");
    std::printf(
        "{\"scenario\":\"%s\",\"size\":%zu,\"what\":\"%s\",\"runs\":%zu,\"min\":%.4f,\"median\":%."
        "4f,"
        "\"max\":%.4f",
        scenario_.c_str(), size_, row.what.c_str(), row.values.size(), s.min, s.median, s.max);
    if (row.target != 0)
      std::printf(",\"target\":\"%s\",\"met\":%s", target, missed ? "false" : "true");
    if (missed && !row.limit.empty()) std::printf(",\"limit\":\"%s\"", row.limit.c_str());
    if (row.grows) std::printf(",\"grows\":%g", *row.grows);
    std::printf("}\n");
  }
  std::fflush(stdout);  // taking the scratch folder away may last
}

namespace {

Options parse(int argc, char** argv, std::size_t size, std::string base) {
  Options options;
  options.size = size;
  options.pawl = PAWL_BINARY;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t at = std::min(argument.find('='), argument.size());
    const std::string_view key = argument.substr(0, at);
    const std::string value(argument.substr(std::min(at + 1, argument.size())));
    if (key == "--runs")
      options.runs = std::atoi(value.c_str());
    else if (key == "--size")
      options.size = std::strtoull(value.c_str(), nullptr, 10);
    else if (key == "--seconds")
      options.seconds = std::strtod(value.c_str(), nullptr);
    else if (key == "--pawl")
      options.pawl = value;
    else if (key == "--scratch")
      base = value;
    else if (key == "--only")
      options.only = value;
    else
      fail("usage: " + std::string(argv[0]) +
           " [--runs=N] [--size=N] [--seconds=N] [--pawl=FILE] [--scratch=DIR] [--only=PART]");
  }
  if (options.runs < 1) fail("--runs must be at least 1");
  std::string scratch = base + "/pawl-bench-XXXXXX";
  must(::mkdtemp(scratch.data()) != nullptr, "make a folder in " + base);
  options.scratch = scratch;
  return options;
}

}  // namespace

Options options_of(int argc, char** argv, std::size_t size) {
  return parse(argc, argv, size, std::filesystem::temp_directory_path());
}
Options options_in_memory(int argc, char** argv, std::size_t size) {
  const bool memory = std::filesystem::is_directory("/dev/shm");
  return parse(argc, argv, size, memory ? "/dev/shm" : std::filesystem::temp_directory_path());
}

void remove_scratch(const Options& options) {
  std::error_code error;
  std::filesystem::remove_all(options.scratch, error);
}

}  // namespace bare
