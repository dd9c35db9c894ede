// What happens between a look and its answer, and other moments too short to be met on a real disk.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "tests/fallback/hand_driven.h"

namespace pawl {
namespace {

class BetweenSteps : public testing::Test {
 protected:
  BetweenSteps() {
    world.disk.directory("/r");
    world.disk.directory("/r/d");
    world.disk.file("/r/d/f");
    world.pass(seconds(1));
  }
  void start() {
    world.reconciler.add_root(RootOptions{.path = "/r"}, world.now);
    world.run();
    ASSERT_TRUE(world.reconciler.ready(0));
  }
  // Lets the background reconcile ask for a look at d, which waits.
  void wait_for_background_look() {
    for (int i = 0; i < 200; ++i) {
      world.pass(seconds(1));
      world.step();
      for (const LookRequest& look : world.looks)
        if (look.kind == LookKind::kVerify && look.path == "/r/d") return;
      world.answer();
    }
    FAIL() << "the background reconcile never came";
  }
  // The same, or until there is none because d is polled.
  void wait_for_background_look_or_poll() {
    if (world.directory("d").coverage.mode == Mode::kNative) wait_for_background_look();
  }
  void write(const std::string& path) {
    Stamp& stamp = world.disk.at(path);
    stamp.mtime_ns = stamp.ctime_ns = world.disk.wall;
    ++stamp.size;
  }
  std::size_t told(ChangeKind kind, const std::string& path) const {
    return static_cast<std::size_t>(std::count_if(
        world.changes.begin(), world.changes.end(),
        [&](const Change& change) { return change.kind == kind && change.path == path; }));
  }

