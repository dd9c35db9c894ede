// What each kind of event does to the rows.
#include "sync/store.h"
#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

using namespace testing;
using Kind = TaskEventKind;

class StoreEvents : public ::testing::Test {
 protected:
  std::string query(const std::string& sql) { return Sqlite(path_).query(sql); }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "r.db";
  std::unique_ptr<Store> store_ = open_store(path_);
};

TEST_F(StoreEvents, AddedMakesARowWithEverything) {
  EXPECT_EQ(commit(*store_, {event(Kind::kAdded)}), std::vector<std::int64_t>{1});
  EXPECT_EQ(query("SELECT uuid, version, label, description, tags, source, path, checksum, enabled,"
                  " valid, errors, created_at, updated_at, validated_at, removed_at, metadata,"
                  " input_schema, output_schema, script FROM tasks"),
            std::string(kUuid) +
                R"(|1.0.0|Label of /tasks/one|What it does|["nightly","say \"hi\""]|local|)"
                R"(/tasks/one|sum of return 1;|1|1|NULL|2026-01-02T03:04:05.678Z|)"
                R"(2026-01-02T03:04:05.678Z|2026-01-02T03:04:05.678Z|NULL|{"label":"x"}|)"
                R"({"type":"object"}|NULL|return 1;)");
  EXPECT_EQ(query("SELECT * FROM changes"), "1|2026-01-02T03:04:05.678Z|added|" +
                                                std::string(kUuid) +
                                                "|1.0.0|/tasks/one|sum of return 1;");
}

TEST_F(StoreEvents, UpdatedReplacesContentAndKeepsCreation) {
  commit(*store_, {event(Kind::kAdded)});
  commit(*store_, {event(Kind::kUpdated, {.script = "return 2;"})}, kNow + 1000);
  EXPECT_EQ(query("SELECT script, created_at, updated_at, validated_at FROM tasks"),
            "return 2;|2026-01-02T03:04:05.678Z|2026-01-02T03:04:06.678Z|2026-01-02T03:04:06.678Z");
}

TEST_F(StoreEvents, InvalidKeepsTheLastGoodContentAndListsErrors) {
  commit(*store_, {event(Kind::kAdded)});
  commit(*store_, {event(Kind::kInvalid)}, kNow + 1000);
  EXPECT_EQ(query("SELECT script, valid, enabled, errors, updated_at FROM tasks"),
            R"(return 1;|0|1|["/tasks/one/main.js:3:7: error: unexpected token"]|)" +
                std::string(kNowText));
  EXPECT_EQ(query("SELECT count(*) FROM problems"), "0");
}

TEST_F(StoreEvents, RecoveredIsValidAgainWithoutErrors) {
  commit(*store_, {event(Kind::kAdded)});
  commit(*store_, {event(Kind::kInvalid)});
  commit(*store_, {event(Kind::kRecovered)}, kNow + 1000);
  EXPECT_EQ(query("SELECT valid, errors, updated_at, validated_at FROM tasks"),
            "1|NULL|2026-01-02T03:04:05.678Z|2026-01-02T03:04:06.678Z");
}

TEST_F(StoreEvents, RemovedStaysAsADisabledRow) {
  commit(*store_, {event(Kind::kAdded)});
  commit(*store_, {event(Kind::kRemoved)}, kNow + 1000);
  EXPECT_EQ(query("SELECT enabled, removed_at, script FROM tasks"),
            "0|2026-01-02T03:04:06.678Z|return 1;");
  EXPECT_TRUE(store_->load()->tasks.empty());
}

TEST_F(StoreEvents, WhatComesBackIsEnabledAndKeepsItsCreation) {
  commit(*store_, {event(Kind::kAdded)});
  commit(*store_, {event(Kind::kRemoved)}, kNow + 1000);
  commit(*store_, {event(Kind::kAdded)}, kNow + 2000);
  EXPECT_EQ(query("SELECT enabled, enabled_before, removed_at, created_at, updated_at FROM tasks"),
            "1|NULL|NULL|2026-01-02T03:04:05.678Z|2026-01-02T03:04:07.678Z");
}

