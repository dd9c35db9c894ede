// The results of one scenario: JSON on standard output, one object a line, and a table for a person
// on standard error.
//
//   {"scenario":"start","size":20000,"what":"pawl, CPU ms","runs":5,"min":…,"median":…,"max":…}
//   … "target":"<=1.5","met":false,"limit":"…" …   what the median is to be; what stands in the way
//   … "grows":1 …                     with the size to this power: benchmarks/report compares sizes
//   {"scenario":"soak","size":2000,"curve":"resident MB","over":"s","points":[[0,21.5],…]}
//   {"scenario":"FUSE","size":100,"skipped":"bindfs is not installed"}
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bare {

// Least, median and most of several runs.
struct Spread {
  double min = 0;
  double median = 0;
  double max = 0;
};
Spread spread_of(std::vector<double> values);

class Report {
 public:
  // `size`: of how many things. Scenarios of one name differ in nothing else.
  Report(std::string scenario, std::size_t size) : scenario_(std::move(scenario)), size_(size) {}
  // Prints what was added.
  ~Report();
  Report(const Report&) = delete;

  // One run's value of `what`. Rows appear in the order in which they are first named.
  void add(const std::string& what, double value);
  // The median of `what` is to be at most `target`; or at least, if it is negative: -0.7. `limit`:
  // what stands in the way where it is missed.
  void target(const std::string& what, double target, const std::string& limit = {});
  // `what` grows with the size to the power of `exponent`, or less: 1 is linear, 0 constant.
  void grows(const std::string& what, double exponent);
  // Where a value was at which time, or beside which other.
  void curve(const std::string& what, const std::string& over,
             const std::vector<std::pair<double, double>>& points);
  // It can't be had here, and this is why.
  void skip(const std::string& why);

 private:
  struct Row {
    std::string what;
    std::vector<double> values;
    double target = 0;
    std::string limit = {};
    std::optional<double> grows = std::nullopt;
  };
  Row& row(const std::string& what);

  std::string scenario_;
  std::size_t size_;
  std::vector<Row> rows_;
};

// The arguments of a scenario.
struct Options {
  int runs = 5;
  std::size_t size = 0;  // 0: the scenario's own
  double seconds = 0;    // of a soak
  std::string pawl;
  std::string scratch;  // an empty folder of its own, removed at the end
  std::string only;     // run this part alone: for profiling
};
// --runs=N --size=N --seconds=N --pawl=FILE --scratch=DIR --only=PART
Options options_of(int argc, char** argv, std::size_t size);
// The same with the scratch folder in memory, where there is one: /dev/shm. For what must not wait
// for a disk.
Options options_in_memory(int argc, char** argv, std::size_t size);
void remove_scratch(const Options& options);

}  // namespace bare
