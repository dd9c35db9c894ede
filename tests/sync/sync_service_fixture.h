// A sync service on a database in a folder of its own, and what it reported.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sync/task_sync_service.h"
#include "tests/sync/store_test_support.h"

namespace pawl::testing {

inline constexpr auto kDeadline =
    std::chrono::seconds(20);  // of a wait that a machine in order ends at once

// Collects reports, and waits for one that fits.
class Reports {
 public:
  void put(CommitReport report) {
    const std::lock_guard lock(mutex_);
    reports_.push_back(std::move(report));
    changed_.notify_all();
  }

  bool wait_for(const std::function<bool(const CommitReport&)>& fits) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kDeadline,
                             [&] { return std::any_of(reports_.begin(), reports_.end(), fits); });
  }

  // "added 1, updated 2": all that was committed.
  std::string committed() {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const CommitReport& report : reports_) {
      for (const auto& [event, seq] : report.committed) {
        if (!text.empty()) text += ", ";
        text += std::string(task_event_name(event.kind)) + " " + std::to_string(seq);
      }
    }
    return text;
  }

  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return reports_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<CommitReport> reports_;
};

inline bool failed(const CommitReport& report) {
  return report.health.state != SyncState::kHealthy;
}

inline SyncOptions at_now() {
  SyncOptions options;
  options.wall_now = [] { return kNow; };
  return options;
}

class SyncService : public ::testing::Test {
 protected:
  std::unique_ptr<TaskSyncService> start(SyncOptions options = at_now()) {
    options.retry_delay = std::chrono::milliseconds(1);
    options.retry_delay_max = std::chrono::milliseconds(4);
    options.jitter_seed = 1;
    options.on_report = [reports = reports_](CommitReport report) {
      reports->put(std::move(report));
    };
    Result<std::unique_ptr<Store>> store =
        Store::open(path_, {.busy_timeout = std::chrono::milliseconds(1)});
    if (!store.ok()) {
      ADD_FAILURE() << store.status().message();
      return nullptr;
    }
    auto service = std::make_unique<TaskSyncService>(std::move(*store), std::move(options));
    const Status started = service->start();
    EXPECT_TRUE(started.ok()) << started.message();
    return service;
  }

  std::string query(const std::string& sql) { return Sqlite(path_).query(sql); }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "r.db";
  std::shared_ptr<Reports> reports_ = std::make_shared<Reports>();
};

}  // namespace pawl::testing
