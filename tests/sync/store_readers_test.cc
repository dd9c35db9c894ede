// One writer, and any number of readers.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "sync/store_reader.h"
#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

using namespace testing;
using Kind = TaskEventKind;

TEST(StoreWriters, TheSecondIsToldWhoTheFirstIs) {
  const TemporaryFolder folder;
  std::unique_ptr<Store> first = open_store(folder / "r.db");
  Result<std::unique_ptr<Store>> second = Store::open(folder / "r.db", {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), Code::kBusy);
  EXPECT_NE(second.status().message().find("pid " + std::to_string(getpid()) + " "),
            std::string::npos)
      << second.status().message();
  first.reset();
  EXPECT_NE(open_store(folder / "r.db"), nullptr);
}

TEST(StoreWriters, OfAnotherNameForTheSameFileAreOne) {
  const TemporaryFolder folder;
  const std::unique_ptr<Store> first = open_store(folder / "r.db");
  std::filesystem::create_symlink(folder / "r.db", folder / "link.db");
  EXPECT_EQ(Store::open(folder / "link.db", {}).status().code(), Code::kBusy);
}

TEST(StoreWriters, ADeadOneHoldsNothing) {
  const TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    Result<std::unique_ptr<Store>> store = Store::open(folder / "r.db", {});
    const char byte = store.ok() ? 'y' : 'n';
    if (write(ready[1], &byte, 1) != 1) _exit(1);
    for (;;) pause();
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  const Status refused = Store::open(folder / "r.db", {}).status();
  EXPECT_EQ(refused.code(), Code::kBusy);
  EXPECT_NE(refused.message().find("pid " + std::to_string(child) + " "), std::string::npos);
  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_NE(open_store(folder / "r.db"), nullptr);
  close(ready[0]);
  close(ready[1]);
}

TEST(StoreReaders, NeverMakeAFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(StoreReader::open(folder / "r.db").status().code(), Code::kNotFound);
  EXPECT_TRUE(names_in(folder.path()).empty());
  const auto expect_read = [&](std::size_t tasks) {
    const std::vector<std::string> before = names_in(folder.path());
    {
      Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(folder / "r.db");
      ASSERT_TRUE(reader.ok()) << reader.status().message();
      EXPECT_EQ((*reader)->load()->tasks.size(), tasks);
    }
    EXPECT_EQ(names_in(folder.path()), before);
  };
  std::unique_ptr<Store> store = open_store(folder / "r.db");
  commit(*store, {event(Kind::kAdded)});
  expect_read(1);  // while a writer runs
  store.reset();
  expect_read(1);  // after it
  std::filesystem::remove(folder / "r.db-wal");
  std::filesystem::remove(folder / "r.db-shm");
  expect_read(1);  // of the bare file, as a backup is
  EXPECT_EQ(names_in(folder.path()), (std::vector<std::string>{"r.db", "r.db.lock"}));
}

TEST(StoreReaders, OfTheBareFileSeeAWriterThatStartsLater) {
  const TemporaryFolder folder;
  { commit(*open_store(folder / "r.db"), {event(Kind::kAdded)}); }
  std::filesystem::remove(folder / "r.db-wal");
  std::filesystem::remove(folder / "r.db-shm");
  Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(folder / "r.db");
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->load()->tasks.size(), 1u);
  const std::unique_ptr<Store> store = open_store(folder / "r.db");
  commit(*store, {event(Kind::kAdded, {.version = "2.0.0", .path = "/b"})});
  EXPECT_EQ((*reader)->load()->tasks.size(), 2u);
}

TEST(StoreReaders, WorkInAFolderThatIsReadOnly) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  const TemporaryFolder folder;
  { commit(*open_store(folder / "r.db"), {event(Kind::kAdded)}); }
  std::filesystem::remove(folder / "r.db-wal");
  std::filesystem::remove(folder / "r.db-shm");
  using std::filesystem::perms;
  std::filesystem::permissions(folder.path(), perms::owner_read | perms::owner_exec);
  Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(folder / "r.db");
  EXPECT_TRUE(reader.ok() && (*reader)->load().ok());
  std::filesystem::permissions(folder.path(), perms::owner_all);
}

TEST(StoreReaders, SeeWholeCommitsOnly) {
  const TemporaryFolder folder;
  const std::unique_ptr<Store> store = open_store(folder / "r.db");
  constexpr int kCommits = 200;
  constexpr int kPerCommit = 7;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < kCommits; ++i) {
      std::vector<TaskEvent> events;
      for (int j = 0; j < kPerCommit; ++j) {
        const std::string version = std::to_string(i) + "." + std::to_string(j) + ".0";
        events.push_back(event(Kind::kAdded, {.version = version, .path = "/" + version}));
      }
      commit(*store, std::move(events));
    }
    done = true;
  });
  Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(folder / "r.db");
  ASSERT_TRUE(reader.ok());
  std::int64_t seen = 0;
  for (bool last = false; !last;) {
    last = done;
    const Result<StoreOverview> overview = (*reader)->overview();
    ASSERT_TRUE(overview.ok()) << overview.status().message();
    const std::int64_t live = overview->totals.live;
    EXPECT_EQ(live, overview->last_change ? overview->last_change->seq : 0);
    EXPECT_EQ(live % kPerCommit, 0);
    EXPECT_GE(live, seen);
    seen = live;
  }
  writer.join();
  EXPECT_EQ(seen, kCommits * kPerCommit);
}

TEST(StoreReaders, DoNotHoldTheWriterUp) {
  const TemporaryFolder folder;
  const std::unique_ptr<Store> store = open_store(folder / "r.db");
  commit(*store, {event(Kind::kAdded)});
  Sqlite reader(folder / "r.db");
  EXPECT_EQ(reader.query("BEGIN; SELECT count(*) FROM tasks"), "1");
  commit(*store, {event(Kind::kAdded, {.version = "2.0.0", .path = "/b"})});
  EXPECT_EQ(reader.query("SELECT count(*) FROM tasks"), "1");
  EXPECT_EQ(reader.query("COMMIT; SELECT count(*) FROM tasks"), "2");
}

}  // namespace
}  // namespace pawl
