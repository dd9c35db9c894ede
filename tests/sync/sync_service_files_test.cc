// The database's file, while it is in use: it goes, another comes in its place, or someone holds
// it.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "sync/set_aside.h"
#include "sync/store_reader.h"
#include "tests/sync/sync_service_fixture.h"

namespace pawl {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using Kind = TaskEventKind;

SyncOptions watchful() {
  SyncOptions options = at_now();
  options.chore_interval = 1ms;
  return options;
}

bool reopened(const CommitReport& report) {
  return report.reopened;
}

TEST_F(SyncService, NoticesThatTheFileIsGoneAndSaysWhatTheNewOneLacks) {
  SyncOptions options = at_now();
  options.chore_interval = 1ms;
  const auto service = start(std::move(options));
  service->submit({event(Kind::kAdded), path_event(Kind::kInvalid, "/bad")});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  ASSERT_TRUE(reports_->wait_for(
      [](const CommitReport& report) { return report.reopened && report.stored->tasks.empty(); }));
  // Without its content it is asked for; with it, all is there, and the feed goes on.
  TaskEvent bare = event(Kind::kAdded);
  bare.content = nullptr;
  service->submit({bare});
  ASSERT_TRUE(
      reports_->wait_for([](const CommitReport& report) { return report.wanted.size() == 1; }));
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  EXPECT_EQ(query("SELECT script FROM tasks; SELECT seq FROM changes"), "return 1;\n3");
}

TEST_F(SyncService, WaitsForAFolderThatIsGone) {
  const std::string folder = folder_ / "inner";
  std::filesystem::create_directory(folder);
  path_ = folder + "/r.db";
  const auto service = start();
  std::filesystem::rename(folder, folder_ / "away");
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(reports_->wait_for([](const CommitReport& report) {
    return report.health.state == SyncState::kRetrying && report.health.attempt >= 2;
  }));
  EXPECT_EQ(service->health().last_error.code(), Code::kNotFound);
  std::filesystem::create_directory(folder);
  ASSERT_TRUE(service->flush(kDeadline).ok());
  EXPECT_EQ(query("SELECT count(*) FROM tasks"), "1");
}

TEST_F(SyncService, LeavesAStrangersFileInItsPlaceAlone) {
  SyncOptions options = at_now();
  options.chore_interval = 1ms;
  const auto service = start(std::move(options));
  Sqlite(folder_ / "other.db").query("PRAGMA application_id = 42; CREATE TABLE theirs (x)");
  const std::string theirs = read_bytes(folder_ / "other.db");
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  std::filesystem::rename(folder_ / "other.db", path_);
  ASSERT_TRUE(reports_->wait_for(failed));
  EXPECT_EQ(service->health().last_error.code(), Code::kForeign);
  service->submit({event(Kind::kAdded)});
  EXPECT_EQ(read_bytes(path_), theirs);
  std::filesystem::remove(path_);
  EXPECT_TRUE(reports_->wait_for([](const CommitReport& report) { return report.reopened; }));
}

// SQLite finds a log by its name: that of the old database must not be read into the new one.
TEST_F(SyncService, DoesNotReadTheOldLogIntoAFileThatWasPutInItsPlace) {
  const auto service = start(watchful());
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  Sqlite(path_).query("VACUUM INTO '" + (folder_ / "backup.db") + "'");
  for (int i = 0; i < 50; ++i) {
    const std::string version = std::to_string(i) + ".1.0";
    service->submit(
        {event(Kind::kAdded,
               {.version = version, .path = "/" + version, .script = std::string(9000, 'x')})});
  }
  ASSERT_TRUE(service->flush(kDeadline).ok());
  // A reader that stays keeps the log from being emptied when the writer lets go of the file.
  const Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(path_);
  ASSERT_TRUE(reader.ok() && (*reader)->load().ok());
  ASSERT_GT(std::filesystem::file_size(path_ + "-wal"), 0u);
  std::filesystem::rename(folder_ / "backup.db", path_);
  ASSERT_TRUE(reports_->wait_for(reopened));
  service->submit({event(Kind::kUpdated, {.script = "return 2;"})});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  EXPECT_EQ(query("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(query("SELECT count(*), max(script) FROM tasks"), "1|return 2;");
  EXPECT_EQ(query("SELECT group_concat(seq) FROM changes"), "1,52") << "and the feed goes on";
  EXPECT_EQ((*reader)->load()->tasks.size(), 51u) << "who has the old one open reads on in it";
}

TEST_F(SyncService, LeavesAReaderOfADeletedFileItsLog) {
  const auto service = start(watchful());
  for (int i = 0; i < 50; ++i) {
    const std::string version = std::to_string(i) + ".1.0";
    service->submit({event(Kind::kAdded, {.version = version, .path = "/" + version})});
  }
  ASSERT_TRUE(service->flush(kDeadline).ok());
  const Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(path_);
  ASSERT_TRUE(reader.ok());
  ASSERT_EQ((*reader)->load()->tasks.size(), 50u);
  std::filesystem::remove(path_);
  ASSERT_TRUE(reports_->wait_for(reopened));
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  EXPECT_EQ((*reader)->load()->tasks.size(), 50u);
  EXPECT_EQ(query("PRAGMA integrity_check; SELECT count(*) FROM tasks"), "ok\n1");
}

TEST_F(SyncService, TakesItsLockAgainWhenThatWasRemoved) {
  const auto service = start(watchful());
  service->submit({event(Kind::kAdded)});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  std::filesystem::remove(path_ + ".lock");
  ASSERT_TRUE(reports_->wait_for(reopened));
  EXPECT_EQ(Store::open(path_, {}).status().code(), Code::kBusy);
  service->submit({event(Kind::kUpdated, {.script = "return 2;"})});
  ASSERT_TRUE(service->flush(kDeadline).ok());
  EXPECT_EQ(query("SELECT script FROM tasks"), "return 2;");
}

TEST_F(SyncService, StartsWhileAnotherProgramHoldsTheWriteLock) {
  { commit(*open_store(path_), {event(Kind::kAdded)}); }
  Sqlite other(path_);
  ASSERT_EQ(other.query("BEGIN IMMEDIATE"), "");
  const auto service = start();
  ASSERT_NE(service, nullptr);
  service->submit({event(Kind::kUpdated, {.script = "return 2;"})});
  ASSERT_TRUE(reports_->wait_for(failed));
  other.query("COMMIT");
  ASSERT_TRUE(service->flush(kDeadline).ok());
}

// Looks for edits begin with the first row; begun anew at each write they would never reach the
// last ones.
TEST_F(SyncService, FindsAnEditInTheLastRowWhileSomeoneWritesAllTheTime) {
  SyncOptions options = watchful();
  options.edit_pause = 20ms;
  const auto service = start(std::move(options));
  std::vector<TaskEvent> events;
  for (int i = 0; i < 2000; ++i) {
    const std::string version = std::to_string(i) + ".0.0";
    events.push_back(event(Kind::kAdded, {.version = version, .path = "/" + version}));
  }
  service->submit(std::move(events));
  ASSERT_TRUE(service->flush(kDeadline).ok());
  Sqlite other(path_);
  other.query("CREATE TABLE theirs (x); UPDATE tasks SET script = 'edited' WHERE id = 2000");
  std::atomic<bool> done = false;
  std::thread steady([&] {
    while (!done) {
      other.query("INSERT INTO theirs VALUES (1)");
      std::this_thread::sleep_for(5ms);  // the pace of the writes: the lock is free in between
    }
  });
  EXPECT_TRUE(
      reports_->wait_for([](const CommitReport& report) { return report.conflicts.size() == 1; }));
  done = true;
  steady.join();
}

// The file of a database is never opened beside SQLite: closing it would let go of the locks that
// tell others that the database is in use.
TEST(StoreFiles, ASecondOpeningInTheSameProcessLeavesTheLocksOfTheFirst) {
  const TemporaryFolder folder;
  const std::string path = folder / "r.db";
  const std::unique_ptr<Store> store = open_store(path);
  commit(*store, {event(Kind::kAdded)});
  EXPECT_EQ(Store::open(path, {}).status().code(), Code::kBusy);
  const pid_t child = fork();
  if (child == 0) {
    struct flock all {};
    all.l_type = F_WRLCK;
    all.l_whence = SEEK_SET;
    const int descriptor = ::open(path.c_str(), O_RDWR);
    _exit(descriptor >= 0 && fcntl(descriptor, F_GETLK, &all) == 0 && all.l_type == F_RDLCK ? 0
                                                                                            : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "its read lock is gone";
}

TEST(StoreFiles, AReaderByWayOfALinkSeesWhatTheLogHas) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "real");
  const std::unique_ptr<Store> store = open_store(folder / "real/r.db");
  std::filesystem::create_symlink(folder / "real/r.db", folder / "link.db");
  Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(folder / "link.db");
  ASSERT_TRUE(reader.ok()) << reader.status().message();
  commit(*store, {event(Kind::kAdded)});
  EXPECT_EQ((*reader)->load()->tasks.size(), 1u);
  EXPECT_EQ(Store::open(folder / "link.db", {}).status().code(), Code::kBusy);
}

class SetAside : public ::testing::Test {
 protected:
  // Overwrites each page of the file but the first `kept`.
  void damage(int kept) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<int>(std::filesystem::file_size(path_));
    for (int at = kept * 4096; at < size; at += 4096) {
      file.seekp(at);
      file << std::string(4096, 'Z');
    }
  }
  void fill(std::int64_t seq) {
    Result<std::unique_ptr<Store>> store = Store::open(path_, {.feed_after = seq - 1});
    ASSERT_TRUE(store.ok());
    commit(**store, {event(Kind::kAdded, {.script = std::string(50'000, 'x')})});
  }
  std::int64_t next_seq() { return commit(*open_store(path_), {event(Kind::kAdded)}).at(0); }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "r.db";
};

TEST_F(SetAside, LeavesAGoodDatabaseWhereItIs) {
  EXPECT_EQ(*set_aside(path_), "") << "there is none";
  fill(7);
  EXPECT_EQ(*set_aside(path_), "");
  EXPECT_EQ(next_seq(), 8);
}

TEST_F(SetAside, KeepsADamagedOneAndGoesOnWithItsNumbers) {
  fill(7);
  // The body of the task: what the feed has come to can still be read.
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    const auto pages = static_cast<int>(std::filesystem::file_size(path_) / 4096);
    for (int page = pages - 4; page < pages; ++page) {
      file.seekp(page * 4096);
      file << std::string(4096, 'Z');
    }
  }
  const std::string damaged = read_bytes(path_);
  const Result<std::string> aside = set_aside(path_);
  ASSERT_TRUE(aside.ok()) << aside.status().message();
  EXPECT_TRUE(aside->starts_with(path_ + "-corrupt-20")) << *aside;
  EXPECT_EQ(read_bytes(*aside), damaged);
  EXPECT_EQ(next_seq(), 8);
}

TEST_F(SetAside, GivesNoNumberTwiceWhereTheOldOnesCannotBeRead) {
  fill(7);
  damage(1);
  const WallMs before = system_wall_now();
  ASSERT_NE(*set_aside(path_), "");
  EXPECT_GT(next_seq(), before);
  damage(1);
  ASSERT_NE(*set_aside(path_), "") << "nor does it overwrite the one that was set aside before";
  std::size_t kept = 0;
  for (const std::string& name : names_in(folder_.path())) {
    kept += name.find("-corrupt-") != std::string::npos && !name.ends_with("-wal") &&
            !name.ends_with("-shm");
  }
  EXPECT_EQ(kept, 2u);
}

TEST_F(SetAside, TouchesNoOnesElse) {
  Sqlite(path_).query("CREATE TABLE theirs (x)");
  EXPECT_EQ(set_aside(path_).status().code(), Code::kForeign);
  EXPECT_EQ(names_in(folder_.path()), std::vector<std::string>{"r.db"});
}

}  // namespace
}  // namespace pawl
