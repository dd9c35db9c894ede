#include <pawl/watcher.h>

#include "fallback/bridge/metrics_text.h"

namespace pawl::watch {

std::string to_json(const Metrics& metrics) {
  JsonMetrics text;
  describe(metrics, text);
  return text.finish();
}

std::string to_prometheus(const Metrics& metrics) {
  PrometheusMetrics text;
  describe(metrics, text);
  return text.finish();
}

}  // namespace pawl::watch