TEST_F(StoreEvents, WhatTheOperatorDisabledStaysDisabled) {
  commit(*store_, {event(Kind::kAdded)});
  query("UPDATE tasks SET enabled = 0");
  commit(*store_, {event(Kind::kUpdated, {.script = "return 2;"})});
  EXPECT_EQ(query("SELECT enabled, script FROM tasks"), "0|return 2;");
  commit(*store_, {event(Kind::kInvalid)});
  commit(*store_, {event(Kind::kRecovered)});
  EXPECT_EQ(query("SELECT enabled FROM tasks"), "0");
  EXPECT_FALSE(store_->load()->tasks.at(0).enabled);
  // Also while it was away: a checkout of another branch and back is not the operator's doing.
  commit(*store_, {event(Kind::kRemoved), event(Kind::kAdded)});
  EXPECT_EQ(query("SELECT enabled FROM tasks"), "0");
}

TEST_F(StoreEvents, InvalidFromTheStartIsAProblemAndNoTask) {
  commit(*store_, {path_event(Kind::kInvalid, "/tasks/bad")});
  EXPECT_EQ(query("SELECT count(*) FROM tasks"), "0");
  EXPECT_EQ(query("SELECT path, source, kind, uuid, errors FROM problems"),
            R"(/tasks/bad|local|invalid|NULL|["/tasks/bad/main.js:3:7: error: unexpected token"])");
  EXPECT_EQ(query("SELECT kind, uuid, path FROM changes"), "invalid|NULL|/tasks/bad");
  // Then it is mended.
  commit(*store_, {event(Kind::kAdded, {.path = "/tasks/bad"})});
  EXPECT_EQ(query("SELECT count(*) FROM problems"), "0");
  EXPECT_EQ(query("SELECT path FROM tasks"), "/tasks/bad");
}

TEST_F(StoreEvents, InvalidFromTheStartAndGoneLeavesNothing) {
  commit(*store_, {path_event(Kind::kInvalid, "/tasks/bad")});
  commit(*store_, {path_event(Kind::kRemoved, "/tasks/bad")});
  EXPECT_EQ(query("SELECT count(*) FROM problems"), "0");
}

TEST_F(StoreEvents, InvalidOfARowThatSomeoneDeletedIsNotLost) {
  commit(*store_, {event(Kind::kAdded)});
  query("DELETE FROM tasks");
  commit(*store_, {event(Kind::kInvalid)});
  EXPECT_EQ(store_->load()->problems.size(), 1u);
  commit(*store_, {event(Kind::kRemoved)});
  EXPECT_EQ(store_->load()->problems.size(), 0u);
}

TEST_F(StoreEvents, DuplicateIsAProblemThatLeavesTheServingRowAlone) {
  commit(*store_, {event(Kind::kAdded, {.path = "/tasks/first"})});
  commit(*store_, {event(Kind::kDuplicate, {.path = "/tasks/second"})});
  EXPECT_EQ(query("SELECT path FROM tasks"), "/tasks/first");
  const Result<StoredState> state = store_->load();
  ASSERT_TRUE(state.ok());
  ASSERT_EQ(state->problems.size(), 1u);
  const StoredProblem& problem = state->problems[0];
  EXPECT_EQ(problem.kind, Kind::kDuplicate);
  EXPECT_EQ(problem.other_path, "/tasks/first");
  ASSERT_NE(problem.task, nullptr);
  EXPECT_EQ(problem.task->label(), "Label of /tasks/second");
  EXPECT_EQ(problem.task->tags(), (std::vector<std::string>{"nightly", "say \"hi\""}));
}

