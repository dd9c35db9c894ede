// A new database that is made elsewhere, and comes to its place when it is done.
#include "sync/new_database.h"

#include "sync/set_aside.h"
#include "sync/store_reader.h"
#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

using namespace testing;
using Kind = TaskEventKind;
using Names = std::vector<std::string>;

class NewDatabase : public ::testing::Test {
 protected:
  std::unique_ptr<Store> begin() const {
    Result<std::unique_ptr<Store>> store = Store::open(path_, {.place_when_done = true});
    if (store.ok()) return std::move(*store);
    ADD_FAILURE() << store.status().message();
    return nullptr;
  }
  std::string seqs_at(const std::string& path) const {
    return Sqlite(path).query("SELECT group_concat(seq) FROM changes");
  }
  bool exists(const char* suffix) const { return std::filesystem::exists(path_ + suffix); }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "r.db";
};

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
  EXPECT_FALSE(exists("-new"));
  commit(*store, {event(Kind::kRemoved)});
  EXPECT_EQ(seqs_at(path_), "1,2");
  EXPECT_TRUE(store->place().ok());
}

TEST_F(NewDatabase, DoesNotTakeThePlaceOfALink) {
  std::filesystem::create_directory(folder_ / "real");
  std::filesystem::create_symlink(folder_ / "real/r.db", path_);
  const std::unique_ptr<Store> store = begin();
  commit(*store, {event(Kind::kAdded)});
  ASSERT_TRUE(store->place().ok());
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
  EXPECT_EQ(seqs_at(folder_ / "real/r.db"), "1");
}

TEST_F(NewDatabase, DoesNotTakeThePlaceOfAFileThatCameThere) {
  std::unique_ptr<Store> store = begin();
  commit(*store, {event(Kind::kAdded)});
  std::ofstream(path_) << "theirs";
  const Status refused = store->place();
  EXPECT_EQ(refused.code(), Code::kForeign);
  EXPECT_NE(refused.message().find(path_ + "-new"), std::string::npos) << refused.message();
  store.reset();
  EXPECT_EQ(read_bytes(path_), "theirs");
  std::filesystem::remove(path_);
  EXPECT_EQ(open_store(path_)->load()->tasks.size(), 1u) << "it is not lost";
}

TEST_F(NewDatabase, IsMadeAtItsPlaceWhereItsOtherNameIsSomeoneElses) {
  std::ofstream(path_ + "-new") << "theirs, and no database";
  const std::unique_ptr<Store> store = begin();
  commit(*store, {event(Kind::kAdded)});
  EXPECT_TRUE(store->place().ok());
  EXPECT_EQ(seqs_at(path_), "1");
  EXPECT_EQ(read_bytes(path_ + "-new"), "theirs, and no database");
}

TEST_F(NewDatabase, ThatIsLostOnTheWayIsMissed) {
  const std::unique_ptr<Store> store = begin();
  commit(*store, {event(Kind::kAdded)});
  std::filesystem::remove(path_ + "-new");
  EXPECT_TRUE(store->replaced());
}

TEST_F(NewDatabase, ThatIsDamagedIsSetAside) {
  const TaskSpec large{.script = std::string(100'000, 'x')};
  commit(*begin(), {event(Kind::kAdded, large)});
  {
    std::fstream file(path_ + "-new", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(60'000, '\xff');
  }
  const Result<std::string> aside = set_aside(path_);
  ASSERT_TRUE(aside.ok()) << aside.status().message();
  EXPECT_TRUE(aside->starts_with(path_ + "-corrupt-")) << *aside;
  EXPECT_FALSE(exists("-new"));
  EXPECT_EQ(open_store(path_)->load()->tasks.size(), 0u);
}

}  // namespace
}  // namespace pawl
