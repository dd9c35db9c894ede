// What the scenarios and Google Benchmark have measured, as the report needs it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace report {

struct Row {
  std::string scenario;
  std::uint64_t size = 0;
  std::string what;
  std::uint64_t runs = 0;
  double min = 0;
  double median = 0;
  double max = 0;
  std::string target;  // "<=1.5", ">=0.7"; empty: there is none
  std::string limit;   // what stands in the way where it is missed
  bool met = true;
  std::optional<double> grows;  // the exponent that is claimed

  // What the target says, as a number.
  double aim() const;
  // How much of the target is used up: 1 is just met, more is missed.
  double used(double value) const;
};

struct Curve {
  std::string scenario;
  std::string what;
  std::string over;
  std::vector<std::pair<double, double>> points;
};

struct Skip {
  std::string scenario;
  std::string why;
};

// How something grows with its size: by least squares on the logarithms.
struct Growth {
  std::string name;
  std::vector<std::pair<double, double>> points;  // size, median
  double claimed = 0;
  double exponent = 0;

  // A little more than is claimed may be noise: of what is constant a factor of 1.5 from the
  // smallest size to the largest, else 0.15 in the exponent.
  bool holds() const;
};

// One of Google Benchmark's, which repeats it.
struct Part {
  std::string name;
  std::vector<double> times_ns;  // of CPU, for one iteration; sorted
  double items_per_second = 0;
  double bytes_per_second = 0;

  double median_ns() const { return times_ns[times_ns.size() / 2]; }
};

struct Results {
  std::vector<Row> rows;
  std::vector<Curve> curves;
  std::vector<Skip> skips;
  std::vector<Part> parts;
  std::vector<Growth> growths;
  std::vector<std::pair<std::string, std::string>> machine;  // key, value

  // Of the largest size at which the scenario was run.
  const Row* find(const std::string& scenario, const std::string& what) const;
  // Those with a target, each of its scenario's largest size.
  std::vector<const Row*> targets() const;
};

// `lines`: what the scenarios print. `parts`: Google Benchmark's JSON; "" or missing: there is
// none. `machine`: "key: value" lines. Says on standard error what can't be read, and goes on.
Results read_results(const std::string& lines, const std::string& parts,
                     const std::string& machine);

}  // namespace report
