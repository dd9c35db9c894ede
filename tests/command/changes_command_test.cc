// pawl changes: the feed, read and followed from another process.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/command/database.h"
#include "tests/command/registry_run.h"
#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

using Lines = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

Finished changes(const std::string& database, Lines options = {}) {
  Lines arguments{PAWL_BINARY, "changes", "--db", database};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return run(arguments);
}

// The numbers of the lines, in their order.
std::string seqs(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) {
    const auto parsed = JsonLine::parse(line);
    text += (parsed ? std::to_string(parsed->number("seq")) : line) + " ";
  }
  return text;
}

// A feed of `size` entries, of which the last `kept` are kept (0: all).
void fill(const std::string& database, int size, std::uint64_t kept = 0) {
  const auto store = Store::open(database, {.changes_max = kept});
  ASSERT_TRUE(store.ok());
  std::vector<TaskEvent> events;
  for (int i = 0; i < size; ++i) {
    events.push_back(testing::path_event(TaskEventKind::kInvalid, "/" + std::to_string(i)));
  }
  testing::commit(**store, std::move(events));
}

TEST(ChangesCommand, PrintsWhatCameAfterACursor) {
  Registry registry;
  registry.copy_sample();
  run({PAWL_BINARY, "sync", registry.tasks(), "--db", registry.database()});
  const Finished all = changes(registry.database(), {"--json"});
  EXPECT_EQ(all.exit, 0) << all.all();
  EXPECT_EQ(seqs(all.lines), "1 2 3 4 5 6 7 8 9 10 11 ");
  const auto first = JsonLine::parse(all.lines.at(0));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->keys(), "event seq at kind uuid version path checksum");
  EXPECT_EQ(seqs(changes(registry.database(), {"--json", "--since", "9"}).lines), "10 11 ");
  EXPECT_TRUE(changes(registry.database(), {"--json", "--since", "11"}).lines.empty());
  const Finished words = changes(registry.database(), {"--since", "10"});
  ASSERT_EQ(words.lines.size(), 1u);
  EXPECT_TRUE(words.lines[0].starts_with("11  20")) << words.lines[0];
}

TEST(ChangesCommand, SaysThatACursorIsOlderThanWhatIsKept) {
  Scratch scratch;
  const std::string database = scratch.path("r.db");
  fill(database, 10, 4);
  for (const char* cursor : {"0", "5", "11"}) {
    const Finished old = changes(database, {"--since", cursor});
    EXPECT_EQ(old.exit, 4) << old.all();
    EXPECT_EQ(old.lines, Lines{"the cursor is older than what is kept, or of another feed: "
                               "resynchronize, and go on from seq 10"});
    EXPECT_EQ(changes(database, {"--json", "--since", cursor}).lines,
              Lines{"{\"event\":\"resync\",\"from\":10}"});
  }
  const Finished kept = changes(database, {"--json", "--since", "6"});
  EXPECT_EQ(kept.exit, 0);
  EXPECT_EQ(seqs(kept.lines), "7 8 9 10 ");
  EXPECT_EQ(seqs(changes(database, {"--json"}).lines), "7 8 9 10 ") << "what there is";
}

TEST(ChangesCommand, FollowsFromWhereItIsToldToResynchronize) {
  Scratch scratch;
  const std::string database = scratch.path("r.db");
  fill(database, 10, 4);
  Process follower(
      {PAWL_BINARY, "changes", "--json", "--follow", "--since", "1", "--db", database});
  std::string line;
  ASSERT_TRUE(follower.read_line(line));
  EXPECT_EQ(line, "{\"event\":\"resync\",\"from\":10}");
  fill(database, 1);
  ASSERT_TRUE(follower.read_line(line));
  EXPECT_EQ(seqs({line}), "11 ");
  follower.signal(SIGTERM);
  EXPECT_EQ(follower.wait(), 0);
}

// Utime and stime of a process, in clock ticks.
std::uint64_t processor_ticks(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 2, text.size())));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  fields >> user >> system;
  return user + system;
}

// It stops using the processor when it has filled what it may.
void wait_until_it_rests(const Process& process) {
  const auto until = Clock::now() + kDeadline;
  std::uint64_t before = 0;
  for (std::uint64_t now = 1; now != before && Clock::now() < until;) {
    before = now;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));  // over which its use is measured
    now = processor_ticks(process.pid());
  }
}

