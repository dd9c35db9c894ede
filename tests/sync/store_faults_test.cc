// The disk fails, fills up or loses its power at each single write of a small scenario: afterwards
// the database is as before the batch or as after it, and nothing between.
#include "sync/store_reader.h"
#include "tests/sync/faulty_vfs.h"
#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

using namespace testing;
using Kind = TaskEventKind;

// All that one can see of the database.
std::string picture(const std::string& path) {
  Sqlite sqlite(path);
  return sqlite.query("PRAGMA integrity_check") + "\n" +
         sqlite.query(
             "SELECT uuid, version, path, checksum, enabled, valid, conflict, script "
             "FROM tasks ORDER BY id") +
         "\n" + sqlite.query("SELECT seq, kind, path, checksum FROM changes") + "\n" +
         sqlite.query("SELECT number, version, checksum, script FROM revisions") + "\n" +
         sqlite.query("SELECT path, kind FROM problems") + "\n" +
         sqlite.query("SELECT name FROM sources");
}

SyncBatch first_batch() {
  SyncBatch batch;
  for (int i = 0; i < 4; ++i) {
    const std::string version = std::to_string(i) + ".0.0";
    batch.events.push_back(
        event(Kind::kAdded,
              {.version = version, .path = "/" + version, .script = std::string(3000, 'a')}));
  }
  return batch;
}

SyncBatch second_batch() {
  SyncBatch batch;
  batch.events = {event(Kind::kRemoved, {.version = "0.0.0", .path = "/0.0.0"}),
                  event(Kind::kUpdated,
                        {.version = "1.0.0", .path = "/1.0.0", .script = std::string(9000, 'b')}),
                  event(Kind::kInvalid, {.version = "2.0.0", .path = "/2.0.0"}),
                  path_event(Kind::kInvalid, "/bad"), event(Kind::kAdded)};
  batch.stamps = {{"/3.0.0", 7}};
  SourceState source;
  source.name = "local";
  batch.sources = {source};
  return batch;
}

class StoreFaults : public ::testing::TestWithParam<Fault> {
 protected:
  // The database before and after the second batch, on a disk in order.
  void SetUp() override {
    const TemporaryFolder folder;
    const std::string path = folder / "r.db";
    {
      const std::unique_ptr<Store> store = open_store(path);
      ASSERT_TRUE(store->commit(first_batch(), kNow).ok());
      before_ = picture(path);
      ASSERT_TRUE(store->commit(second_batch(), kNow + 1).ok());
    }
    after_ = picture(path);
    ASSERT_NE(before_, after_);
    ASSERT_TRUE(before_.starts_with("ok\n"));
  }

  std::string before_;
  std::string after_;
};

TEST_P(StoreFaults, AtAnyWriteOfACommitLeaveAllOrNothing) {
  FaultyVfs vfs;
  int faults = 0;
  int committed = 0;
  for (std::uint64_t at = 1;; ++at) {
    const TemporaryFolder folder;
    const std::string path = folder / "r.db";
    bool done = false;
    {
      vfs.reset();
      const std::unique_ptr<Store> store = open_store(path);
      ASSERT_TRUE(store->commit(first_batch(), kNow).ok());
      vfs.arm(GetParam(), at);
      done = store->commit(second_batch(), kNow + 1).ok();
      // Writing the log back, and closing, go wrong as well.
      static_cast<void>(store->write_log_back(/*all=*/true));
    }
    const bool happened = vfs.happened();
    vfs.reset();
    { ASSERT_NE(open_store(path), nullptr) << at; }
    const std::string now = picture(path);
    ASSERT_TRUE(now == after_ || (!done && now == before_)) << "operation " << at << ":\n" << now;
    faults += happened;
    committed += done;
    if (!happened) break;
  }
  EXPECT_GT(faults, 10);
  EXPECT_GT(committed, 1);  // faults after the commit, too
}

TEST_P(StoreFaults, AtAnyWriteOfADatabaseThatComesToItsPlaceLeaveAllOrNothing) {
  FaultyVfs vfs;
  int faults = 0;
  int placed = 0;
  for (std::uint64_t at = 1;; ++at) {
    const TemporaryFolder folder;
    const std::string path = folder / "r.db";
    bool done = false;
    {
      vfs.reset();
      const Result<std::unique_ptr<Store>> store = Store::open(path, {.place_when_done = true});
      ASSERT_TRUE(store.ok() && (*store)->commit(first_batch(), kNow).ok());
      vfs.arm(GetParam(), at);
      done = (*store)->commit(second_batch(), kNow + 1).ok();
      const bool at_place = (*store)->place().ok();
      ASSERT_TRUE(!at_place || std::filesystem::exists(path)) << at;
      placed += at_place;
    }
    const bool happened = vfs.happened();
    vfs.reset();
    { ASSERT_NE(open_store(path), nullptr) << at; }
    const std::string now = picture(path);
    ASSERT_TRUE(now == after_ || (!done && now == before_)) << "operation " << at << ":\n" << now;
    ASSERT_EQ(Sqlite(path).query("PRAGMA journal_mode"), "wal") << at;
    ASSERT_FALSE(std::filesystem::exists(path + "-unfinished")) << at;
    faults += happened;
    if (!happened) break;
  }
  EXPECT_GT(faults, 10);
  EXPECT_GT(placed, 0);
}

