// What the file looks like, and which files are left alone.
#include "sync/schema.h"

#include "sync/store_reader.h"
#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

using namespace testing;

std::string golden(const std::string& name) {
  return read_bytes(std::string(PAWL_TEST_DATA) + "/sync/golden/" + name);
}

TEST(StoreSchema, IsWhatTheGoldenFileSays) {
  const TemporaryFolder folder;
  ASSERT_NE(open_store(folder / "r.db"), nullptr);
  Sqlite sqlite(folder / "r.db");
  const std::string schema = sqlite.query(
      "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
      "ORDER BY name");
  EXPECT_EQ(schema + "\n", golden("schema-2.sql"));
}

TEST(StoreSchema, MarksTheFileAsPawls) {
  const TemporaryFolder folder;
  ASSERT_NE(open_store(folder / "r.db"), nullptr);
  Sqlite sqlite(folder / "r.db");
  EXPECT_EQ(sqlite.query("PRAGMA application_id"), std::to_string(0x5041574c));
  EXPECT_EQ(sqlite.query("PRAGMA user_version"), "2");
  EXPECT_EQ(sqlite.query("PRAGMA journal_mode"), "wal");
}

TEST(StoreSchema, HasTheMarksInTheFileItselfBeforeAnyLogIsWrittenBack) {
  const TemporaryFolder folder;
  const std::unique_ptr<Store> store = open_store(folder / "r.db");
  ASSERT_NE(store, nullptr);
  const std::string bytes = read_bytes(folder / "r.db");
  ASSERT_GE(bytes.size(), 100u);
  EXPECT_EQ(bytes.substr(68, 4), "PAWL");
}

TEST(StoreSchema, PathLookUpsUseTheirIndex) {
  const TemporaryFolder folder;
  ASSERT_NE(open_store(folder / "r.db"), nullptr);
  Sqlite sqlite(folder / "r.db");
  EXPECT_NE(sqlite
                .query("EXPLAIN QUERY PLAN UPDATE tasks SET stamp = 1 "
                       "WHERE path = 'x' AND removed_at IS NULL")
                .find("tasks_live ("),
            std::string::npos);
}

// Whatever pawl is asked to do with such a file, not a byte changes and nothing appears beside it.
class RefusedDatabase : public ::testing::Test {
 protected:
  void expect_refused(Code code, const std::string& why) {
    const std::string before = read_bytes(path_);
    const std::vector<std::string> names = names_in(folder_.path());
    const auto written = std::filesystem::last_write_time(path_);
    Result<std::unique_ptr<Store>> store = Store::open(path_, {});
    ASSERT_FALSE(store.ok());
    EXPECT_EQ(store.status().code(), code) << store.status().message();
    EXPECT_NE(store.status().message().find(why), std::string::npos) << store.status().message();
    Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(path_);
    ASSERT_FALSE(reader.ok());
    EXPECT_EQ(reader.status().code(), code) << reader.status().message();
    EXPECT_EQ(read_bytes(path_), before);
    EXPECT_EQ(std::filesystem::last_write_time(path_), written);
    EXPECT_EQ(names_in(folder_.path()), names);
  }

  TemporaryFolder folder_;
  // A name that a URI would misread; no name on Windows has a question mark.
  std::string path_ = folder_ / (std::filesystem::path::preferred_separator == '/' ? "r?%#.db" : "r%#.db");
};

TEST_F(RefusedDatabase, OfAnotherProgram) {
  Sqlite(path_).query("PRAGMA application_id = 42; CREATE TABLE theirs (x)");
  expect_refused(Code::kForeign, "another program");
}

TEST_F(RefusedDatabase, OfAnotherProgramWithItsOwnLog) {
  Sqlite(path_).query("PRAGMA journal_mode = WAL; PRAGMA application_id = 42; CREATE TABLE t (x)");
  expect_refused(Code::kForeign, "another program");
}

TEST_F(RefusedDatabase, WithDataAndNoMark) {
  Sqlite(path_).query("CREATE TABLE tasks (uuid, version)");
  expect_refused(Code::kForeign, "did not write");
}

