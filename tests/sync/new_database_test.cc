// A new database that is made elsewhere, and comes to its place when it is done.
#include "sync/set_aside.h"
#include "sync/store_reader.h"
#include "tests/sync/new_database_fixture.h"

namespace pawl {
namespace {

using namespace testing;
using Kind = TaskEventKind;
using Names = std::vector<std::string>;

TEST_F(NewDatabase, IsAtItsPlaceOnceItIsWhole) {
  const std::unique_ptr<Store> store = begin();
  commit(*store, {event(Kind::kAdded)});
  EXPECT_FALSE(exists(""));
  EXPECT_EQ(store->path(), path_);
  EXPECT_FALSE(store->replaced());
  const Status early = StoreReader::open(path_).status();
  EXPECT_EQ(early.code(), Code::kBusy);
  EXPECT_NE(early.message().find("first sync has not ended"), std::string::npos) << early.message();
  ASSERT_TRUE(store->place().ok());
  EXPECT_EQ(names_in(folder_.path()), (Names{"r.db", "r.db-shm", "r.db-wal", "r.db.lock"}));
  EXPECT_EQ(Sqlite(path_).query("PRAGMA journal_mode"), "wal");
  EXPECT_EQ((*StoreReader::open(path_))->load()->tasks.size(), 1u);
}

TEST_F(NewDatabase, IsWrittenAsAnyOtherOnceItIsAtItsPlace) {
  const std::unique_ptr<Store> store = begin();
  commit(*store, {event(Kind::kAdded)});
  ASSERT_TRUE(store->place().ok());
  ASSERT_TRUE(store->place().ok());  // and that does nothing
  EXPECT_EQ(commit(*store, {event(Kind::kUpdated, {.script = "return 2;"})}),
            std::vector<std::int64_t>{2});
  EXPECT_FALSE(store->replaced());
  EXPECT_EQ(store->load()->tasks.size(), 1u);
}

TEST_F(NewDatabase, IsGoneOnWithByTheNextWriter) {
  commit(*begin(), {event(Kind::kAdded)});
  EXPECT_FALSE(exists(""));
  const std::unique_ptr<Store> store = begin();
  EXPECT_EQ(store->load()->tasks.size(), 1u);
  commit(*store, {event(Kind::kAdded, {.version = "2.0.0", .path = "/b"})});
  ASSERT_TRUE(store->place().ok());
  EXPECT_EQ(seqs_at(path_), "1,2");
}

TEST_F(NewDatabase, IsBroughtToItsPlaceByAWriterWhoWantsItThere) {
  commit(*begin(), {event(Kind::kAdded)});
  const std::unique_ptr<Store> store = open_store(path_);
  EXPECT_EQ(names_in(folder_.path()), (Names{"r.db", "r.db-shm", "r.db-wal", "r.db.lock"}));
  EXPECT_EQ(store->load()->tasks.size(), 1u);
}

TEST_F(NewDatabase, IsNotMadeElsewhereWhereThereIsOne) {
  commit(*open_store(path_), {event(Kind::kAdded)});
  const std::unique_ptr<Store> store = begin();
  EXPECT_FALSE(exists("-unfinished"));
  commit(*store, {event(Kind::kRemoved)});
  EXPECT_EQ(seqs_at(path_), "1,2");
  EXPECT_TRUE(store->place().ok());
}

TEST_F(NewDatabase, DoesNotTakeThePlaceOfAFileThatCameThere) {
  std::unique_ptr<Store> store = begin();
  commit(*store, {event(Kind::kAdded)});
  std::ofstream(path_) << "theirs";
  const Status refused = store->place();
  EXPECT_EQ(refused.code(), Code::kForeign);
  EXPECT_NE(refused.message().find(path_ + "-unfinished"), std::string::npos) << refused.message();
  store.reset();
  EXPECT_EQ(read_bytes(path_), "theirs");
  std::filesystem::remove(path_);
  EXPECT_EQ(open_store(path_)->load()->tasks.size(), 1u) << "it is not lost";
}

TEST_F(NewDatabase, IsMadeAtItsPlaceWhereItsOtherNameIsSomeoneElses) {
  std::ofstream(path_ + "-unfinished") << "theirs, and no database";
  const std::unique_ptr<Store> store = begin();
  commit(*store, {event(Kind::kAdded)});
  EXPECT_TRUE(store->place().ok());
  EXPECT_EQ(seqs_at(path_), "1");
  EXPECT_EQ(read_bytes(path_ + "-unfinished"), "theirs, and no database");
}

TEST_F(NewDatabase, IsMadeAtItsPlaceWhereADirectoryHasItsOtherName) {
  std::filesystem::create_directory(path_ + "-unfinished");
  const std::unique_ptr<Store> store = begin();
  commit(*store, {event(Kind::kAdded)});
  EXPECT_TRUE(store->place().ok());
  EXPECT_EQ(seqs_at(path_), "1");
}

// A journal or a log without a database is of one that is gone; SQLite would carry it out on what
// comes to the place.
TEST_F(NewDatabase, IsNotTakenBackByWhatWasLeftAtItsPlace) {
  const std::string other = folder_ / "other.db";
  {
    Sqlite sqlite(other);
    sqlite.query(
        "CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(200000)); PRAGMA cache_size = 1;"
        "BEGIN; UPDATE t SET x = randomblob(200000)");
    ASSERT_GT(std::filesystem::file_size(other + "-journal"), 512u);
    std::filesystem::copy_file(other + "-journal", folder_ / "hot");
    sqlite.query("ROLLBACK; PRAGMA journal_mode = WAL; DELETE FROM t");
    std::filesystem::copy_file(other + "-wal", folder_ / "log");
  }
  for (const char* suffix : {"-journal", "-wal"}) {
    const std::string hot = folder_ / (std::string(suffix) == "-wal" ? "log" : "hot");
    std::filesystem::copy_file(hot, path_ + suffix);
    std::unique_ptr<Store> store = begin();
    commit(*store, {event(Kind::kAdded, {.script = std::string(300'000, 'x')})});
    std::filesystem::copy_file(hot, path_ + suffix,
                               std::filesystem::copy_options::overwrite_existing);
    ASSERT_TRUE(store->place().ok()) << suffix;
    EXPECT_EQ(Sqlite(path_).query("PRAGMA integrity_check; SELECT seq FROM changes"), "ok\n1")
        << suffix;
    store.reset();
    for (const char* part : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path_ + part);
  }
}

// It has its log already, and not its place.
TEST_F(NewDatabase, OfAWriterWhoDiedBeforeTheLastStepIsGoneOnWith) {
  commit(*begin(), {event(Kind::kAdded)});
  ASSERT_EQ(Sqlite(path_ + "-unfinished").query("PRAGMA journal_mode = WAL"), "wal");
  const std::unique_ptr<Store> store = begin();
  EXPECT_EQ(store->load()->tasks.size(), 1u);
  ASSERT_TRUE(store->place().ok());
  EXPECT_EQ(seqs_at(path_), "1");
}

// Else that would be told when all the work is done.
TEST_F(NewDatabase, ThatCouldHaveNoLogIsRefusedBeforeAnythingIsWritten) {
  sqlite3_vfs* usual = sqlite3_vfs_find(nullptr);
  sqlite3_vfs* without = sqlite3_vfs_find("unix-dotfile");  // it shares no memory
  if (without == nullptr) GTEST_SKIP() << "only POSIX has such a one";
  sqlite3_vfs_register(without, /*makeDflt=*/1);
  const Status refused = Store::open(path_, {.place_when_done = true}).status();
  sqlite3_vfs_register(usual, /*makeDflt=*/1);
  EXPECT_EQ(refused.code(), Code::kUnsupported);
  EXPECT_NE(refused.message().find("write-ahead log"), std::string::npos) << refused.message();
}

TEST_F(NewDatabase, ComesToItsPlaceWhenTheServiceStops) {
  const auto service = serve();
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  EXPECT_FALSE(exists(""));
  ASSERT_TRUE(service->stop(kDeadline).ok());
  EXPECT_EQ(seqs_at(path_), "1");
}

TEST_F(NewDatabase, ThatFindsItsPlaceTakenIsToldOfByTheService) {
  const auto service = serve();
  std::ofstream(path_) << "theirs";
  EXPECT_EQ(service->stop(kDeadline).code(), Code::kForeign);
}

TEST_F(NewDatabase, ThatIsDamagedIsSetAside) {
  const TaskSpec large{.script = std::string(100'000, 'x')};
  commit(*begin(), {event(Kind::kAdded, large)});
  {
    std::fstream file(path_ + "-unfinished", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(60'000, '\xff');
  }
  const Result<std::string> aside = set_aside(path_);
  ASSERT_TRUE(aside.ok()) << aside.status().message();
  EXPECT_TRUE(aside->starts_with(path_ + "-corrupt-")) << *aside;
  EXPECT_FALSE(exists("-unfinished"));
  EXPECT_EQ(open_store(path_)->load()->tasks.size(), 0u);
}

}  // namespace
}  // namespace pawl
