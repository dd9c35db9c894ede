// Storms of hints and of alarms, stepped by hand: what waits is bounded by what is watched, and alarms
// that follow one another are answered ever less often.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/fallback/hand_driven.h"

namespace pawl {
namespace {

class StormSteps : public testing::Test {
 protected:
  StormSteps() {
    world.disk.directory("/r");
    world.disk.directory("/r/noisy");
    world.disk.directory("/r/quiet");
    world.disk.file("/r/quiet/f");
    world.pass(seconds(1));
    world.reconciler.add_root(RootOptions{.path = "/r"}, world.now);
    world.run();
  }
  std::size_t told(ChangeKind kind, const std::string& path) const {
    return static_cast<std::size_t>(std::count_if(
        world.changes.begin(), world.changes.end(),
        [&](const Change& change) { return change.kind == kind && change.path == path; }));
  }
  std::vector<Instant> rescans() const {
    std::vector<Instant> at;
    for (const Notice& notice : world.notices)
      if (const auto* rescan = std::get_if<RescanNotice>(&notice);
          rescan != nullptr && rescan->reason == RescanReason::kOverflow)
        at.push_back(rescan->at);
    return at;
  }

  HandDriven world;
};

TEST_F(StormSteps, NamesThatWaitCollapseToOneLookAtTheWholeDirectory) {
  ASSERT_TRUE(world.reconciler.ready(0));
  // A look is out, and does not come back while the storm rages.
  world.hint("noisy", "first");
  world.step();
  constexpr int kHints = 200'000;
  std::size_t most = 0;
  for (int i = 0; i < kHints; ++i) {
    world.hint("noisy", "name" + std::to_string(i));
    most = std::max(most, world.directory("noisy").pending.names_size());
  }
  EXPECT_LE(most, 4097u);
  EXPECT_TRUE(world.directory("noisy").pending.list);
  EXPECT_EQ(world.directory("noisy").pending.names_size(), 0u);
  EXPECT_EQ(world.reconciler.metrics().collapsed, 1u);
  // One look finds all that the storm has left behind.
  for (int i = 0; i < 10; ++i) world.disk.file("/r/noisy/name" + std::to_string(i));
  const std::uint64_t looks = world.reconciler.metrics().looks;
  world.answer();
  world.run();
  EXPECT_EQ(world.reconciler.metrics().looks - looks, 1u);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(told(ChangeKind::kCreated, "/r/noisy/name" + std::to_string(i)), 1u);
}

TEST_F(StormSteps, TheSameNameWaitsOnceHoweverOftenItIsHinted) {
  world.hint("noisy", "first");
  world.step();
  for (int i = 0; i < 200'000; ++i) world.hint("noisy", i % 2 == 0 ? "a" : "b");
  EXPECT_EQ(world.directory("noisy").pending.names_size(), 2u);
  EXPECT_EQ(world.reconciler.metrics().collapsed, 0u);
}

TEST_F(StormSteps, AlarmsInARowBackOffAndTheFirstAfterAQuietTimeIsAnsweredAtOnce) {
  const ReconcilerOptions options;
  const auto alarm_every_second = [&](int times) {
    for (int i = 0; i < times; ++i) {
      world.reconciler.suspect();
      world.run();
      world.pass(seconds(1));
    }
  };
  alarm_every_second(600);
  std::vector<Instant> answered = rescans();
  // After 1, 2, 4, … 60 seconds: 6 in the first minute, one in each of the others.
  EXPECT_GE(answered.size(), 10u);
  EXPECT_LE(answered.size(), 17u);
  for (std::size_t i = 2; i < answered.size(); ++i)
    EXPECT_GE(answered[i] - answered[i - 1],
              std::min(answered[i - 1] - answered[i - 2], options.rescan_pause_max));
  EXPECT_TRUE(world.changes.empty()) << "a false alarm tells of nothing";
  world.pass(seconds(180));
  world.run();
  const std::size_t before = rescans().size();
  world.pass(seconds(180));
  world.reconciler.suspect();
  world.run();
  answered = rescans();
  ASSERT_EQ(answered.size(), before + 1);
  EXPECT_EQ(answered.back(), world.now);
}

// It is put off, and not forgotten; and the driver is told when to come.
TEST_F(StormSteps, AnAlarmThatMustWaitIsAnsweredWhenItsTimeComes) {
  world.reconciler.suspect();
  world.run();
  ASSERT_EQ(rescans().size(), 1u);
  world.disk.at("/r/quiet/f").mtime_ns = world.disk.at("/r/quiet/f").ctime_ns = world.disk.wall;
  world.reconciler.suspect();
  world.run();
  EXPECT_EQ(rescans().size(), 1u);
  for (int i = 0; i < 100 && rescans().size() == 1; ++i) {
    world.pass(std::max<Duration>(world.reconciler.next_deadline() - world.now, milliseconds(1)));
    world.run();
  }
  EXPECT_EQ(rescans().size(), 2u);
  EXPECT_LE(rescans()[1] - rescans()[0], seconds(1));
  EXPECT_EQ(told(ChangeKind::kModified, "/r/quiet/f"), 1u);
}

// A look at one name costs a hundredth of one at a directory; counted as such, they let the background
// reconcile take twenty times its share while files changed one by one.
TEST_F(StormSteps, NamesThatChangeDoNotHurryTheBackground) {
  constexpr int kDirectories = 2000;
  for (int i = 0; i < kDirectories; ++i) world.disk.directory("/r/many" + std::to_string(i));
  world.reconciler.rescan(0);
  std::size_t compared = 0;
  const auto answer = [&] {
    do {
      world.step();
      for (LookRequest& look : std::exchange(world.looks, {})) {
        LookAnswer answered = perform(world.disk, std::move(look), world.room);
        const bool all = answered.kind == LookKind::kVerify || answered.kind == LookKind::kList;
        answered.cost = all ? milliseconds(1) : Duration(1'000);
        compared += all;
        world.reconciler.answered(std::move(answered));
        world.more = true;
      }
    } while (world.more);
  };
  answer();
  compared = 0;
  for (int tick = 0; tick < 100; ++tick) {
    for (int i = 0; i < 20; ++i) {
      world.hint("quiet", "f");
      answer();
    }
    world.pass(seconds(1));
    answer();
  }
  // A quarter of a percent of 100 s, and each takes a millisecond.
  EXPECT_GT(compared, 0u);
  EXPECT_LE(compared, 300u);
}

// The kernel visits all names of a directory when its watch is armed, at the start and after an overflow.
TEST_F(StormSteps, TheWatchOfALargeDirectoryIsPreparedByAWorker) {
  EXPECT_EQ(world.held_covered, 0u);
  world.disk.directory("/r/large");
  world.disk.at("/r/large").size = ReconcilerOptions().large_directory;
  world.disk.file("/r/large/f");
  world.hint("", "large");
  world.run();
  EXPECT_EQ(world.held_covered, 1u);
  EXPECT_EQ(world.disk.holds, 0);
  EXPECT_EQ(told(ChangeKind::kCreated, "/r/large/f"), 1u);
  const std::size_t covered = world.covered;
  world.reconciler.suspect();
  world.run();
  EXPECT_EQ(world.covered - covered, 4u);
  EXPECT_EQ(world.held_covered, 2u);
  EXPECT_EQ(world.disk.holds, 0);
  // What is held ends with the directory, too.
  world.reconciler.suspect();
  world.step();
  world.answer();
  world.disk.remove("/r/large");
  world.hint("", "large");
  world.run();
  world.pass(seconds(200));
  world.run();
  EXPECT_EQ(told(ChangeKind::kRemoved, "/r/large"), 1u);
}

}  // namespace
}  // namespace pawl
