// The service: what it commits, what it does when it cannot, and how it ends.
#include "tests/sync/sync_service_fixture.h"

namespace pawl {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using Kind = TaskEventKind;

TEST_F(SyncService, CommitsAndReportsEachWithItsNumber) {
  const auto service = start();
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  service->submit({event(Kind::kUpdated), event(Kind::kInvalid)});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  EXPECT_EQ(reports_->committed(), "added 1, updated 2, invalid 3");
  EXPECT_EQ(query("SELECT group_concat(at) FROM (SELECT DISTINCT at FROM changes)"), kNowText);
  EXPECT_EQ(service->pending(), 0u);
  EXPECT_TRUE(service->stop(kDeadline).ok());
}

TEST_F(SyncService, CommitsStampsAndSources) {
  const auto service = start();
  service->submit({event(Kind::kAdded)});
  service->submit_stamps({{"/tasks/one", 7}});
  SourceState source;
  source.name = "local";
  service->submit_sources({source});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  EXPECT_EQ(query("SELECT stamp FROM tasks; SELECT name FROM sources"), "7\nlocal");
}

TEST_F(SyncService, TriesAgainUntilTheLockIsReleasedAndMergesMeanwhile) {
  const auto service = start();
  Sqlite other(path_);
  ASSERT_EQ(other.query("BEGIN IMMEDIATE"), "");
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(reports_->wait_for([](const CommitReport& report) {
    return report.health.state == SyncState::kRetrying && report.health.attempt >= 3;
  }));
  const SyncHealth health = service->health();
  EXPECT_EQ(health.last_error.code(), Code::kBusy);
  EXPECT_GE(health.next_delay, 1ms);
  EXPECT_LE(health.next_delay, 4ms);
  service->submit({event(Kind::kUpdated, {.script = "return 2;"})});
  service->submit({event(Kind::kInvalid)});
  service->submit({event(Kind::kRecovered, {.script = "return 3;"})});
  service->submit({event(Kind::kAdded, {.version = "2.0.0", .path = "/b"})});
  service->submit({event(Kind::kRemoved, {.version = "2.0.0", .path = "/b"})});
  // What an attempt that is under way has of it is one with the rest once that has failed.
  const auto attempt = service->health().attempt;
  ASSERT_TRUE(reports_->wait_for([&](const CommitReport& report) {
    return report.health.attempt > attempt && report.pending == 1;
  }));
  ASSERT_EQ(other.query("COMMIT"), "");
  ASSERT_TRUE(service->flush(kDeadline).ok());
  EXPECT_EQ(reports_->committed(), "added 1");
  EXPECT_EQ(query("SELECT version, valid, script FROM tasks"), "1.0.0|1|return 3;");
  EXPECT_EQ(service->health().state, SyncState::kHealthy);
  EXPECT_EQ(service->health().attempt, 0u);
}

TEST_F(SyncService, IsHealthyAgainThoughWhatWaitedHasComeToNothing) {
  const auto service = start();
  Sqlite other(path_);
  other.query("BEGIN IMMEDIATE");
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(reports_->wait_for(failed));
  service->submit({event(Kind::kRemoved)});
  other.query("COMMIT");
  EXPECT_TRUE(reports_->wait_for([](const CommitReport& report) {
    return report.health.state == SyncState::kHealthy && report.pending == 0;
  }));
  EXPECT_TRUE(service->stop(kDeadline).ok());
}

TEST_F(SyncService, GivesUpOnWhatWaitingDoesNotMendAndKeepsIt) {
  const auto service = start();
  query("CREATE TRIGGER no BEFORE INSERT ON tasks BEGIN SELECT RAISE(ABORT, 'never'); END");
  service->submit({event(Kind::kAdded)});
  const Status flushed = service->flush(kDeadline);
  EXPECT_EQ(flushed.code(), Code::kInvalid);
  EXPECT_NE(flushed.message().find("never"), std::string::npos);
  EXPECT_EQ(service->health().state, SyncState::kFailed);
  EXPECT_EQ(service->pending(), 1u);
  service->submit({event(Kind::kAdded, {.version = "2.0.0", .path = "/b"})});
  EXPECT_EQ(service->pending(), 2u);
  query("DROP TRIGGER no");
  EXPECT_TRUE(service->stop(kDeadline).ok());  // the last try
  EXPECT_EQ(query("SELECT count(*) FROM tasks"), "2");
}

TEST_F(SyncService, TriesOnceIfToldNotToRetry) {
  SyncOptions options;
  options.retry_on_error = false;
  options.look_for_edits = false;  // its end is told, too
  const auto service = start(std::move(options));
  Sqlite other(path_);
  ASSERT_EQ(other.query("BEGIN IMMEDIATE"), "");
  service->submit({event(Kind::kAdded)});
  EXPECT_EQ(service->flush(kDeadline).code(), Code::kBusy);
  EXPECT_EQ(service->health().state, SyncState::kFailed);
  EXPECT_EQ(reports_->size(), 1u);
}

TEST_F(SyncService, StopCommitsWhatIsPendingAndLetsTheDatabaseGo) {
  const auto service = start();
  for (int i = 0; i < 100; ++i) {
    const std::string version = std::to_string(i) + ".0.0";
    service->submit({event(Kind::kAdded, {.version = version, .path = "/" + version})});
  }
  EXPECT_TRUE(service->stop(kDeadline).ok());
  EXPECT_EQ(query("SELECT count(*) FROM tasks"), "100");
  EXPECT_NE(open_store(path_), nullptr);
  EXPECT_TRUE(service->stop(kDeadline).ok());
}

// On a slow disk `pawl sync` said that it had failed, when only the log was still being written
// back.
TEST_F(SyncService, StopIsContentWithWhatIsCommittedThoughClosingTakesLonger) {
  const auto service = start();
  service->submit({event(Kind::kAdded)}, /*more_soon=*/true);
  ASSERT_TRUE(service->flush(kDeadline).ok());
  EXPECT_TRUE(service->stop(0ms).ok());
  EXPECT_EQ(query("SELECT count(*) FROM tasks"), "1");
}

TEST_F(SyncService, StopSaysWhatItCouldNotCommit) {
  const auto service = start();
  Sqlite other(path_);
  ASSERT_EQ(other.query("BEGIN IMMEDIATE"), "");
  service->submit({event(Kind::kAdded)});
  const Status stopped = service->stop(kDeadline);
  EXPECT_EQ(stopped.code(), Code::kBusy) << stopped.message();
  EXPECT_EQ(service->pending(), 1u);
}

TEST_F(SyncService, StopLeavesADiskThatDoesNotAnswer) {
  std::mutex mutex;
  std::condition_variable changed;
  bool stuck = false;
  bool answer = false;
  SyncOptions options;
  options.look_for_edits = false;  // its end is told, too
  options.wall_now = [&] {
    std::unique_lock lock(mutex);
    stuck = true;
    changed.notify_all();
    changed.wait(lock, [&] { return answer; });
    return kNow;
  };
  auto service = start(std::move(options));
  service->submit({event(Kind::kAdded)});
  {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, kDeadline, [&] { return stuck; }));
  }
  EXPECT_EQ(service->stop(1ms).code(), Code::kBusy);
  service.reset();
  {
    const std::lock_guard lock(mutex);
    answer = true;
    changed.notify_all();
  }
  // The thread ends by itself, tells nobody, and lets the database go.
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  Result<std::unique_ptr<Store>> store = Store::open(path_, {});
  while (!store.ok() && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
    store = Store::open(path_, {});
  }
  EXPECT_TRUE(store.ok());
  EXPECT_EQ(reports_->size(), 0u);
}

