// Mounts that hang, stepped by hand: what the table of mounts tells of is touched by nobody but its own
// lane, wherever it comes, and whatever was watched there before.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "tests/fallback/hand_driven.h"

namespace pawl {
namespace {

const MountPoint kDisk{"/", 1, 1, false};

class MountSteps : public testing::Test {
 protected:
  MountSteps() {
    world.disk.mounts[2] = Mount{.type = "fuse", .tells_all = false, .may_hang = true};
    for (const char* path : {"/r", "/q", "/r/d", "/r/d/sub"}) world.disk.directory(path);
    for (const char* path : {"/r/f", "/q/f", "/r/d/f", "/r/d/sub/f"}) world.disk.file(path);
    world.pass(seconds(1));
  }
  void start() {
    for (const char* root : {"/r", "/q"})
      world.reconciler.add_root(RootOptions{.path = root}, world.now);
    world.run();
    ASSERT_TRUE(world.reconciler.ready(0) && world.reconciler.ready(1));
    disk_lane = world.reconciler.root_directory(1)->lane;
  }
  // Goes on for so long, while no look at `path` and below is answered. None of them may be in the
  // disk's lane.
  void go_on(Duration time, const std::string& path) {
    for (const Instant end = world.now + time; world.now < end; world.pass(milliseconds(500))) {
      do {
        world.step();
        for (LookRequest& look : std::exchange(world.looks, {})) {
          if (look.path == path || look.path.starts_with(path + "/")) {
            EXPECT_NE(look.lane, disk_lane) << look.path;
            hanging.push_back(std::move(look));
          } else {
            world.reconciler.answered(perform(world.disk, std::move(look), world.room));
            world.more = true;
          }
        }
      } while (world.more);
    }
  }
  std::size_t told(ChangeKind kind, const std::string& path) const {
    return static_cast<std::size_t>(std::count_if(
        world.changes.begin(), world.changes.end(),
        [&](const Change& change) { return change.kind == kind && change.path == path; }));
  }
  std::size_t removed() const {
    return static_cast<std::size_t>(
        std::count_if(world.changes.begin(), world.changes.end(),
                      [](const Change& change) { return change.kind == ChangeKind::kRemoved; }));
  }
  bool is_watched(const std::string& relative) const {
    return world.watched.contains(world.directory(relative).id);
  }
  Mode mode_of(const std::string& relative) const {
    return world.reconciler.mode_of(world.directory(relative));
  }

