#include "benchmarks/report/plot.h"

#include <algorithm>

#include "benchmarks/report/svg.h"

namespace report {
namespace {

constexpr const char* kGrid = "#ddd";
constexpr const char* kGood = "#0072b2";
constexpr const char* kBad = "#d55e00";

void x_axis(Svg& svg, const Scale& x, double top, double bottom, const std::string& unit) {
  for (const double tick : x.ticks()) {
    svg.line(x(tick), top, x(tick), bottom, kGrid);
    svg.text(x(tick), bottom + 16, short_number(tick) + unit, "middle", 11);
  }
}

void y_axis(Svg& svg, const Scale& y, double left, double right) {
  for (const double tick : y.ticks()) {
    svg.line(left, y(tick), right, y(tick), kGrid);
    svg.text(left - 6, y(tick) + 4, short_number(tick), "end", 11);
  }
}

}  // namespace

std::string plot_targets(const Results& results) {
  const std::vector<const Row*> rows = results.targets();
  if (rows.empty()) return "";
  constexpr double kLeft = 470, kRight = 870, kTop = 62, kRow = 20, kMost = 2;
  const double bottom = kTop + kRow * static_cast<double>(rows.size());
  Svg svg(940, bottom + 48, "Targets: how much of each is used up");
  svg.text(12, 44,
           "Dot: the median. Line: least to most of all runs. Left of 100% the target is met.",
           "start", 12, "#555");
  const Scale x(0, kMost, kLeft, kRight, false);
  for (const double tick : {0.0, 0.5, 1.0, 1.5, 2.0}) {
    svg.line(x(tick), kTop - 4, x(tick), bottom, tick == 1 ? "#111" : kGrid, tick == 1 ? 1.5 : 1);
    svg.text(x(tick), bottom + 16, fmt::format("{:.0f}%", tick * 100), "middle", 11);
  }
  double at = kTop + kRow / 2;
  for (const Row* row : rows) {
    const auto place = [&](double value) { return x(std::clamp(row->used(value), 0.0, kMost)); };
    const char* fill = row->met ? kGood : kBad;
    std::string name = row->scenario + ": " + row->what;
    if (name.size() > 66) name = name.substr(0, 65) + "…";
    svg.text(kLeft - 10, at + 4, name, "end", 11.5, row->met ? "#333" : kBad, !row->met);
    svg.line(place(row->min), at, place(row->max), at, fill, 2);
    svg.circle(place(row->median), at, 4.5, fill);
    svg.text(kRight + 8, at + 4, short_number(row->median), "start", 11, fill);
    at += kRow;
  }
  return svg.str();
}

std::string plot_growth(const Results& results, bool linear) {
  std::vector<const Growth*> shown;
  double widest = 2, highest = 2, lowest = 1;
  for (const Growth& growth : results.growths) {
    if ((growth.claimed > 0.5) != linear) continue;
    shown.push_back(&growth);
    const auto& [size, value] = growth.points.front();
    for (const auto& [s, v] : growth.points) {
      widest = std::max(widest, s / size);
      highest = std::max(highest, v / value);
      lowest = std::min(lowest, v / value);
    }
  }
  if (shown.empty()) return "";
  constexpr double kLeft = 60, kRight = 450, kTop = 56, kBottom = 380;
  highest = std::max(highest, linear ? widest : 4.0);
  Svg svg(940, std::max(430.0, kTop + 20 * static_cast<double>(shown.size()) + 20),
          linear ? "Growth: what is said to be linear" : "Growth: what is said to be constant");
  svg.text(12, 44,
           "Times as large (across), times as much (up), both logarithmic. Dashed: as claimed.",
           "start", 12, "#555");
  const Scale x(1, widest, kLeft, kRight, true);
  const Scale y(std::max(lowest, 1e-3), highest, kBottom, kTop, true);
  x_axis(svg, x, kTop, kBottom, "");
  y_axis(svg, y, kLeft, kRight);
  svg.text((kLeft + kRight) / 2, kBottom + 34, "size, times the smallest", "middle", 12, "#555");
  svg.line(x(1), y(1), x(widest), y(linear ? widest : 1), "#111", 1.5, "5 4");
  double at = kTop + 8;
  for (std::size_t i = 0; i < shown.size(); ++i, at += 20) {
    const Growth& growth = *shown[i];
    const auto& [size, value] = growth.points.front();
    std::vector<std::pair<double, double>> places;
    for (const auto& [s, v] : growth.points)
      places.emplace_back(x(s / size), y(std::max(v / value, 1e-3)));
    svg.path(places, colour(i));
    for (const auto& [px, py] : places) svg.circle(px, py, 3, colour(i));
    svg.line(470, at - 4, 490, at - 4, colour(i), 3);
    svg.text(496, at, fmt::format("{:+.2f}", growth.exponent), "start", 12,
             growth.holds() ? "#333" : kBad, true);
    svg.text(540, at, growth.name, "start", 12, growth.holds() ? "#333" : kBad);
  }
  return svg.str();
}

std::string plot_latency(const Results& results) {
  constexpr const char* kPercentiles[] = {"p50", "p95", "p99", "max"};
  double low = 1e9, high = 0;
  for (const std::string who : {"pawl", "bare"})
    for (const char* p : kPercentiles) {
      const Row* row = results.find("latency", who + ", ms, " + p);
      if (row == nullptr) return "";
      low = std::min(low, row->min * 1e3);
      high = std::max(high, row->max * 1e3);
    }
  constexpr double kLeft = 110, kRight = 880, kTop = 60, kRow = 26;
  const double bottom = kTop + kRow * 8;
  Svg svg(940, bottom + 50, "Latency: from just before the write to the line that tells of it");
  svg.text(12, 44,
           "500 appends, natively watched, no debounce; microseconds, logarithmic. Line: least to "
           "most of all runs.",
           "start", 12, "#555");
  const Scale x(low * 0.8, high * 1.3, kLeft, kRight, true);
  x_axis(svg, x, kTop, bottom, "");
  double at = kTop + kRow / 2;
  for (const char* p : kPercentiles)
    for (const std::string who : {"bare", "pawl"}) {
      const Row& row = *results.find("latency", who + ", ms, " + p);
      const char* fill = colour(who == "pawl" ? 0 : 1);
      svg.text(kLeft - 10, at + 4, who + " " + p, "end", 12, fill, true);
      svg.line(x(row.min * 1e3), at, x(row.max * 1e3), at, fill, 2);
      svg.circle(x(row.median * 1e3), at, 5, fill);
      svg.text(x(row.median * 1e3), at - 8, short_number(row.median * 1e3), "middle", 10.5, fill);
      at += kRow;
    }
  return svg.str();
}

std::vector<std::string> peers_of(const Results& results) {
  std::vector<std::string> peers;
  for (const Row& row : results.rows) {
    const std::size_t comma = row.what.find(',');
    if (!row.what.ends_with(": % not told")) continue;
    if (row.scenario != "peers" || comma == std::string::npos) continue;
    const std::string name = row.what.substr(0, comma);
    if (std::find(peers.begin(), peers.end(), name) == peers.end()) peers.push_back(name);
  }
  return peers;
}

std::string plot_peers(const Results& results, const std::string& job) {
  struct Bar {
    std::string name;
    double cpu;
    double missing;
  };
  std::vector<Bar> bars;
  double low = 1e9, high = 0;
  for (const std::string& peer : peers_of(results)) {
    const Row* cpu = results.find("peers", peer + ", " + job + ": CPU us a change");
    const Row* missing = results.find("peers", peer + ", " + job + ": % not told");
    if (cpu == nullptr || missing == nullptr) continue;
    bars.push_back({peer, cpu->median, missing->median});
    low = std::min(low, cpu->median);
    high = std::max(high, cpu->median);
  }
  if (bars.empty()) return "";
  constexpr double kLeft = 140, kRight = 700, kTop = 60, kRow = 24;
  const double bottom = kTop + kRow * static_cast<double>(bars.size());
  Svg svg(940, bottom + 44, "Watchers: " + job);
  svg.text(12, 44,
           "CPU microseconds a change, logarithmic; beside it what the judge missed. Median.",
           "start", 12, "#555");
  const Scale x(std::max(low * 0.5, 1e-3), high * 1.2, kLeft, kRight, true);
  x_axis(svg, x, kTop, bottom, "");
  double at = kTop;
  for (const Bar& bar : bars) {
    const char* fill = bar.missing > 0 ? kBad : bar.name == "pawl" ? kGood : "#8fa6b2";
    svg.text(kLeft - 8, at + 16, bar.name, "end", 12, "#333", bar.name == "pawl");
    // No bar: on a logarithmic axis its length would say nothing.
    svg.line(kLeft, at + 12, x(bar.cpu), at + 12, fill, 1);
    svg.circle(x(bar.cpu), at + 12, 5, fill);
    svg.text(
        x(bar.cpu) + 10, at + 16,
        fmt::format("{} us, {}", short_number(bar.cpu),
                    bar.missing > 0 ? fmt::format("{:.3g}% not told", bar.missing) : "all told"),
        "start", 12, bar.missing > 0 ? kBad : "#333");
    at += kRow;
  }
  return svg.str();
}

std::string plot_curve(const Curve& curve) {
  if (curve.points.size() < 2) return "";
  constexpr double kLeft = 60, kRight = 900, kTop = 56, kBottom = 300;
  double high = 0;
  for (const auto& [unused, value] : curve.points) high = std::max(high, value);
  Svg svg(940, 350, curve.scenario + ": " + curve.what);
  const Scale x(0, curve.points.back().first, kLeft, kRight, false);
  const Scale y(0, high * 1.1, kBottom, kTop, false);
  x_axis(svg, x, kTop, kBottom, "");
  y_axis(svg, y, kLeft, kRight);
  svg.text((kLeft + kRight) / 2, kBottom + 36, curve.over, "middle", 12, "#555");
  std::vector<std::pair<double, double>> places;
  for (const auto& [at, value] : curve.points) places.emplace_back(x(at), y(value));
  svg.path(places, colour(0));
  return svg.str();
}

}  // namespace report
