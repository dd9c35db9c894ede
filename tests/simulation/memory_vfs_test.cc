// What a death and a power cut leave of a database, on the disk in memory.
#include "tests/simulation/memory_vfs.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

namespace pawl {
namespace {

class Database {
 public:
  explicit Database(const std::string& setting) {
    EXPECT_EQ(sqlite3_open_v2("/memory/a.db", &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                              nullptr),
              SQLITE_OK);
    (void)run("PRAGMA journal_mode = WAL; PRAGMA synchronous = " + setting);
  }
  ~Database() { sqlite3_close(handle_); }
  Database(const Database&) = delete;

  int run(const std::string& sql) {
    return sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  }
  int error() { return sqlite3_extended_errcode(handle_); }

  // The first value; "" if there is none.
  std::string value(const std::string& sql) {
    std::string text;
    const auto take = [](void* to, int count, char** values, char**) {
      if (count > 0 && values[0] != nullptr) *static_cast<std::string*>(to) = values[0];
      return 0;
    };
    (void)sqlite3_exec(handle_, sql.c_str(), take, &text, nullptr);
    return text;
  }

 private:
  sqlite3* handle_ = nullptr;
};

// Makes a table with a row that is surely on the disk, and commits another row. What is left of it
// when the program dies.
std::string rows_after(const std::string& setting, bool power_cut, std::uint64_t seed) {
  MemoryVfs vfs(seed);
  {
    Database database(setting);
    EXPECT_EQ(database.run("CREATE TABLE t (n); INSERT INTO t VALUES (1);"), SQLITE_OK);
    EXPECT_EQ(database.run("PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
    EXPECT_EQ(database.run("INSERT INTO t VALUES (2)"), SQLITE_OK);
    vfs.die();
    EXPECT_NE(database.run("INSERT INTO t VALUES (3)"), SQLITE_OK);
  }
  vfs.revive(power_cut);
  Database database(setting);
  if (database.value("PRAGMA integrity_check") != "ok") return "damaged";
  return database.value("SELECT group_concat(n) FROM t");
}

TEST(MemoryVfs, KeepsAllThatWasWrittenWhenTheProgramDies) {
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    EXPECT_EQ(rows_after("NORMAL", false, seed), "1,2");
}

TEST(MemoryVfs, KeepsWhatWasSyncedWhenThePowerFails) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) EXPECT_EQ(rows_after("FULL", true, seed), "1,2");
}

// Or else it would not be a test of what is synced.
TEST(MemoryVfs, LosesWhatWasNotSyncedWhenThePowerFails) {
  int lost = 0, kept = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::string rows = rows_after("NORMAL", true, seed);
    lost += rows == "1";
    kept += rows == "1,2";
    EXPECT_TRUE(rows == "1" || rows == "1,2") << rows;
  }
  EXPECT_GT(lost, 0);
  EXPECT_GT(kept, 0);
}

TEST(MemoryVfs, DamagesADatabaseThatSyncsNothing) {
  int damaged = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    MemoryVfs vfs(seed);
    {
      Database database("OFF");
      EXPECT_EQ(database.run("CREATE TABLE t (n); CREATE INDEX i ON t (n)"), SQLITE_OK);
      for (int i = 0; i < 30; ++i)
        EXPECT_EQ(database.run("INSERT INTO t VALUES (randomblob(900))"), SQLITE_OK);
      EXPECT_EQ(database.run("PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
      vfs.die();
    }
    vfs.revive(/*power_cut=*/true);
    Database database("OFF");
    damaged += database.value("PRAGMA integrity_check") != "ok";
  }
  EXPECT_GT(damaged, 0);
}

TEST(MemoryVfs, FailsAsItIsTold) {
  MemoryVfs vfs(1);
  Database database("FULL");
  EXPECT_EQ(database.run("CREATE TABLE t (n)"), SQLITE_OK);
  const auto fails_with = [&](MemoryVfs::Fault what) {
    vfs.set_fault([what](MemoryVfs::Call) { return what; });
    EXPECT_NE(database.run("INSERT INTO t VALUES (1)"), SQLITE_OK);
    const int error = database.error();
    vfs.set_fault(nullptr);
    EXPECT_EQ(database.value("SELECT count(*) FROM t"), "0");
    return error & 0xff;
  };
  EXPECT_EQ(fails_with(MemoryVfs::Fault::kBusy), SQLITE_BUSY);
  EXPECT_EQ(fails_with(MemoryVfs::Fault::kFull), SQLITE_FULL);
  EXPECT_EQ(fails_with(MemoryVfs::Fault::kIo), SQLITE_IOERR);
  EXPECT_EQ(database.run("INSERT INTO t VALUES (1)"), SQLITE_OK);
}

}  // namespace
}  // namespace pawl