// The time from a commit to the follower's line is printed, not asserted: on a busy machine it is
// the scheduler's. That it does not poll hard is asserted by what it used of the processor.
TEST(ChangesCommand, FollowsWhatIsCommitted) {
  Scratch scratch;
  const std::string database = scratch.path("r.db");
  fill(database, 1);
  const std::unique_ptr<Store> store = testing::open_store(database);
  Process follower({PAWL_BINARY, "changes", "--json", "--follow", "--db", database});
  std::string line;
  ASSERT_TRUE(follower.read_line(line));
  const auto began = Clock::now();
  const std::uint64_t ticks = processor_ticks(follower.pid());
  std::vector<double> took;
  for (int i = 0; i < 20; ++i) {
    // Not in step with its looks.
    std::this_thread::sleep_for(std::chrono::milliseconds(37));
    const auto seq = testing::commit(
        *store, {testing::path_event(TaskEventKind::kInvalid, "/" + std::to_string(i))});
    const auto committed = Clock::now();
    ASSERT_TRUE(follower.read_line(line));
    took.push_back(std::chrono::duration<double, std::milli>(Clock::now() - committed).count());
    EXPECT_EQ(seqs({line}), std::to_string(seq.at(0)) + " ");
  }
  const double used = static_cast<double>(processor_ticks(follower.pid()) - ticks) /
                      static_cast<double>(sysconf(_SC_CLK_TCK));
  const double lasted = std::chrono::duration<double>(Clock::now() - began).count();
  EXPECT_LT(used, lasted / 4) << "of " << lasted << " s it ran for " << used << " s";
  std::sort(took.begin(), took.end());
  std::printf("from commit to line: median %.1f ms, longest %.1f ms; processor %.2f%%\n",
              took[took.size() / 2], took.back(), 100 * used / lasted);
}

TEST(ChangesCommand, FollowsADatabaseThatIsMadeAnew) {
  Registry registry;
  registry.add_task("one");
  WatchRun watch({registry.tasks(), "--db", registry.database(), "--debounce-ms", "20"});
  watch.expect_task("added", registry.tasks() + "/one");
  Process follower(
      {PAWL_BINARY, "changes", "--json", "--follow", "--since", "0", "--db", registry.database()});
  std::string line;
  ASSERT_TRUE(follower.read_line(line));
  EXPECT_EQ(seqs({line}), "1 ");
  for (const char* suffix : {"", "-wal", "-shm"})
    registry.remove(std::string("registry.db") + suffix);
  // All that it had is told again, with new numbers.
  ASSERT_TRUE(follower.read_until([](const std::string& text) {
    return text.find("\"seq\":2,") != std::string::npos;
  })) << follower.errors();
  watch.stop();
}

// More than its pipe and its own buffer take.
TEST(ChangesCommand, LosesNothingToASlowReader) {
  Scratch scratch;
  const std::string database = scratch.path("r.db");
  fill(database, 60'000);
  Process slow({PAWL_BINARY, "changes", "--json", "--db", database});
  wait_until_it_rests(slow);
  const Lines lines = slow.read_rest();
  EXPECT_EQ(lines.size(), 60'000u);
  EXPECT_EQ(slow.wait(), 0);
}

std::size_t resident_kb(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
  }
  return 0;
}

TEST(ChangesCommand, HoldsNoMoreOfTheFeedThanItsReaderTakes) {
  Scratch scratch;
  const std::string database = scratch.path("r.db");
  fill(database, 200'000);
  Process follower({PAWL_BINARY, "changes", "--json", "--follow", "--db", database});
  std::string line;
  ASSERT_TRUE(follower.read_line(line));
  const std::size_t at_first = resident_kb(follower.pid());
  wait_until_it_rests(follower);
  // All of them would be 30 MB; a sanitizer keeps some of what was freed.
  EXPECT_LT(resident_kb(follower.pid()), at_first + 20'000);
  std::size_t read = 1;
  while (read < 200'000 && follower.read_line(line)) ++read;
  EXPECT_EQ(read, 200'000u);
  EXPECT_EQ(seqs({line}), "200000 ");
  follower.signal(SIGTERM);
  EXPECT_EQ(follower.wait(), 0);
}

TEST(ChangesCommand, EndsAtASignalThoughNobodyReads) {
  Scratch scratch;
  const std::string database = scratch.path("r.db");
  fill(database, 100'000);
  Process follower({PAWL_BINARY, "changes", "--json", "--follow", "--db", database});
  std::string line;
  ASSERT_TRUE(follower.read_line(line));
  follower.signal(SIGTERM);
  EXPECT_EQ(follower.wait(), 0);
}

TEST(ChangesCommand, FailsWithoutADatabase) {
  Scratch scratch;
  const Finished none = changes(scratch.path("none.db"));
  EXPECT_EQ(none.exit, 1);
  EXPECT_NE(none.errors.find("none.db"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(scratch.path("none.db")));
}

}  // namespace
}  // namespace pawl
