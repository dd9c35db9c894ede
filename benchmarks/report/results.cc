#include "benchmarks/report/results.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>

namespace report {
namespace {

namespace dom = simdjson::dom;

std::string text(dom::object object, const char* key) {
  std::string_view value;
  return object[key].get(value) == simdjson::SUCCESS ? std::string(value) : "";
}

double number(dom::object object, const char* key) {
  double value = 0;
  return object[key].get(value) == simdjson::SUCCESS ? value : 0;
}

void add_line(Results& results, dom::object object) {
  const std::string scenario = text(object, "scenario");
  if (const std::string why = text(object, "skipped"); !why.empty()) {
    // Once, not for each size.
    const auto same = [&](const Skip& skip) { return skip.scenario == scenario; };
    if (std::none_of(results.skips.begin(), results.skips.end(), same))
      results.skips.push_back({scenario, why});
    return;
  }
  dom::array points;
  if (object["points"].get(points) == simdjson::SUCCESS) {
    Curve curve{scenario, text(object, "curve"), text(object, "over"), {}};
    for (dom::element point : points) {
      double x = 0, y = 0;
      if (point.at(0).get(x) == simdjson::SUCCESS && point.at(1).get(y) == simdjson::SUCCESS)
        curve.points.emplace_back(x, y);
    }
    results.curves.push_back(std::move(curve));
    return;
  }
  Row row;
  row.scenario = scenario;
  row.size = static_cast<std::uint64_t>(number(object, "size"));
  row.what = text(object, "what");
  row.runs = static_cast<std::uint64_t>(number(object, "runs"));
  row.min = number(object, "min");
  row.median = number(object, "median");
  row.max = number(object, "max");
  row.target = text(object, "target");
  row.limit = text(object, "limit");
  bool met = true;
  if (object["met"].get(met) == simdjson::SUCCESS) row.met = met;
  double grows = 0;
  if (object["grows"].get(grows) == simdjson::SUCCESS) row.grows = grows;
  results.rows.push_back(std::move(row));
}

double exponent_of(const std::vector<std::pair<double, double>>& points) {
  double x = 0, y = 0, xx = 0, xy = 0;
  const double n = static_cast<double>(points.size());
  for (const auto& [size, value] : points) {
    const double a = std::log(size), b = std::log(std::max(value, 1e-9));
    x += a, y += b, xx += a * a, xy += a * b;
  }
  return (n * xy - x * y) / (n * xx - x * x);
}

void find_growths(Results& results) {
  std::vector<Growth> growths;
  for (const Row& row : results.rows) {
    if (!row.grows) continue;
    const std::string name = row.scenario + ": " + row.what;
    auto growth = std::find_if(growths.begin(), growths.end(),
                               [&](const Growth& known) { return known.name == name; });
    if (growth == growths.end()) {
      growths.push_back({name, {}, *row.grows, 0});
      growth = growths.end() - 1;
    }
    growth->points.emplace_back(static_cast<double>(row.size), row.median);
  }
  for (Growth& growth : growths) {
    std::sort(growth.points.begin(), growth.points.end());
    if (growth.points.size() < 2 || growth.points.front().first == growth.points.back().first)
      continue;
    growth.exponent = exponent_of(growth.points);
    results.growths.push_back(std::move(growth));
  }
}

// "BM_Hash/4096" is the point 4096 of BM_Hash, whose line BM_Hash_BigO says what was claimed.
void add_parts(Results& results, const std::string& path) {
  dom::parser parser;
  dom::element document;
  dom::array lines;
  if (path.empty() || parser.load(path).get(document) != simdjson::SUCCESS ||
      document["benchmarks"].get(lines) != simdjson::SUCCESS)
    return;
  const std::map<std::string, double> known{{"(1)", 0}, {"lgN", 0.2}, {"N", 1}, {"NlgN", 1.1}};
  const std::map<std::string, double> units{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
  std::map<std::string, double> claims;  // of each family
  for (dom::element element : lines) {
    dom::object line;
    if (element.get(line) != simdjson::SUCCESS) continue;
    std::string name = text(line, "run_name");
    if (name.starts_with("BM_")) name.erase(0, 3);
    if (const auto claim = known.find(text(line, "big_o")); claim != known.end())
      claims[name] = claim->second;
    if (text(line, "run_type") != "iteration") continue;
    auto part = std::find_if(results.parts.begin(), results.parts.end(),
                             [&](const Part& other) { return other.name == name; });
    if (part == results.parts.end()) {
      results.parts.push_back({name, {}, 0, 0});
      part = results.parts.end() - 1;
    }
    const auto unit = units.find(text(line, "time_unit"));
    part->times_ns.push_back(number(line, "cpu_time") * (unit == units.end() ? 1 : unit->second));
    part->items_per_second = number(line, "items_per_second");
    part->bytes_per_second = number(line, "bytes_per_second");
  }
  for (Part& part : results.parts) std::sort(part.times_ns.begin(), part.times_ns.end());
  for (const auto& [family, claim] : claims) {
    Growth growth{"part: " + family + ", CPU ns", {}, claim, 0};
    for (const Part& part : results.parts)
      if (part.name.starts_with(family + "/"))
        growth.points.emplace_back(std::strtod(part.name.c_str() + family.size() + 1, nullptr),
                                   part.median_ns());
    if (growth.points.size() < 2) continue;
    growth.exponent = exponent_of(growth.points);
    results.growths.push_back(std::move(growth));
  }
}

}  // namespace

bool Growth::holds() const {
  const double range = points.back().first / points.front().first;
  return exponent <= claimed + (claimed == 0 ? std::log(1.5) / std::log(range) : 0.15);
}

double Row::aim() const {
  return target.size() < 3 ? 0 : std::strtod(target.c_str() + 2, nullptr);
}

double Row::used(double value) const {
  if (target.starts_with(">=")) return value > 0 ? aim() / value : INFINITY;
  return aim() > 0 ? value / aim() : 0;
}

const Row* Results::find(const std::string& scenario, const std::string& what) const {
  const Row* found = nullptr;
  for (const Row& row : rows)
    if (row.scenario == scenario && row.what == what && (!found || row.size >= found->size))
      found = &row;
  return found;
}

std::vector<const Row*> Results::targets() const {
  std::vector<const Row*> chosen;
  for (const Row& row : rows)
    if (!row.target.empty() && find(row.scenario, row.what) == &row) chosen.push_back(&row);
  return chosen;
}

Results read_results(const std::string& lines, const std::string& parts,
                     const std::string& machine) {
  Results results;
  dom::parser parser;
  std::ifstream file(lines);
  for (std::string line; std::getline(file, line);) {
    dom::object object;
    if (parser.parse(line).get(object) == simdjson::SUCCESS)
      add_line(results, object);
    else
      fmt::print(stderr, "not a result: {}\n", line);
  }
  find_growths(results);
  add_parts(results, parts);
  std::ifstream facts(machine);
  for (std::string line; std::getline(facts, line);)
    if (const std::size_t colon = line.find(": "); colon != std::string::npos)
      results.machine.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  return results;
}

}  // namespace report