TEST_F(StoreEvents, ADuplicateTakesOverWithoutItsContentBeingReadAgain) {
  commit(*store_, {event(Kind::kAdded, {.path = "/tasks/first"})});
  commit(*store_, {event(Kind::kDuplicate, {.path = "/tasks/second"})});
  TaskEvent takes_over = event(Kind::kUpdated, {.path = "/tasks/second"});
  takes_over.content = nullptr;
  commit(*store_, {takes_over}, kNow + 1000);
  EXPECT_EQ(query("SELECT path, label, script, updated_at FROM tasks"),
            "/tasks/second|Label of /tasks/second|return 1;|2026-01-02T03:04:06.678Z");
  EXPECT_EQ(query("SELECT count(*) FROM problems"), "0");
}

TEST_F(StoreEvents, ARenamedTaskIsOneRowAndTwoEntries) {
  commit(*store_, {event(Kind::kAdded, {.path = "/tasks/old"})});
  TaskEvent added = event(Kind::kAdded, {.path = "/tasks/new"});
  added.content = nullptr;
  commit(*store_, {event(Kind::kRemoved, {.path = "/tasks/old"}), added});
  EXPECT_EQ(query("SELECT path, enabled, removed_at, script FROM tasks"),
            "/tasks/new|1|NULL|return 1;");
  EXPECT_EQ(query("SELECT kind, path FROM changes WHERE seq > 1"),
            "removed|/tasks/old\nadded|/tasks/new");
}

TEST_F(StoreEvents, VersionsOfOneUuidAreRowsOfTheirOwn) {
  commit(*store_, {event(Kind::kAdded, {.version = "1.0.0", .path = "/a"}),
                   event(Kind::kAdded, {.version = "2.0.0", .path = "/b"})});
  commit(*store_, {event(Kind::kRemoved, {.version = "1.0.0", .path = "/a"})});
  EXPECT_EQ(query("SELECT version, enabled FROM tasks ORDER BY version"), "1.0.0|0\n2.0.0|1");
}

TEST_F(StoreEvents, LoadGivesWhatAStartNeeds) {
  commit(*store_, {event(Kind::kAdded), event(Kind::kInvalid)});
  store_.reset();
  store_ = open_store(path_);
  const Result<StoredState> state = store_->load();
  ASSERT_TRUE(state.ok()) << state.status().message();
  ASSERT_EQ(state->tasks.size(), 1u);
  const StoredTask& stored = state->tasks[0];
  EXPECT_EQ(stored.task->uuid(), kUuid);
  EXPECT_EQ(stored.task->version(), "1.0.0");
  EXPECT_EQ(stored.task->tags(), make_task(TaskSpec())->tags());
  EXPECT_EQ(stored.task->checksum(), "sum of return 1;");
  EXPECT_EQ(stored.stamp_digest, 0xfedcba9876543210u);
  EXPECT_FALSE(stored.valid);
  EXPECT_EQ(stored.errors, event(Kind::kInvalid).errors);
}

TEST_F(StoreEvents, ContentIsByteForByteAndNamedByItsChecksum) {
  const std::string script("a\0b\xff\r\n", 6);
  commit(*store_, {event(Kind::kAdded, {.script = script})});
  const auto content = store_->reader().content(kUuid, "1.0.0", "sum of " + script);
  ASSERT_TRUE(content.ok()) << content.status().message();
  EXPECT_EQ((*content)->script, script);
  EXPECT_EQ((*content)->output_schema, "");
  EXPECT_EQ(store_->reader().content(kUuid, "1.0.0", "other").status().code(), Code::kNotFound);
  EXPECT_EQ(store_->reader().content(kUuid, "9.0.0").status().code(), Code::kNotFound);
}

