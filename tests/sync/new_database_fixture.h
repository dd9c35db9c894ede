// A new database on its way to its place.
#pragma once

#include "tests/sync/sync_service_fixture.h"

namespace pawl::testing {

class NewDatabase : public ::testing::Test {
 protected:
  std::unique_ptr<Store> begin() const {
    Result<std::unique_ptr<Store>> store = Store::open(path_, {.place_when_done = true});
    if (store.ok()) return std::move(*store);
    ADD_FAILURE() << store.status().message();
    return nullptr;
  }
  std::unique_ptr<TaskSyncService> serve() const {
    SyncOptions options = at_now();
    options.open.place_when_done = true;
    options.chore_interval = std::chrono::milliseconds(1);
    options.on_report = [reports = reports_](CommitReport report) {
      reports->put(std::move(report));
    };
    auto service = std::make_unique<TaskSyncService>(begin(), std::move(options));
    EXPECT_TRUE(service->start().ok());
    return service;
  }
  std::string seqs_at(const std::string& path) const {
    return Sqlite(path).query("SELECT group_concat(seq) FROM changes");
  }
  bool exists(const char* suffix) const { return std::filesystem::exists(path_ + suffix); }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "r.db";
  std::shared_ptr<Reports> reports_ = std::make_shared<Reports>();
};

}  // namespace pawl::testing