TEST_P(StoreFaults, AtAnyWriteOfTheFirstOpeningLeaveADatabaseThatCanBeOpened) {
  FaultyVfs vfs;
  int faults = 0;
  for (std::uint64_t at = 1;; ++at) {
    const TemporaryFolder folder;
    const std::string path = folder / "r.db";
    vfs.arm(GetParam(), at);
    const bool opened = Store::open(path, {}).ok();
    const bool happened = vfs.happened();
    vfs.reset();
    // Whoever is told that it is open has a log.
    if (opened) {
      ASSERT_EQ(Sqlite(path).query("PRAGMA journal_mode"), "wal") << at;
    }
    const std::unique_ptr<Store> store = open_store(path);
    ASSERT_NE(store, nullptr) << at;
    ASSERT_TRUE(store->commit(first_batch(), kNow).ok());
    ASSERT_EQ(picture(path), before_) << at;
    faults += happened;
    if (!happened) break;
  }
  EXPECT_GT(faults, 5);
}

// Whoever can read the new database sees a feed that goes on with the numbers of the old one.
TEST_P(StoreFaults, AtAnyWriteOfAnOpeningAnewLeaveNoFeedThatBeginsAgain) {
  FaultyVfs vfs;
  int made = 0;
  for (std::uint64_t at = 1;; ++at) {
    const TemporaryFolder folder;
    const std::string path = folder / "r.db";
    vfs.arm(GetParam(), at);
    { static_cast<void>(Store::open(path, {.feed_after = 500})); }
    const bool happened = vfs.happened();
    vfs.reset();
    Sqlite sqlite(path);
    if (sqlite.query("SELECT count(*) FROM sqlite_master WHERE name = 'changes'") == "1") {
      ++made;
      ASSERT_EQ(sqlite.query("SELECT seq FROM sqlite_sequence"), "500") << at;
    }
    if (!happened) break;
  }
  EXPECT_GT(made, 1);
}

TEST_P(StoreFaults, AtAnyWriteOfAMigrationLeaveTheOldVersionOrTheNewOne) {
  FaultyVfs vfs;
  const std::string golden = std::string(PAWL_TEST_DATA) + "/sync/golden/";
  const std::string old = read_bytes(golden + "schema-1.sql") + read_bytes(golden + "rows-1.sql");
  int faults = 0;
  for (std::uint64_t at = 1;; ++at) {
    const TemporaryFolder folder;
    const std::string path = folder / "r.db";
    vfs.reset();
    Sqlite(path).query(old);
    vfs.arm(GetParam(), at);
    { static_cast<void>(Store::open(path, {})); }
    const bool happened = vfs.happened();
    vfs.reset();
    const std::string version = Sqlite(path).query("PRAGMA integrity_check; PRAGMA user_version");
    ASSERT_TRUE(version == "ok\n1" || version == "ok\n2") << at << ": " << version;
    ASSERT_NE(open_store(path), nullptr) << at;
    ASSERT_EQ(Sqlite(path).query("SELECT count(*) FROM tasks; SELECT count(*) FROM revisions; "
                                 "SELECT max(seq) FROM changes"),
              "3\n3\n42");
    faults += happened;
    if (!happened) break;
  }
  EXPECT_GT(faults, 5);
}

// What went wrong goes well when it is tried again on the same store.
TEST_P(StoreFaults, ThatPassLetTheSameBatchBeCommitted) {
  if (GetParam() == Fault::kCrash) GTEST_SKIP() << "a crash does not pass";
  FaultyVfs vfs;
  for (std::uint64_t at = 1;; ++at) {
    const TemporaryFolder folder;
    const std::string path = folder / "r.db";
    vfs.reset();
    const std::unique_ptr<Store> store = open_store(path);
    ASSERT_TRUE(store->commit(first_batch(), kNow).ok());
    vfs.arm(GetParam(), at);
    Result<std::vector<std::int64_t>> done = store->commit(second_batch(), kNow + 1);
    const bool happened = vfs.happened();
    if (!done.ok()) {
      EXPECT_TRUE(is_transient(done.status())) << done.status().message();
      done = store->commit(second_batch(), kNow + 1);
    }
    ASSERT_TRUE(done.ok()) << at << ": " << done.status().message();
    ASSERT_EQ(picture(path), after_) << at;
    if (!happened) break;
  }
}

std::string fault_name(const ::testing::TestParamInfo<Fault>& info) {
  return info.param == Fault::kFail ? "Fail" : info.param == Fault::kFull ? "Full" : "Crash";
}

INSTANTIATE_TEST_SUITE_P(Each, StoreFaults,
                         ::testing::Values(Fault::kFail, Fault::kFull, Fault::kCrash), fault_name);

}  // namespace
}  // namespace pawl