  HandDriven world;
};

// A hint that came while the look was out was counted as lost: three such, and the mount was
// polled.
TEST_F(BetweenSteps, AHintThatComesDuringTheBackgroundLookIsNotLost) {
  start();
  wait_for_background_look();
  write("/r/d/f");
  world.answer();
  world.hint("d", "f");
  world.run();
  EXPECT_EQ(told(ChangeKind::kModified, "/r/d/f"), 1u);
  world.pass(seconds(10));
  world.run();
  EXPECT_EQ(world.reconciler.metrics().lost_hints, 0u);
}

TEST_F(BetweenSteps, AHintThatNeverComesIsLost) {
  start();
  wait_for_background_look();
  write("/r/d/f");
  world.answer();
  world.run();
  EXPECT_EQ(told(ChangeKind::kModified, "/r/d/f"), 1u);
  world.pass(seconds(10));
  world.run();
  EXPECT_EQ(world.reconciler.metrics().lost_hints, 1u);
}

// inotify tells the directory of no link that is made to a file elsewhere. A backup with hard links
// had every mount polled.
TEST_F(BetweenSteps, AChangeTimeAloneIsNoEvidenceOfALostHint) {
  start();
  wait_for_background_look();
  world.disk.at("/r/d/f").ctime_ns = world.disk.wall;
  world.answer();
  world.run();
  EXPECT_EQ(told(ChangeKind::kAttributes, "/r/d/f"), 1u);
  world.pass(seconds(10));
  world.run();
  EXPECT_EQ(world.reconciler.metrics().lost_hints, 0u);
}

// The stamp stays unsettled until somebody looks, which may be long after the write.
TEST_F(BetweenSteps, AChmodLongAfterAWriteIsNoWrite) {
  start();
  world.pass(seconds(1));
  write("/r/d/f");
  world.hint("d", "f");
  world.run();
  EXPECT_EQ(told(ChangeKind::kModified, "/r/d/f"), 1u);
  world.pass(seconds(5));
  world.disk.at("/r/d/f").mode = 0600;
  world.disk.at("/r/d/f").ctime_ns = world.disk.wall;
  world.hint("d", "f");
  world.run();
  EXPECT_EQ(told(ChangeKind::kModified, "/r/d/f"), 1u);
  EXPECT_EQ(told(ChangeKind::kAttributes, "/r/d/f"), 1u);
}

TEST_F(BetweenSteps, AWriteAndAChmodInOneTickAreAWrite) {
  start();
  world.pass(seconds(1));
  write("/r/d/f");
  world.hint("d", "f");
  world.run();
  // Of the same size, within the tick; then the chmod.
  world.hint("d", "f");
  world.pass(seconds(5));
  world.disk.at("/r/d/f").mode = 0600;
  world.disk.at("/r/d/f").ctime_ns = world.disk.wall;
  world.hint("d", "f");
  world.run();
  EXPECT_EQ(told(ChangeKind::kModified, "/r/d/f"), 2u);
}

// Every failed look arranged one retry more, and each of those went on for ever.
TEST_F(BetweenSteps, ADirectoryThatCanNotBeReadIsTriedEverLessOften) {
  world.disk.refuse["/r/d"] = Code::kPermission;
  start();
  for (int i = 0; i < 100; ++i) {
    world.reconciler.hint(world.directory("d").id, "", HintKind::kTouched, Via::kNative);
    world.run();
  }
  std::uint64_t before = world.reconciler.metrics().look_errors;
  for (int i = 0; i < 3000; ++i) {
    world.pass(milliseconds(100));
    world.run();
  }
  const std::uint64_t tries = world.reconciler.metrics().look_errors - before;
  EXPECT_GE(tries, 4u);
  EXPECT_LE(tries, 20u);
  // And not only for some hours.
  for (int i = 0; i < 400; ++i) {
    world.pass(seconds(61));
    world.run();
  }
  before = world.reconciler.metrics().look_errors;
  world.pass(seconds(61));
  world.run();
  EXPECT_GT(world.reconciler.metrics().look_errors, before);
}

// SIGSTOP for longer than the timeout made every mount unreachable.
TEST_F(BetweenSteps, AProcessThatStoodStillBlamesNoMount) {
  start();
  world.hint("d", "f");
  world.step();
  ASSERT_FALSE(world.looks.empty());
  world.pass(seconds(60));
  world.step();
  EXPECT_EQ(world.reconciler.mode_of(world.directory("d")), Mode::kNative);
  world.answer();
  world.run();
  EXPECT_TRUE(world.reconciler.available(0));
}

TEST_F(BetweenSteps, AMountThatDoesNotAnswerInTimeIsUnreachable) {
  start();
  world.hint("d", "f");
  world.step();
  for (int i = 0; i < 101; ++i) {
    world.pass(milliseconds(100));
    world.step();
  }
  EXPECT_EQ(world.reconciler.mode_of(world.directory("d")), Mode::kUnreachable);
  world.answer();
  world.run();
  EXPECT_EQ(world.reconciler.mode_of(world.directory("d")), Mode::kNative);
  EXPECT_TRUE(world.reconciler.available(0));
}

// Its parent would not look at the name of a mount that may hang, and so never saw it go.
TEST_F(BetweenSteps, AMountPointThatIsRemovedAtOnceIsSeenToBeGone) {
  world.disk.mounts[2] = Mount{.type = "fuse", .tells_all = false, .may_hang = true};
  world.disk.directory("/r/m", 2);
  world.disk.file("/r/m/g", 2);
  world.pass(seconds(1));
  start();
  EXPECT_EQ(world.directory("m").coverage.mode, Mode::kPolled);
  world.disk.remove("/r/m");
  for (int i = 0; i < 20; ++i) {
    world.pass(milliseconds(500));
    world.run();
  }
  EXPECT_EQ(told(ChangeKind::kRemoved, "/r/m/g"), 1u);
  EXPECT_EQ(told(ChangeKind::kRemoved, "/r/m"), 1u);
}

// It waited in the queue of the mount that it had been on, and was dropped from there.
TEST_F(BetweenSteps, ADirectoryThatIsMountedOverWhileItWaitsIsLookedAt) {
  HandDriven slow(ReconcilerOptions{.looks_in_flight_max = 1});
  slow.disk = world.disk;
  slow.disk.mounts[2] = Mount{.type = "fuse", .tells_all = false, .may_hang = true};
  slow.reconciler.add_root(RootOptions{.path = "/r"}, slow.now);
  slow.run();
  slow.disk.directory("/r/d", 2);
  slow.disk.directories["/r/d"].clear();
  slow.disk.file("/r/d/g", 2);
  slow.pass(seconds(5));
  slow.hint("", "d");
  slow.hint("d", "f");
  slow.run();
  EXPECT_EQ(slow.directory("d").coverage.mode, Mode::kPolled);
  EXPECT_NE(slow.directory("d").entries.find("g"), nullptr);
}

// A database that is written through a mapping, or a file that is written by another of its names,
// had the whole mount polled.
TEST_F(BetweenSteps, OneFileThatChangesWithoutAWordHasItsDirectoryPolledAlone) {
  start();
  for (int i = 0; i < 5; ++i) {
    wait_for_background_look_or_poll();
    write("/r/d/f");
    world.run();
    world.pass(seconds(10));
    world.run();
  }
  const Coverage polled{Mode::kPolled, Reason::kLostHints, 0};
  EXPECT_EQ(world.directory("d").coverage, polled);
  EXPECT_EQ(world.directory("").coverage.mode, Mode::kNative);
  EXPECT_EQ(world.reconciler.metrics().lost_hints, 3u);
}

TEST_F(BetweenSteps, FilesThatAreWrittenByOtherNamesAreNoEvidenceAgainstTheirMount) {
  for (int i = 0; i < 10; ++i) {
    world.disk.directory("/r/d" + std::to_string(i));
    world.disk.file("/r/d" + std::to_string(i) + "/f");
    world.disk.at("/r/d" + std::to_string(i) + "/f").shared = true;
  }
  world.pass(seconds(1));
  start();
  world.pass(seconds(1));
  for (int i = 0; i < 10; ++i) write("/r/d" + std::to_string(i) + "/f");
  for (int i = 0; i < 200; ++i) {
    world.pass(seconds(1));
    world.run();
  }
  EXPECT_EQ(world.reconciler.metrics().lost_hints, 10u);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(world.directory("d" + std::to_string(i)).coverage.mode, Mode::kNative);
}

TEST_F(BetweenSteps, FilesThatChangeWithoutAWordAreEvidenceAgainstTheirMount) {
  for (int i = 0; i < 3; ++i) world.disk.file("/r/d/f" + std::to_string(i));
  world.pass(seconds(1));
  start();
  world.pass(seconds(1));
  for (int i = 0; i < 3; ++i) write("/r/d/f" + std::to_string(i));
  for (int i = 0; i < 200; ++i) {
    world.pass(seconds(1));
    world.run();
  }
  const Coverage polled{Mode::kPolled, Reason::kLostHints, 0};
  EXPECT_EQ(world.directory("d").coverage, polled);
  EXPECT_EQ(world.directory("").coverage, polled);
  std::size_t told_of = 0;
  for (const Notice& notice : world.notices)
    if (const auto* coverage = std::get_if<CoverageNotice>(&notice))
      told_of += coverage->coverage == polled;
  EXPECT_EQ(told_of, 2u);
}

TEST_F(BetweenSteps, ARescanThatIsAskedForIsTold) {
  start();
  world.reconciler.rescan(0);
  EXPECT_LE(world.reconciler.next_deadline(), world.now);
  write("/r/d/f");
  world.run();
  EXPECT_EQ(told(ChangeKind::kModified, "/r/d/f"), 1u);
  ASSERT_FALSE(world.notices.empty());
  const auto* rescan = std::get_if<RescanNotice>(&world.notices.back());
  ASSERT_NE(rescan, nullptr);
  EXPECT_EQ(rescan->reason, RescanReason::kRequested);
  EXPECT_EQ(rescan->path, "/r");
  EXPECT_EQ(rescan->directories, 2u);
}

// The table of mounts tells of it before anything touches it.
TEST_F(BetweenSteps, AMountThatMayHangIsTouchedInItsOwnLaneAlone) {
  world.disk.mounts[2] = Mount{.type = "fuse", .tells_all = false, .may_hang = true};
  world.disk.directory("/r/m", 2);
  world.disk.file("/r/m/g", 2);
  world.reconciler.mounted({{"/", 1, 1, false}, {"/r/m", 2, 7, true}, {"/elsewhere", 3, 8, true}});
  world.reconciler.add_root(RootOptions{.path = "/r"}, world.now);
  std::uint32_t lane = 0;
  bool probed = false;
  for (int i = 0; i < 20; ++i) {
    world.step();
    std::vector<LookRequest> waiting;
    waiting.swap(world.looks);
    for (LookRequest& look : waiting) {
      if (look.path == "/r/m") {
        EXPECT_NE(look.lane, lane);
        probed |= look.kind == LookKind::kProbe;
        continue;  // it hangs
      }
      lane = look.lane;
      if (look.path == "/r/." && look.kind == LookKind::kList) {
        EXPECT_EQ(look.skip, std::vector<std::string>{"m"});
      }
      world.reconciler.answered(perform(world.disk, std::move(look), world.room));
    }
  }
  EXPECT_TRUE(probed);
  EXPECT_FALSE(world.reconciler.ready(0));
  for (int i = 0; i < 101; ++i) {
    world.pass(milliseconds(100));
    world.step();
    for (LookRequest& look : std::exchange(world.looks, {}))
      if (look.path != "/r/m")
        world.reconciler.answered(perform(world.disk, std::move(look), world.room));
  }
  EXPECT_TRUE(world.reconciler.ready(0));
  EXPECT_EQ(world.reconciler.mode_of(world.directory("m")), Mode::kUnreachable);
  EXPECT_EQ(world.reconciler.mode_of(world.directory("d")), Mode::kNative);
}

TEST_F(BetweenSteps, AMountThatComesOverAWatchedDirectoryIsLookedAtAndSoIsWhatItLeaves) {
  start();
  const auto directories = world.disk.directories;
  const auto tops = world.disk.tops;
  world.disk.mounts[2] = Mount{.type = "tmpfs"};
  world.disk.directory("/r/d", 2);
  world.disk.directories["/r/d"].clear();
  world.disk.file("/r/d/inside", 2);
  world.pass(seconds(1));
  world.reconciler.mounted({{"/", 1, 1, false}, {"/r/d", 2, 7, false}});
  world.run();
  EXPECT_EQ(told(ChangeKind::kRemoved, "/r/d/f"), 1u);
  EXPECT_EQ(told(ChangeKind::kCreated, "/r/d/inside"), 1u);
  world.disk.directories = directories;
  world.disk.tops = tops;
  world.reconciler.mounted({{"/", 1, 1, false}});
  world.run();
  EXPECT_EQ(told(ChangeKind::kRemoved, "/r/d/inside"), 1u);
  EXPECT_EQ(told(ChangeKind::kCreated, "/r/d/f"), 1u);
  EXPECT_EQ(world.reconciler.metrics().lost_hints, 0u);
}

// A comparison of a million entries in one request held up the loop.
TEST_F(BetweenSteps, ALargeDirectoryIsComparedInParts) {
  constexpr int kFiles = 20'000;
  for (int f = 0; f < kFiles; ++f) world.disk.file("/r/d/f" + std::to_string(f));
  world.pass(seconds(1));
  start();
  world.names_max = 0;
  world.pass(seconds(1));
  for (const int f : {0, kFiles / 2, kFiles - 1}) write("/r/d/f" + std::to_string(f));
  world.reconciler.rescan(0);
  // A hint in between is not put off until all parts are done, nor forgotten.
  world.step();
  world.answer();
  world.step();
  write("/r/d/f7");
  world.hint("d", "f7");
  world.answer();
  world.run();
  for (const int f : {0, 7, kFiles / 2, kFiles - 1})
    EXPECT_EQ(told(ChangeKind::kModified, "/r/d/f" + std::to_string(f)), 1u) << f;
  EXPECT_LE(world.names_max, 2 * ReconcilerOptions().step_work_max);
  // One that is removed has the directory listed, and is not seen twice by the parts that follow.
  world.disk.remove("/r/d/f100");
  world.reconciler.rescan(0);
  world.run();
  EXPECT_EQ(told(ChangeKind::kRemoved, "/r/d/f100"), 1u);
  EXPECT_EQ(world.reconciler.metrics().files, kFiles + 0u);
}

// Of a directory that was removed and made again, with the same inode, no event is left after an
// overflow, and its watch is dead.
TEST_F(BetweenSteps, AnOverflowHasEveryDirectoryWatchedAnew) {
  start();
  const std::size_t before = world.covered;
  world.reconciler.suspect();
  world.run();
  EXPECT_EQ(world.covered - before, 2u);
}

TEST_F(BetweenSteps, WorkInAStepIsBoundedHoweverLargeTheTree) {
  constexpr int kDirectories = 100;
  constexpr int kFiles = 2000;
  for (int d = 0; d < kDirectories; ++d) {
    const std::string path = "/r/d" + std::to_string(d);
    world.disk.directory(path);
    for (int f = 0; f < kFiles; ++f) world.disk.file(path + "/" + std::to_string(f));
  }
  world.pass(seconds(1));
  const ReconcilerOptions limits;
  start();
  EXPECT_EQ(world.reconciler.metrics().files, kDirectories * kFiles + 1u);
  world.reconciler.rescan(0);
  world.run();
  EXPECT_TRUE(world.changes.empty());
  for (int d = 0; d < kDirectories; ++d) {
    world.disk.remove("/r/d" + std::to_string(d));
    world.hint("", "d" + std::to_string(d));
  }
  world.run();
  EXPECT_EQ(world.changes.size(), kDirectories * (kFiles + 1u));
  EXPECT_LE(world.entries_max, limits.step_work_max);
  EXPECT_LE(world.changes_max, limits.step_work_max);
  EXPECT_LE(world.looks_max, limits.step_work_max / 16);
  // Of one directory more than that, at most.
  EXPECT_LE(world.names_max, limits.step_work_max + kFiles);
}

}  // namespace
}  // namespace pawl