TEST_F(SyncService, DestroyedUnasked) {
  { start()->submit({event(Kind::kAdded)}); }
  EXPECT_EQ(query("SELECT count(*) FROM tasks"), "1");
}

TEST_F(SyncService, ForgetsAProblemThatWasThereBeforeTheStart) {
  { commit(*open_store(path_), {path_event(Kind::kInvalid, "/bad")}); }
  const auto service = start();
  service->submit({path_event(Kind::kRemoved, "/bad")});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  EXPECT_EQ(query("SELECT count(*) FROM problems"), "0");
  EXPECT_EQ(reports_->committed(), "removed 2");
}

TEST_F(SyncService, FindsWhatSomeoneEditsWhileItRuns) {
  SyncOptions options = at_now();
  options.chore_interval = 1ms;
  options.state_interval = 1ms;
  options.edit_pause = 1ms;
  const auto service = start(std::move(options));
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  query("UPDATE tasks SET script = 'edited'");
  ASSERT_TRUE(
      reports_->wait_for([](const CommitReport& report) { return report.conflicts.size() == 1; }));
  EXPECT_EQ(query("SELECT script, conflict FROM tasks"), "return 1;|registry");
  query("DELETE FROM tasks");
  ASSERT_TRUE(reports_->wait_for(
      [](const CommitReport& report) { return report.stored && report.stored->tasks.empty(); }));
}

TEST_F(SyncService, TellsOthersWhyItWaits) {
  const auto service = start();
  EXPECT_EQ(writer_of(path_).find('\n'), std::string::npos);
  Sqlite other(path_);
  ASSERT_EQ(other.query("BEGIN IMMEDIATE"), "");
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(reports_->wait_for(failed));
  EXPECT_NE(writer_of(path_).find("sync: retrying (attempt "), std::string::npos)
      << writer_of(path_);
  other.query("COMMIT");
  ASSERT_TRUE(service->flush(kDeadline).ok());
  EXPECT_EQ(writer_of(path_).find('\n'), std::string::npos);
  EXPECT_TRUE(service->stop(kDeadline).ok());
  EXPECT_EQ(writer_of(path_), "");
}

}  // namespace
}  // namespace pawl
