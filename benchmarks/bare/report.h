// The results of one scenario: JSON on standard output, one object a line, and a table for a person
// on standard error.
#pragma once

#include <map>
#include <string>
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
  explicit Report(std::string scenario) : scenario_(std::move(scenario)) {}
  // Prints what was added.
  ~Report();
  Report(const Report&) = delete;

  // One run's value of `what`. Rows appear in the order in which they are first named.
  void add(const std::string& what, double value);
  // The median of `what` is to be at most `target`; or at least, if it is negative: -0.7.
  void target(const std::string& what, double target);

 private:
  struct Row {
    std::string what;
    std::vector<double> values;
    double target = 0;
  };
  Row& row(const std::string& what);

  std::string scenario_;
  std::vector<Row> rows_;
};

// The arguments of a scenario.
struct Options {
  int runs = 5;
  std::size_t size = 0;  // 0: the scenario's own
  std::string pawl;
  std::string scratch;  // an empty folder of its own, removed at the end
  std::string only;     // run this part alone: for profiling
};
// --runs=N --size=N --pawl=FILE --scratch=DIR --only=PART
Options options_of(int argc, char** argv, std::size_t size);
void remove_scratch(const Options& options);

}  // namespace bare
