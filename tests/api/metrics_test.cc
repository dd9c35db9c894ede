#include <gtest/gtest.h>
#include <pawl/pawl.h>

#include <regex>
#include <set>
#include <sstream>

namespace pawl {
namespace {

using namespace std::chrono_literals;

tasks::Metrics some() {
  tasks::Metrics metrics;
  metrics.watching.hints = 7;
  metrics.watching.directories = {{watch::Mode::kNative, watch::Reason::kPreferred, 5},
                                  {watch::Mode::kPolled, watch::Reason::kWatchLimit, 2}};
  metrics.watching.look_errors_by_code = {{ErrorCode::kPermission, 3}};
  metrics.watching.poll_interval = 1500ms;
  metrics.watching.hint_to_change.counts[0] = 2;
  metrics.watching.hint_to_change.counts[3] = 1;
  metrics.watching.hint_to_change.counts[23] = 1;
  metrics.watching.hint_to_change.count = 4;
  metrics.watching.hint_to_change.sum = 70s;
  metrics.tasks = 11;
  metrics.commit_failures_by_code = {{ErrorCode::kFull, 1}};
  metrics.sync_lag = 250ms;
  return metrics;
}

TEST(MetricsText, OfPrometheusIsWellFormed) {
  const std::string text = tasks::to_prometheus(some());
  std::istringstream lines(text);
  std::string line;
  std::set<std::string> typed;
  const std::regex head("# (HELP|TYPE) (pawl_[a-z_]+) .+");
  const std::regex sample(
      R"re((pawl_[a-z_]+)(\{([a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*)?\})? [0-9.e+-]+)re");
  while (std::getline(lines, line)) {
    std::smatch match;
    if (line.starts_with("#")) {
      ASSERT_TRUE(std::regex_match(line, match, head)) << line;
      if (match[1] == "TYPE") {
        EXPECT_TRUE(typed.insert(match[2]).second) << line;  // once for each
      }
      continue;
    }
    ASSERT_TRUE(std::regex_match(line, match, sample)) << line;
    std::string name = match[1];
    if (!typed.contains(name)) name = std::regex_replace(name, std::regex("_(bucket|sum|count)$"), "");
    EXPECT_TRUE(typed.contains(name)) << line;
  }
  EXPECT_EQ(text.back(), '\n');
  for (const char* wanted :
       {"pawl_hints_total 7\n", "pawl_directories{mode=\"native\",reason=\"preferred\"} 5\n",
        "pawl_directories{mode=\"polled\",reason=\"watch-limit\"} 2\n",
        "pawl_look_errors_by_code_total{code=\"permission denied\"} 3\n",
        "pawl_poll_interval_seconds 1.5\n", "pawl_hint_to_change_seconds_bucket{le=\"1.6e-05\"} 2\n",
        "pawl_hint_to_change_seconds_bucket{le=\"0.000128\"} 3\n",
        "pawl_hint_to_change_seconds_bucket{le=\"+Inf\"} 4\n",
        "pawl_hint_to_change_seconds_sum 70\n", "pawl_hint_to_change_seconds_count 4\n",
        "pawl_tasks 11\n", "pawl_commit_failures_by_code_total{code=\"disk full\"} 1\n",
        "pawl_sync_lag_seconds 0.25\n"})
    EXPECT_NE(text.find(wanted), std::string::npos) << wanted << "in\n" << text;
}

TEST(MetricsText, OfJsonHasTheSame) {
  const std::string text = tasks::to_json(some());
  EXPECT_EQ(text.front(), '{');
  EXPECT_EQ(text.back(), '}');
  for (const char* wanted :
       {"{\"hints\":7,", R"("directories":[{"mode":"native","reason":"preferred","count":5},{"mode")",
        R"("poll_interval_seconds":1.5)",
        R"("hint_to_change_seconds":{"count":4,"sum":70,"buckets":[{"le":1.6e-05,"count":2},)",
        R"({"le":null,"count":1}]})", R"("tasks":11)", R"("sync_lag_seconds":0.25)"})
    EXPECT_NE(text.find(wanted), std::string::npos) << wanted << " in\n" << text;
  EXPECT_NE(watch::to_json(some().watching).find("\"hints\":7"), std::string::npos);
}

TEST(MetricsText, HasABucketForEveryTime) {
  EXPECT_EQ(watch::Histogram::bound(0), 16us);
  EXPECT_EQ(watch::Histogram::bound(22), 16us * (1 << 22));
}

}  // namespace
}  // namespace pawl