  HandDriven world;
  std::uint32_t disk_lane = 0;
  std::vector<LookRequest> hanging;
};

// A look that is performed at once is performed by the loop, which waits for no mount that may hang, nor
// for much.
TEST_F(MountSteps, OnlyAFewNamesThatAnswerForSureAreLookedAtAtOnce) {
  for (const char* path : {"/n", "/n/r"}) world.disk.directory(path);
  world.disk.file("/n/r/f");
  start();
  world.reconciler.add_root(RootOptions{.path = "/n/r"}, world.now);
  world.run();
  const auto at_once = [&](std::uint32_t root, std::initializer_list<const char*> names) {
    for (const char* name : names)
      world.reconciler.hint(world.reconciler.root_directory(root)->id, name, HintKind::kTouched,
                            Via::kNative);
    world.step();
    const auto count =
        std::count_if(world.looks.begin(), world.looks.end(), [](const LookRequest& look) {
          return look.kind == LookKind::kNames && look.at_once;
        });
    world.run();
    return count == 1;
  };
  EXPECT_FALSE(at_once(1, {"f"})) << "no table says that it answers";
  world.reconciler.mounted({kDisk, {"/n", 2, 7, true}, {"/n/r", 1, 8, false}});
  world.run();
  EXPECT_TRUE(at_once(1, {"f"}));
  EXPECT_TRUE(at_once(1, {"a", "b", "c", "d"}));
  EXPECT_FALSE(at_once(1, {"a", "b", "c", "d", "e"})) << "many";
  EXPECT_FALSE(at_once(2, {"f"})) << "the way to it may hang";
}

TEST_F(MountSteps, AStepLooksAtFewDirectoriesAtOnce) {
  for (int i = 0; i < 9; ++i) world.disk.directory("/q/" + std::to_string(i));
  world.reconciler.mounted({kDisk});
  start();
  for (int i = 0; i < 9; ++i)
    world.reconciler.hint(world.reconciler.tree().descend(*world.reconciler.root_directory(1),
                                                          std::to_string(i))->id,
                          "new", HintKind::kTouched, Via::kNative);
  world.step();
  EXPECT_EQ(world.looks.size(), 9u);
  EXPECT_EQ(std::count_if(world.looks.begin(), world.looks.end(),
                          [](const LookRequest& look) { return look.at_once; }),
            4);
}

// A directory below the mount point stayed in the lane of what surrounds it, and its watch was armed
// anew by its path: with an overflow the whole loop waited for the mount.
TEST_F(MountSteps, WhatACoveredDirectoryHeldIsTouchedNoMore) {
  start();
  ASSERT_TRUE(is_watched("d/sub"));
  world.reconciler.mounted({kDisk, {"/r/d", 2, 7, true}});
  world.reconciler.suspect();
  world.reconciler.rescan(0);
  go_on(seconds(200), "/r/d");
  EXPECT_FALSE(hanging.empty());
  EXPECT_FALSE(is_watched("d") || is_watched("d/sub"));
  EXPECT_EQ(mode_of("d"), Mode::kUnreachable);
  EXPECT_EQ(mode_of("d/sub"), Mode::kUnreachable);
  // Around it all goes on.
  EXPECT_EQ(mode_of(""), Mode::kNative);
  world.disk.file("/r/new");
  world.hint("", "new");
  go_on(seconds(1), "/r/d");
  EXPECT_EQ(told(ChangeKind::kCreated, "/r/new"), 1u);
  EXPECT_EQ(removed(), 0u);
  // It is detached, and those looks never come back.
  world.reconciler.mounted({kDisk});
  world.run();
  EXPECT_EQ(mode_of("d"), Mode::kNative);
  EXPECT_EQ(mode_of("d/sub"), Mode::kNative);
  EXPECT_TRUE(is_watched("d") && is_watched("d/sub"));
  EXPECT_EQ(removed(), 0u);
  world.disk.file("/r/d/sub/new");
  world.hint("d/sub", "new");
  world.run();
  EXPECT_EQ(told(ChangeKind::kCreated, "/r/d/sub/new"), 1u);
}

// A listing of the parent that was under way told of what the mount has covered since.
TEST_F(MountSteps, AnAnswerFromBeforeTheMountIsNotBelieved) {
  start();
  world.reconciler.hint(world.directory("").id, "", HintKind::kTouched, Via::kNative);
  world.disk.directory("/r/d");  // another one than is known
  world.step();
  ASSERT_FALSE(world.looks.empty());
  world.reconciler.mounted({kDisk, {"/r/d", 2, 7, true}});
  world.answer();
  go_on(seconds(1), "/r/d");
  EXPECT_NE(world.directory("d").lane, disk_lane);
  EXPECT_FALSE(is_watched("d") || is_watched("d/sub"));
}

// The look that was to find out stood in the lane of all other roots on that disk.
TEST_F(MountSteps, AMountOverARootHoldsUpNoOtherRoot) {
  start();
  ASSERT_EQ(world.directory("").lane, disk_lane);
  world.reconciler.mounted({kDisk, {"/r", 2, 7, true}});
  go_on(seconds(60), "/r");
  EXPECT_FALSE(hanging.empty());
  EXPECT_FALSE(world.reconciler.available(0));
  EXPECT_TRUE(world.reconciler.available(1));
  EXPECT_EQ(removed(), 0u);
  world.reconciler.mounted({kDisk});
  go_on(seconds(3), "/nowhere");
  EXPECT_TRUE(world.reconciler.available(0));
  EXPECT_EQ(mode_of("d/sub"), Mode::kNative);
  EXPECT_EQ(removed(), 0u);
}

// It was taken for the root because the kind of its file system was asked for anew.
TEST_F(MountSteps, AMountPointUnderARootThatIsUnmountedIsNotTakenForTheRoot) {
  world.disk.directory("/r", 2);
  world.disk.directories["/r"].clear();
  world.disk.file("/r/inside", 2);
  world.pass(seconds(1));
  world.reconciler.mounted({kDisk, {"/r", 2, 7, true}});
  world.reconciler.add_root(RootOptions{.path = "/r"}, world.now);
  world.run();
  ASSERT_TRUE(world.reconciler.ready(0));
  const auto mounted = world.disk.tops;
  world.disk.directory("/r", 1);
  world.disk.directories["/r"].clear();
  world.reconciler.mounted({kDisk});
  go_on(seconds(10), "/nowhere");
  EXPECT_FALSE(world.reconciler.available(0));
  EXPECT_EQ(removed(), 0u);
  world.disk.tops = mounted;
  world.disk.directories["/r"]["inside"] = Stamp{.inode = 99, .device = 2};
  world.reconciler.mounted({kDisk, {"/r", 2, 8, true}});
  go_on(seconds(10), "/nowhere");
  EXPECT_TRUE(world.reconciler.available(0));
}

// The table says nothing of a mount that moves with the directory that it is in. Nobody found the
// mount at its place, so it was given the lane of its parent, and watched there when it was back.
TEST_F(MountSteps, AMountThatWasAwayWithItsRootIsTouchedInItsOwnLaneWhenItIsBack) {
  world.disk.directory("/r/m", 2);
  world.disk.file("/r/m/g", 2);
  world.reconciler.mounted({kDisk, {"/r/m", 2, 7, true}});
  start();
  ASSERT_EQ(mode_of("m"), Mode::kPolled);
  const auto directories = world.disk.directories;
  const auto tops = world.disk.tops;
  world.disk.tops.erase("/r");
  std::erase_if(world.disk.directories, [](const auto& one) { return one.first.starts_with("/r"); });
  world.reconciler.hint(world.directory("m").id, "", HintKind::kTouched, Via::kPoll);
  go_on(seconds(10), "/nowhere");
  ASSERT_FALSE(world.reconciler.available(0));
  world.disk.directories = directories;
  world.disk.tops = tops;
  go_on(seconds(60), "/r/m");
  EXPECT_TRUE(world.reconciler.available(0));
  EXPECT_FALSE(hanging.empty());
  EXPECT_EQ(mode_of("m"), Mode::kUnreachable);
  EXPECT_EQ(mode_of("d/sub"), Mode::kNative);
  EXPECT_EQ(removed(), 0u);
}

}  // namespace
}  // namespace pawl
