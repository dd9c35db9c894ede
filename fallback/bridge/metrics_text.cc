#include "fallback/bridge/metrics_text.h"

#include <fmt/format.h>

#include <iterator>

#include "core/coverage.h"
#include "core/status.h"

namespace pawl::watch {
namespace {

double in_seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string_view text_of(Mode mode) { return mode_name(static_cast<pawl::Mode>(mode)); }
std::string_view text_of(Reason reason) { return reason_name(static_cast<pawl::Reason>(reason)); }

template <class... Args>
void append(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

}  // namespace

void describe_errors(std::string_view name, std::string_view help,
                     const std::vector<ErrorCount>& errors, MetricsText& text) {
  std::vector<std::pair<MetricsText::Labels, std::uint64_t>> values;
  values.reserve(errors.size());
  for (const ErrorCount& error : errors)
    values.push_back({{{"code", code_name(static_cast<Code>(error.code))}}, error.count});
  text.family(name, help, true, values);
}

void describe(const Metrics& m, MetricsText& text) {
  text.counter("hints", "Signs that something may have changed", m.hints);
  text.counter("looks", "Directories looked at", m.looks);
  text.counter("changes", "Changes found", m.changes);
  text.counter("collapsed", "Pending names given up for one look at the directory", m.collapsed);
  text.counter("overflows", "Alarms that a queue of the kernel may have overflowed", m.overflows);
  text.counter("rescans", "Comparisons of everything with the disk", m.rescans);
  text.counter("lost_hints", "Changes that only the background comparison found", m.lost_hints);
  text.counter("degradations", "Directories that went from native to polled", m.degradations);
  text.counter("returns", "Directories that went from polled to native", m.returns);
  text.counter("root_losses", "Roots that went out of sight", m.root_losses);
  text.counter("sweeps_skipped", "Rounds of polling skipped as the one before had not ended",
               m.sweeps_skipped);
  text.counter("look_errors", "Entries and directories that could not be looked at", m.look_errors);
  describe_errors("look_errors_by_code", "Directories that could not be looked at, by what was wrong",
                  m.look_errors_by_code, text);
  std::vector<std::pair<MetricsText::Labels, std::uint64_t>> directories;
  for (const CoverageCount& count : m.directories)
    directories.push_back(
        {{{"mode", text_of(count.mode)}, {"reason", text_of(count.reason)}}, count.directories});
  text.family("directories", "Directories by how they are watched, and why", false, directories);
  text.gauge("files", "Entries that are not followed directories", m.files);
  text.gauge("looks_in_flight", "Looks under way", m.looks_in_flight);
  text.gauge("looks_queued", "Looks that wait", m.looks_queued);
  text.gauge("changes_waiting", "Changes that are known and not taken", m.changes_waiting);
  text.seconds("poll_interval", "The longest that a polled directory waits for a look", m.poll_interval);
  text.histogram("hint_to_change", "From the first hint that a look follows to the change", m.hint_to_change);
}

void JsonMetrics::key(std::string_view name) {
  append(out_, "{}\"{}\":", out_.size() > 1 ? "," : "", name);
}

void JsonMetrics::counter(std::string_view name, std::string_view, std::uint64_t value) {
  key(name);
  append(out_, "{}", value);
}

void JsonMetrics::gauge(std::string_view name, std::string_view help, std::uint64_t value) {
  counter(name, help, value);
}

void JsonMetrics::seconds(std::string_view name, std::string_view, std::chrono::nanoseconds value) {
  append(out_, "{}\"{}_seconds\":{}", out_.size() > 1 ? "," : "", name, in_seconds(value));
}

void JsonMetrics::histogram(std::string_view name, std::string_view, const Histogram& value) {
  append(out_, "{}\"{}_seconds\":{{\"count\":{},\"sum\":{},\"buckets\":[", out_.size() > 1 ? "," : "",
         name, value.count, in_seconds(value.sum));
  bool first = true;
  for (std::size_t i = 0; i < value.counts.size(); ++i) {
    if (value.counts[i] == 0) continue;
    const bool last = i + 1 == value.counts.size();
    append(out_, "{}{{\"le\":{},\"count\":{}}}", first ? "" : ",",
           last ? "null" : fmt::format("{}", in_seconds(Histogram::bound(i))), value.counts[i]);
    first = false;
  }
  out_ += "]}";
}

void JsonMetrics::family(std::string_view name, std::string_view, bool,
                         const std::vector<std::pair<Labels, std::uint64_t>>& values) {
  key(name);
  out_ += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    out_ += i == 0 ? "{" : ",{";
    for (const auto& [label, value] : values[i].first) append(out_, "\"{}\":\"{}\",", label, value);
    append(out_, "\"count\":{}}}", values[i].second);
  }
  out_ += ']';
}

void PrometheusMetrics::head(std::string_view name, std::string_view help, std::string_view type) {
  append(out_, "# HELP pawl_{} {}\n# TYPE pawl_{} {}\n", name, help, name, type);
}

void PrometheusMetrics::counter(std::string_view name, std::string_view help, std::uint64_t value) {
  const std::string total = fmt::format("{}_total", name);
  head(total, help, "counter");
  append(out_, "pawl_{} {}\n", total, value);
}

void PrometheusMetrics::gauge(std::string_view name, std::string_view help, std::uint64_t value) {
  head(name, help, "gauge");
  append(out_, "pawl_{} {}\n", name, value);
}

void PrometheusMetrics::seconds(std::string_view name, std::string_view help,
                                std::chrono::nanoseconds value) {
  const std::string full = fmt::format("{}_seconds", name);
  head(full, help, "gauge");
  append(out_, "pawl_{} {}\n", full, in_seconds(value));
}

void PrometheusMetrics::histogram(std::string_view name, std::string_view help, const Histogram& value) {
  const std::string full = fmt::format("{}_seconds", name);
  head(full, help, "histogram");
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i + 1 < value.counts.size(); ++i) {
    sum += value.counts[i];
    append(out_, "pawl_{}_bucket{{le=\"{}\"}} {}\n", full, in_seconds(Histogram::bound(i)), sum);
  }
  append(out_, "pawl_{}_bucket{{le=\"+Inf\"}} {}\n", full, value.count);
  append(out_, "pawl_{}_sum {}\npawl_{}_count {}\n", full, in_seconds(value.sum), full, value.count);
}

void PrometheusMetrics::family(std::string_view name, std::string_view help, bool counts,
                               const std::vector<std::pair<Labels, std::uint64_t>>& values) {
  const std::string full = fmt::format("{}{}", name, counts ? "_total" : "");
  head(full, help, counts ? "counter" : "gauge");
  for (const auto& [labels, value] : values) {
    std::string text;
    for (const auto& [label, is] : labels)
      append(text, "{}{}=\"{}\"", text.empty() ? "" : ",", label, is);
    append(out_, "pawl_{}{{{}}} {}\n", full, text, value);
  }
}

}  // namespace pawl::watch
