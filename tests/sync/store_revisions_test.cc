// What becomes of contents that are not the newest any more, and of rows that someone edits.
#include "sync/store_reader.h"
#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

using namespace testing;
using Kind = TaskEventKind;

class StoreRevisions : public ::testing::Test {
 protected:
  void open(OpenOptions options) {
    store_.reset();
    Result<std::unique_ptr<Store>> store = Store::open(path_, options);
    ASSERT_TRUE(store.ok()) << store.status().message();
    store_ = std::move(*store);
  }
  void open(ConflictRule rule) { open(OpenOptions{.conflict_rules = {{"local", rule}}}); }

  std::string query(const std::string& sql) { return Sqlite(path_).query(sql); }
  // What the task has with the checksum of `script`.
  std::string script_of(const std::string& script) {
    const auto content = store_->reader().content(kUuid, "1.0.0", "sum of " + script);
    return content.ok() ? (*content)->script : content.status().message();
  }
  // Someone else's edit, found and dealt with as if at the next look.
  void settle() {
    const Result<EditScan> scan = store_->find_edited(0, 100);
    ASSERT_TRUE(scan.ok() && scan->done);
    const Status settled = store_->settle_edited(scan->edited, kNow + 5000);
    ASSERT_TRUE(settled.ok()) << settled.message();
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "r.db";
  std::unique_ptr<Store> store_ = open_store(path_);
};

TEST_F(StoreRevisions, OfEachChangeAreKeptAndServedByChecksum) {
  commit(*store_, {event(Kind::kAdded)});
  commit(*store_, {event(Kind::kUpdated, {.script = "return 2;"})});
  EXPECT_EQ(script_of("return 1;"), "return 1;");
  EXPECT_EQ(script_of("return 2;"), "return 2;");
  EXPECT_EQ(query("SELECT number, version, checksum, origin, b.script FROM revisions "
                  "JOIN revision_bodies b USING (id)"),
            "1|1.0.0|sum of return 1;|disk|return 1;\n2|1.0.0|sum of return 2;|disk|return 2;");
}

TEST_F(StoreRevisions, AreNotMadeWhereTheContentIsTheSame) {
  commit(*store_, {event(Kind::kAdded)});
  commit(*store_, {event(Kind::kRemoved)});
  commit(*store_, {event(Kind::kAdded)});
  commit(*store_, {event(Kind::kRecovered)});
  EXPECT_EQ(query("SELECT count(*) FROM revisions"), "1");
}

TEST_F(StoreRevisions, AreNumberedWithinTheUuid) {
  commit(*store_, {event(Kind::kAdded), event(Kind::kAdded, {.version = "2.0.0", .path = "/b"})});
  commit(*store_, {event(Kind::kUpdated, {.script = "return 2;"})});
  const Result<std::vector<StoredRevision>> history = store_->reader().history(kUuid);
  ASSERT_TRUE(history.ok());
  std::string text;
  for (const StoredRevision& one : *history)
    text += std::to_string(one.number) + " " + one.version + ";";
  EXPECT_EQ(text, "1 1.0.0;2 2.0.0;3 1.0.0;");
  EXPECT_EQ(store_->reader().revision(kUuid, "1.0.0", 0)->content.script, "return 2;");
  EXPECT_EQ(store_->reader().revision(kUuid, "", 2)->version, "2.0.0");
  EXPECT_EQ(store_->reader().revision(kUuid, "2.0.0", 3).status().code(), Code::kNotFound);
}

TEST_F(StoreRevisions, ArePrunedToTheNewest) {
  open(OpenOptions{.revisions_max = 3});
  commit(*store_, {event(Kind::kAdded, {.version = "9.0.0", .path = "/other"})});
  for (int i = 1; i <= 10; ++i) {
    commit(*store_, {event(Kind::kUpdated, {.script = "return " + std::to_string(i) + ";"})});
  }
  EXPECT_EQ(query("SELECT group_concat(number) FROM revisions WHERE version = '1.0.0'"), "9,10,11");
  EXPECT_EQ(query("SELECT count(*) FROM revisions WHERE version = '9.0.0'"), "1");
}

TEST_F(StoreRevisions, AreKeptForAsLongAsSomeoneWorksWithThem) {
  std::string held = "sum of return 1;";
  open(OpenOptions{.revisions_max = 1,
                   .is_held = [&](std::string_view checksum) { return checksum == held; }});
  commit(*store_, {event(Kind::kAdded)});
  for (const char* script : {"return 2;", "return 3;"})
    commit(*store_, {event(Kind::kUpdated, {.script = script})});
  EXPECT_EQ(query("SELECT group_concat(number) FROM revisions"), "1,3");
  EXPECT_EQ(script_of("return 1;"), "return 1;");
  held.clear();
  commit(*store_, {event(Kind::kUpdated, {.script = "return 4;"})});
  EXPECT_EQ(query("SELECT group_concat(number) FROM revisions"), "4");
}

TEST_F(StoreRevisions, OfAnEditThatLostAreKeptHoweverFewAreToBe) {
  open(OpenOptions{.revisions_max = 1});
  commit(*store_, {event(Kind::kAdded)});
  query("UPDATE tasks SET script = 'edited'");
  commit(*store_, {event(Kind::kUpdated, {.script = "return 2;"})});
  EXPECT_EQ(query("SELECT script FROM revisions WHERE number = "
                  "(SELECT conflict_revision FROM tasks)"),
            "edited");
  for (const char* script : {"return 3;", "return 4;"}) {
    commit(*store_, {event(Kind::kUpdated, {.script = script})});
  }
  EXPECT_EQ(query("SELECT script FROM revision_bodies ORDER BY id"), "edited\nreturn 4;");
}

TEST_F(StoreRevisions, BringADeletedRowBackWithoutTheDisk) {
  commit(*store_, {event(Kind::kAdded)});
  query("DELETE FROM tasks");
  TaskEvent back = event(Kind::kUpdated);
  back.content = nullptr;
  commit(*store_, {back});
  EXPECT_EQ(query("SELECT script FROM tasks"), "return 1;");
  EXPECT_TRUE(store_->take_wanted().empty());
}

TEST_F(StoreRevisions, ThatAreNotThereAreAskedFor) {
  TaskEvent bare = event(Kind::kAdded);
  bare.content = nullptr;
  EXPECT_EQ(commit(*store_, {bare, event(Kind::kAdded, {.version = "2.0.0"})}),
            (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(store_->take_wanted().size(), 1u);
  EXPECT_EQ(query("SELECT version FROM tasks"), "2.0.0");
}

// Each rule: edited while the disk changed too, and edited alone.
TEST_F(StoreRevisions, ByTheRuleRegistryTheDiskWinsAndTheEditIsKept) {
  commit(*store_, {event(Kind::kAdded)});
  query("UPDATE tasks SET script = 'edited'");
  commit(*store_, {event(Kind::kUpdated, {.script = "return 2;"})});
  EXPECT_EQ(query("SELECT script, conflict, conflict_revision FROM tasks"), "return 2;|registry|2");
  EXPECT_EQ(query("SELECT number, origin, script FROM revisions"),
            "1|disk|return 1;\n2|database|edited\n3|disk|return 2;");
  EXPECT_EQ(query("SELECT seq, kind FROM changes"), "1|added\n2|conflict\n3|updated");
  const std::vector<StoredConflict> conflicts = store_->take_conflicts();
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].kept, "registry");
  EXPECT_EQ(conflicts[0].seq, 2);
  const Result<StoreOverview> overview = store_->reader().overview();
  EXPECT_EQ(overview->totals.conflicts, 1);
  EXPECT_EQ(overview->conflicts.at(0).revision, 2);
  // The next change without an edit ends it.
  commit(*store_, {event(Kind::kUpdated, {.script = "return 3;"})});
  EXPECT_EQ(query("SELECT script, conflict FROM tasks"), "return 3;|NULL");
}

TEST_F(StoreRevisions, ByTheRuleRegistryAnEditAloneIsUndoneAndKept) {
  commit(*store_, {event(Kind::kAdded)});
  query("UPDATE tasks SET script = 'edited', label = 'mine', enabled = 0");
  settle();
  EXPECT_EQ(query("SELECT script, label, enabled, conflict FROM tasks"),
            "return 1;|Label of /tasks/one|0|registry");
  EXPECT_EQ(query("SELECT label, script FROM revisions WHERE origin = 'database'"), "mine|edited");
  EXPECT_EQ(query("SELECT kind FROM changes"), "added\nconflict");
  settle();
  EXPECT_EQ(query("SELECT count(*) FROM changes"), "2") << "once";
}

TEST_F(StoreRevisions, ByTheRuleDatabaseTheRowStaysAndIsMarked) {
  open(ConflictRule::kDatabase);
  commit(*store_, {event(Kind::kAdded)});
  query("UPDATE tasks SET script = 'edited', label = 'mine'");
  commit(*store_, {event(Kind::kUpdated, {.script = "return 2;"})});
  EXPECT_EQ(query("SELECT script, label, checksum, conflict FROM tasks"),
            "edited|mine|sum of return 2;|database");
  EXPECT_EQ(script_of("return 2;"), "return 2;") << "what the disk has is served";
  EXPECT_EQ(store_->load()->tasks.at(0).task->label(), "Label of /tasks/one");
  settle();
  EXPECT_EQ(query("SELECT kind FROM changes"), "added\nconflict\nupdated");
  // It goes on to stay, and every change of the disk is told.
  commit(*store_, {event(Kind::kUpdated, {.script = "return 3;"})});
  EXPECT_EQ(query("SELECT script, conflict FROM tasks"), "edited|database");
  EXPECT_EQ(store_->take_conflicts().size(), 1u);
  // Until the disk says the same, or the operator wants the disk to win.
  open(ConflictRule::kRegistry);
  commit(*store_, {event(Kind::kUpdated, {.script = "return 4;"})});
  EXPECT_EQ(query("SELECT script, conflict FROM tasks"), "return 4;|registry");
  EXPECT_EQ(query("SELECT count(*) FROM revisions WHERE script = 'edited'"), "1");
}

TEST_F(StoreRevisions, ByTheRuleDatabaseAnEditAloneStays) {
  open(ConflictRule::kDatabase);
  commit(*store_, {event(Kind::kAdded)});
  query("UPDATE tasks SET script = 'edited'");
  settle();
  EXPECT_EQ(query("SELECT script, checksum, conflict FROM tasks"),
            "edited|sum of return 1;|database");
  EXPECT_EQ(script_of("return 1;"), "return 1;");
  query("UPDATE tasks SET script = 'return 1;'");
  settle();
  EXPECT_EQ(query("SELECT conflict FROM tasks"), "NULL") << "it is what the disk has again";
}

TEST_F(StoreRevisions, ByTheRuleNewerTheLaterOneWins) {
  open(ConflictRule::kNewer);
  std::filesystem::create_directory(folder_ / "task");
  std::ofstream(folder_ / "task/main.js") << "x";
  const TaskSpec spec{.path = folder_ / "task"};
  TaskSpec changed = spec;
  changed.script = "return 2;";
  commit(*store_, {event(Kind::kAdded, spec)}, 1000);  // in 1970: the disk's file is newer
  query("UPDATE tasks SET script = 'edited'");
  commit(*store_, {event(Kind::kUpdated, changed)}, 2000);
  EXPECT_EQ(query("SELECT script, conflict FROM tasks"), "return 2;|registry");
  query("UPDATE tasks SET script = 'edited again', updated_at = '9000-01-01 00:00:00'");
  changed.script = "return 3;";
  commit(*store_, {event(Kind::kUpdated, changed)}, 3000);
  EXPECT_EQ(query("SELECT script, conflict FROM tasks"), "edited again|database");
}

TEST_F(StoreRevisions, OfManyEditsAreFoundPieceByPiece) {
  std::vector<TaskEvent> events;
  for (int i = 0; i < 25; ++i) {
    const std::string version = std::to_string(i) + ".0.0";
    events.push_back(event(Kind::kAdded, {.version = version, .path = "/" + version}));
  }
  commit(*store_, std::move(events));
  query("UPDATE tasks SET description = 'edited' WHERE id IN (3, 20)");
  std::vector<std::int64_t> edited;
  std::int64_t after = 0;
  for (bool done = false; !done;) {
    const Result<EditScan> scan = store_->find_edited(after, 10);
    ASSERT_TRUE(scan.ok());
    edited.insert(edited.end(), scan->edited.begin(), scan->edited.end());
    after = scan->last;
    done = scan->done;
  }
  EXPECT_EQ(edited, (std::vector<std::int64_t>{3, 20}));
}

TEST_F(StoreRevisions, AreMadeWhenAVersion1DatabaseIsMigrated) {
  store_.reset();
  const std::string old = folder_ / "old.db";
  Sqlite(old).query(read_bytes(std::string(PAWL_TEST_DATA) + "/sync/golden/schema-1.sql") +
                    read_bytes(std::string(PAWL_TEST_DATA) + "/sync/golden/rows-1.sql"));
  EXPECT_EQ(StoreReader::open(old).status().code(), Code::kUnsupported);
  const std::unique_ptr<Store> store = open_store(old);
  ASSERT_NE(store, nullptr);
  Sqlite sqlite(old);
  EXPECT_EQ(sqlite.query("PRAGMA user_version; PRAGMA integrity_check"), "2\nok");
  EXPECT_EQ(sqlite.query("SELECT id, uuid, version, enabled, valid, errors, stamp, removed_at, "
                         "content_hash, conflict, script FROM tasks"),
            "1|u-1|1.0.0|0|1|NULL|-7|NULL|NULL|NULL|return 1;\n"
            "2|u-1|2.0.0|1|0|[\"bad\"]|8|NULL|NULL|NULL|return 2;\n"
            "5|u-2|1.0.0|0|1|NULL|9|2026-01-02T03:04:05.678Z|NULL|NULL|return 3;");
  EXPECT_EQ(sqlite.query("SELECT uuid, number, version, origin, checksum, b.script FROM revisions "
                         "JOIN revision_bodies b USING (id)"),
            "u-1|1|1.0.0|disk|c1|return 1;\nu-1|2|2.0.0|disk|c2|return 2;\n"
            "u-2|1|1.0.0|disk|c3|return 3;");
  EXPECT_EQ(sqlite.query("SELECT seq, kind FROM changes"), "41|added\n42|removed");
  // What has no hash yet is taken as it is, and gets one.
  const Result<EditScan> scan = store->find_edited(0, 10);
  ASSERT_TRUE(scan.ok() && store->settle_edited(scan->edited, kNow).ok());
  EXPECT_EQ(sqlite.query("SELECT count(content_hash), count(conflict) FROM tasks"), "3|0");
  EXPECT_EQ(commit(*store, {event(Kind::kAdded)}), std::vector<std::int64_t>{43});
}

TEST_F(StoreRevisions, AndTheFeedArePrunedAndAnOldCursorIsTold) {
  open(OpenOptions{.changes_max = 4});
  for (int i = 0; i < 10; ++i) {
    commit(*store_, {event(Kind::kUpdated, {.script = std::to_string(i)})});
  }
  EXPECT_EQ(query("SELECT group_concat(seq) FROM changes"), "7,8,9,10");
  StoreReader& reader = store_->reader();
  EXPECT_EQ(*reader.feed_start(), 6);
  EXPECT_EQ(reader.feed_since(6, 100)->changes.size(), 4u);
  EXPECT_FALSE(reader.feed_since(10, 100)->resync);
  for (const std::int64_t cursor : {0, 5, 11}) {
    const Result<FeedPage> page = reader.feed_since(cursor, 100);
    EXPECT_TRUE(page->resync) << cursor;
    EXPECT_EQ(page->resync_from, 10) << cursor;
    EXPECT_TRUE(page->changes.empty());
  }
}

TEST_F(StoreRevisions, AndANewDatabaseGoesOnWithTheNumbersOfTheLostOne) {
  open(OpenOptions{.feed_after = 500});
  EXPECT_EQ(commit(*store_, {event(Kind::kAdded)}), std::vector<std::int64_t>{501});
  EXPECT_TRUE(store_->reader().feed_since(0, 10)->resync);
  open(OpenOptions{.feed_after = 100});
  EXPECT_EQ(store_->last_seq(), 501);
  EXPECT_EQ(commit(*store_, {event(Kind::kUpdated)}), std::vector<std::int64_t>{502});
}

}  // namespace
}  // namespace pawl
