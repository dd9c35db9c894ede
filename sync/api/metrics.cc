#include <pawl/pawl.h>

#include "fallback/bridge/metrics_text.h"

namespace pawl::tasks {
namespace {

void describe(const Metrics& m, watch::MetricsText& text) {
  watch::describe(m.watching, text);
  text.counter("reloads", "Tasks loaded, again or for the first time", m.reloads);
  text.counter("reload_failures", "Loads that the disk did not let happen", m.reload_failures);
  text.counter("reloads_invalid", "Loads that found a task that is not valid", m.reloads_invalid);
  text.counter("commits", "Commits to the database", m.commits);
  text.counter("commit_failures", "Commits that failed and are tried again", m.commit_failures);
  watch::describe_errors("commit_failures_by_code", "Commits that failed, by what was wrong",
                         m.commit_failures_by_code, text);
  text.gauge("tasks", "Tasks served, each version counted", m.tasks);
  text.gauge("invalid", "Paths with a task that is not valid", m.invalid);
  text.gauge("duplicates", "Paths whose identity another path serves", m.duplicates);
  text.gauge("debouncing", "Tasks that wait for a rest", m.debouncing);
  text.gauge("loading", "Tasks that are being loaded", m.loading);
  text.gauge("sync_pending", "What waits for the database", m.sync_pending);
  text.seconds("sync_lag", "How long the oldest change that is not in the database has been known",
               m.sync_lag);
  text.histogram("change_to_commit", "From the first change of a task to its commit",
                 m.change_to_commit);
}

}  // namespace

std::string to_json(const Metrics& metrics) {
  watch::JsonMetrics text;
  describe(metrics, text);
  return text.finish();
}

std::string to_prometheus(const Metrics& metrics) {
  watch::PrometheusMetrics text;
  describe(metrics, text);
  return text.finish();
}

}  // namespace pawl::tasks
