// Metrics as text: one value after the other, written down twice.
#pragma once

#include <pawl/watcher.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pawl::watch {

// Takes the metrics one by one; names are as in the struct, "looks_in_flight".
class MetricsText {
 public:
  virtual ~MetricsText() = default;

  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  virtual void counter(std::string_view name, std::string_view help, std::uint64_t value) = 0;
  virtual void gauge(std::string_view name, std::string_view help, std::uint64_t value) = 0;
  virtual void seconds(std::string_view name, std::string_view help, std::chrono::nanoseconds value) = 0;
  virtual void histogram(std::string_view name, std::string_view help, const Histogram& value) = 0;
  // Several values of one name, each with its labels, counted up if `counts`.
  virtual void family(std::string_view name, std::string_view help, bool counts,
                      const std::vector<std::pair<Labels, std::uint64_t>>& values) = 0;
};

void describe(const Metrics& metrics, MetricsText& text);
void describe_errors(std::string_view name, std::string_view help,
                     const std::vector<ErrorCount>& errors, MetricsText& text);

// {"hints":1,…}: durations in seconds; a family is a list of objects.
class JsonMetrics : public MetricsText {
 public:
  void counter(std::string_view name, std::string_view help, std::uint64_t value) override;
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) override;
  void seconds(std::string_view name, std::string_view help, std::chrono::nanoseconds value) override;
  void histogram(std::string_view name, std::string_view help, const Histogram& value) override;
  void family(std::string_view name, std::string_view help, bool counts,
              const std::vector<std::pair<Labels, std::uint64_t>>& values) override;
  std::string finish() { return out_ + "}"; }

 private:
  void key(std::string_view name);
  std::string out_ = "{";
};

// The text format 0.0.4 of Prometheus.
class PrometheusMetrics : public MetricsText {
 public:
  void counter(std::string_view name, std::string_view help, std::uint64_t value) override;
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) override;
  void seconds(std::string_view name, std::string_view help, std::chrono::nanoseconds value) override;
  void histogram(std::string_view name, std::string_view help, const Histogram& value) override;
  void family(std::string_view name, std::string_view help, bool counts,
              const std::vector<std::pair<Labels, std::uint64_t>>& values) override;
  std::string finish() { return std::move(out_); }

 private:
  void head(std::string_view name, std::string_view help, std::string_view type);
  std::string out_;
};

}  // namespace pawl::watch