TEST_F(StoreEvents, NamesAreBytes) {
  const std::string path = "/tasks/caf\xe9\n\"";
  commit(*store_, {event(Kind::kAdded, {.path = path}), event(Kind::kInvalid, {.path = path}),
                   path_event(Kind::kInvalid, path + "2")});
  const Result<StoredState> state = store_->load();
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(state->tasks.at(0).task->path(), path);
  EXPECT_EQ(state->tasks.at(0).errors.at(0).path, path + "/main.js");
  EXPECT_EQ(state->problems.at(0).path, path + "2");
  EXPECT_EQ(store_->reader().changes_since(0, 1)->at(0).path, path);
  EXPECT_EQ(query("SELECT json_valid(errors) FROM tasks"), "1");
  // And found again by it.
  SyncBatch touch;
  touch.stamps = {{path, 7}, {path + "2", 8}};
  ASSERT_TRUE(store_->commit(touch, kNow).ok());
  EXPECT_EQ(store_->load()->tasks.at(0).stamp_digest, 7u);
  EXPECT_EQ(store_->load()->problems.at(0).stamp_digest, 8u);
}

TEST_F(StoreEvents, StampsChangeWithoutAnEntry) {
  commit(*store_, {event(Kind::kAdded)});
  SyncBatch touch;
  touch.stamps = {{"/tasks/one", 7}};
  ASSERT_TRUE(store_->commit(touch, kNow + 1000).ok());
  EXPECT_EQ(query("SELECT stamp, updated_at FROM tasks"), "7|" + std::string(kNowText));
  EXPECT_EQ(query("SELECT count(*) FROM changes"), "1");
}

TEST_F(StoreEvents, SourcesAreReplacedAsAWhole) {
  SyncBatch batch;
  SourceState one;
  one.name = "one";
  one.root = "/one";
  one.root_device = one.root_inode = ~std::uint64_t{0};
  one.status = SourceStatus::kUnavailable;
  one.reason = "not mounted";
  one.since = kNow;
  one.files = 12;
  one.last_scan_at = kNow + 1;
  SourceState two;
  two.name = "two";
  two.root = "/two";
  batch.sources = {one, two};
  ASSERT_TRUE(store_->commit(batch, kNow).ok());
  EXPECT_EQ(store_->reader().overview()->sources, *batch.sources);
  batch.sources->pop_back();
  ASSERT_TRUE(store_->commit(batch, kNow).ok());
  EXPECT_EQ(store_->reader().overview()->sources, *batch.sources);
  ASSERT_TRUE(store_->commit(SyncBatch{}, kNow).ok());
  EXPECT_EQ(store_->reader().overview()->sources.size(), 1u);
}

TEST_F(StoreEvents, CoverageStaysUntilItIsToldAnew) {
  SyncBatch batch;
  SourceState one;
  one.name = "one";
  one.poll_interval_ms = 2000;
  one.poll_wanted_ms = 1000;
  one.coverage = {{.mode = "polled", .reason = "watch-limit", .directories = 2, .since = kNow},
                  {.directory = "/one/a\xff",
                   .mode = "polled",
                   .reason = "watch-limit",
                   .directories = 1,
                   .os_error = 28,
                   .since = kNow + 5}};
  SourceState two;
  two.name = "two";
  two.coverage = {{.mode = "native", .reason = "preferred", .directories = 1, .since = kNow}};
  batch.sources = {one, two};
  ASSERT_TRUE(store_->commit(batch, kNow).ok());
  EXPECT_EQ(store_->reader().overview()->sources, *batch.sources);
  batch.sources->at(0).coverage.reset();
  batch.sources->pop_back();
  ASSERT_TRUE(store_->commit(batch, kNow).ok());
  EXPECT_EQ(store_->reader().overview()->sources, std::vector<SourceState>{one});
  EXPECT_EQ(query("SELECT count(*) FROM coverage"), "2");
  batch.sources->at(0).coverage.emplace();
  ASSERT_TRUE(store_->commit(batch, kNow).ok());
  EXPECT_EQ(query("SELECT count(*) FROM coverage"), "0");
}