TEST_F(RefusedDatabase, OfANewerPawl) {
  { ASSERT_NE(open_store(path_), nullptr); }
  Sqlite(path_).query("PRAGMA user_version = 3");
  expect_refused(Code::kForeign, "newer pawl");
}

TEST_F(RefusedDatabase, ThatIsNoDatabase) {
  std::ofstream(path_) << std::string(5000, 'x');
  expect_refused(Code::kForeign, "not a database");
}

TEST(StoreSchema, TakesAnEmptyFileAndAnEmptyDatabase) {
  const TemporaryFolder folder;
  std::ofstream(folder / "zero.db").flush();
  EXPECT_NE(open_store(folder / "zero.db"), nullptr);
  Sqlite(folder / "empty.db").query("CREATE TABLE t (x); DROP TABLE t");
  EXPECT_NE(open_store(folder / "empty.db"), nullptr);
}

TEST(StoreSchema, OfADamagedFileIsCorrupt) {
  const TemporaryFolder folder;
  {
    const std::unique_ptr<Store> store = open_store(folder / "r.db");
    ASSERT_NE(store, nullptr);
    commit(*store, {event(TaskEventKind::kAdded)});
  }
  std::fstream file(folder / "r.db", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100);  // the header of the page that holds the schema
  file << std::string(400, '\xff');
  file.close();
  Result<std::unique_ptr<Store>> store = Store::open(folder / "r.db", {});
  Status status = store.ok() ? (*store)->load().status() : store.status();
  EXPECT_EQ(status.code(), Code::kCorrupt) << status.message();
}

TEST(StoreSchema, IsMadeOnlyWhereAsked) {
  const TemporaryFolder folder;
  Result<std::unique_ptr<Store>> store = Store::open(folder / "r.db", {.create = false});
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.status().code(), Code::kNotFound) << store.status().message();
  Result<std::unique_ptr<Store>> nowhere = Store::open(folder / "no/r.db", {});
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.status().code(), Code::kNotFound) << nowhere.status().message();
}

// A crash while the log was being written back left a good database that the next start took for
// a damaged one: the file was judged without its log. Here only the first page has been written back,
// and it speaks of more pages than the file has.
TEST(StoreSchema, IsOpenedAfterACrashInTheMiddleOfACheckpoint) {
  const TemporaryFolder folder;
  const std::unique_ptr<Store> store = open_store(folder / "r.db");
  ASSERT_NE(store, nullptr);
  TaskSpec large;
  large.script.assign(200'000, 'x');
  ASSERT_EQ(commit(*store, {event(TaskEventKind::kAdded, large)}).size(), 1u);

  std::string file = read_bytes(folder / "r.db");
  const std::string log = read_bytes(folder / "r.db-wal");
  constexpr std::size_t kPage = 4096;
  std::size_t written_back = 0;
  // https://sqlite.org/fileformat2.html#walformat: a header of 32 bytes, then frames of 24 bytes and a
  // page; the number of the page comes first.
  for (std::size_t at = 32; at + 24 + kPage <= log.size(); at += 24 + kPage) {
    if (log.substr(at, 4) != std::string("\0\0\0\1", 4)) continue;
    file.replace(0, kPage, log, at + 24, kPage);
    ++written_back;
  }
  ASSERT_GT(written_back, 0u) << "the log does not hold the first page: nothing is tested";
  std::ofstream(folder / "crashed.db", std::ios::binary) << file;
  std::ofstream(folder / "crashed.db-wal", std::ios::binary) << log;

  Result<std::unique_ptr<Store>> again = Store::open(folder / "crashed.db", {});
  ASSERT_TRUE(again.ok()) << again.status().message();
  const Result<StoredState> state = (*again)->load();
  ASSERT_TRUE(state.ok()) << state.status().message();
  EXPECT_EQ(state->tasks.size(), 1u);
}

}  // namespace
}  // namespace pawl
