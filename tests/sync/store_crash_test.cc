// A writer killed by SIGKILL in the middle of whatever it does.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <random>

#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

using namespace testing;

constexpr int kBatchMax = 40;

SyncBatch batch_number(std::int64_t number) {
  SyncBatch batch;
  const std::int64_t size = 1 + number * 7 % kBatchMax;
  for (std::int64_t i = 0; i < size; ++i) {
    const std::string version = std::to_string(number) + "." + std::to_string(i) + ".0";
    batch.events.push_back(
        event(TaskEventKind::kAdded,
              {.version = version,
               .path = "/" + version,
               .script = std::string(static_cast<std::size_t>(number * 997 % 20'000), 'x')}));
  }
  return batch;
}

// Commits batch after batch, and acknowledges each on the pipe once it is committed.
[[noreturn]] void write_until_killed(const std::string& path, const OpenOptions& options,
                                     std::int64_t number, int acks) {
  Result<std::unique_ptr<Store>> store = Store::open(path, options);
  if (!store.ok()) _exit(2);
  for (;; ++number) {
    if (!(*store)->commit(batch_number(number), kNow).ok()) _exit(3);
    if (write(acks, &number, sizeof number) != sizeof number) _exit(4);
  }
}

// Of the batches in the database: all from 0 on without a gap, and each whole. Gives their number.
std::int64_t check_batches(const std::string& path) {
  Sqlite sqlite(path);
  EXPECT_EQ(sqlite.query("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(sqlite.query("SELECT count(*) - coalesce(max(seq), 0) FROM changes"), "0");
  EXPECT_EQ(sqlite.query("SELECT count(*) FROM tasks t LEFT JOIN changes c "
                         "ON c.version = t.version AND c.checksum = t.checksum "
                         "WHERE c.seq IS NULL"),
            "0");
  EXPECT_EQ(sqlite.query("SELECT (SELECT count(*) FROM tasks) - (SELECT count(*) FROM changes)"),
            "0");
  const std::int64_t batches =
      std::stoll(sqlite.query("SELECT count(DISTINCT cast(version AS INTEGER)) FROM tasks"));
  std::int64_t rows = 0;
  for (std::int64_t i = 0; i < batches; ++i) {
    rows += static_cast<std::int64_t>(batch_number(i).events.size());
  }
  EXPECT_EQ(sqlite.query("SELECT count(*) FROM tasks"), std::to_string(rows));
  return batches;
}

// `file`: where the database is meanwhile.
void kill_again_and_again(const std::string& path, const OpenOptions& options,
                          const std::string& file) {
  const unsigned seed = std::random_device{}();
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  std::int64_t present = 0;
  for (int round = 0; round < 25; ++round) {
    int acks[2];
    ASSERT_EQ(pipe(acks), 0);
    const pid_t child = fork();
    if (child == 0) write_until_killed(path, options, present, acks[1]);
    close(acks[1]);
    std::int64_t last = present - 1;
    // Round 0 may die while it makes the database, others anywhere in a commit: the moment after an
    // acknowledgement is as random as the scheduler, and some work here spreads it.
    const unsigned wanted = round == 0 ? 0 : random() % 8;
    for (unsigned i = 0; i < wanted; ++i) {
      ASSERT_EQ(read(acks[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
    }
    volatile unsigned work = random() % 2'000'000;
    while (work > 0) work = work - 1;
    kill(child, SIGKILL);
    int how = 0;
    ASSERT_EQ(waitpid(child, &how, 0), child);
    ASSERT_TRUE(WIFSIGNALED(how)) << "the writer failed by itself: " << WEXITSTATUS(how);
    while (read(acks[0], &last, sizeof last) == static_cast<ssize_t>(sizeof last)) {
    }
    close(acks[0]);
    { ASSERT_TRUE(Store::open(path, options).ok()); }
    present = check_batches(file);
    EXPECT_GE(present, last + 1);
    EXPECT_LE(present, last + 2);  // committed, and killed before it could say so
  }
}

TEST(StoreCrash, LosesNothingThatWasAcknowledged) {
  const TemporaryFolder folder;
  kill_again_and_again(folder / "r.db", {}, folder / "r.db");
}

TEST(StoreCrash, LosesNothingOfADatabaseThatIsNotAtItsPlace) {
  const TemporaryFolder folder;
  const std::string path = folder / "r.db";
  kill_again_and_again(path, {.place_when_done = true}, path + "-unfinished");
  const std::int64_t present = check_batches(path + "-unfinished");
  ASSERT_FALSE(std::filesystem::exists(path));
  { ASSERT_NE(open_store(path), nullptr); }
  EXPECT_EQ(check_batches(path), present);
  EXPECT_FALSE(std::filesystem::exists(path + "-unfinished"));
}

}  // namespace
}  // namespace pawl