TEST_F(StoreEvents, OverviewCountsAndListsWhatIsWrong) {
  commit(*store_, {event(Kind::kAdded, {.version = "1.0.0", .path = "/a"}),
                   event(Kind::kAdded, {.version = "2.0.0", .path = "/b"}),
                   event(Kind::kAdded, {.version = "3.0.0", .path = "/c"}),
                   event(Kind::kInvalid, {.version = "2.0.0", .path = "/b"}),
                   event(Kind::kRemoved, {.version = "3.0.0", .path = "/c"}),
                   event(Kind::kDuplicate, {.path = "/d"}), path_event(Kind::kInvalid, "/e")});
  const Result<StoreOverview> overview = store_->reader().overview();
  ASSERT_TRUE(overview.ok()) << overview.status().message();
  EXPECT_EQ(overview->totals, (StoreTotals{2, 0, 1, 1, 1, 1}));
  ASSERT_EQ(overview->invalid.size(), 1u);
  EXPECT_EQ(overview->invalid[0].task->path(), "/b");
  EXPECT_EQ(overview->problems.size(), 2u);
  EXPECT_EQ(overview->last_change->seq, 7);
  EXPECT_EQ(overview->last_change->path, "/e");
}

TEST_F(StoreEvents, AnErrorInTheMiddleLeavesNothing) {
  commit(*store_, {event(Kind::kAdded)});
  query(
      "CREATE TRIGGER no BEFORE INSERT ON tasks WHEN NEW.version = '3.0.0'"
      " BEGIN SELECT RAISE(ABORT, 'not this one'); END");
  const std::string before = query("SELECT * FROM tasks; SELECT * FROM changes");
  SyncBatch batch;
  batch.events = {event(Kind::kUpdated, {.script = "return 2;"}),
                  event(Kind::kAdded, {.version = "2.0.0", .path = "/b"}),
                  event(Kind::kAdded, {.version = "3.0.0", .path = "/c"})};
  batch.stamps = {{"/tasks/one", 7}};
  const auto failed = store_->commit(batch, kNow);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.status().code(), Code::kInvalid);
  EXPECT_NE(failed.status().message().find("not this one"), std::string::npos);
  EXPECT_EQ(query("SELECT * FROM tasks; SELECT * FROM changes"), before);
  query("DROP TRIGGER no");
  EXPECT_EQ(store_->commit(batch, kNow).value(), (std::vector<std::int64_t>{2, 3, 4}));
}

TEST_F(StoreEvents, AnEventWithoutAContentThatIsKnownIsLeftOut) {
  TaskEvent added = event(Kind::kAdded);
  added.content = nullptr;
  EXPECT_EQ(commit(*store_, {added}), std::vector<std::int64_t>{0});
  EXPECT_EQ(query("SELECT count(*) FROM tasks; SELECT count(*) FROM changes"), "0\n0");
  EXPECT_EQ(store_->take_wanted().size(), 1u);
}

TEST_F(StoreEvents, FeedNumbersAreNeverUsedAgain) {
  EXPECT_EQ(commit(*store_, {event(Kind::kAdded), event(Kind::kUpdated)}),
            (std::vector<std::int64_t>{1, 2}));
  query("DELETE FROM changes");
  store_.reset();
  store_ = open_store(path_);
  EXPECT_EQ(commit(*store_, {event(Kind::kUpdated)}), std::vector<std::int64_t>{3});
  const auto changes = store_->reader().changes_since(2, 10);
  ASSERT_EQ(changes->size(), 1u);
  EXPECT_EQ(changes->at(0).kind, "updated");
}

TEST(MemoryStore, WorksWithoutAFile) {
  const std::unique_ptr<Store> store = open_store(":memory:");
  ASSERT_NE(store, nullptr);
  commit(*store, {event(Kind::kAdded)});
  EXPECT_EQ(store->load()->tasks.size(), 1u);
  EXPECT_FALSE(std::filesystem::exists(":memory:.lock"));
}

}  // namespace
}  // namespace pawl
