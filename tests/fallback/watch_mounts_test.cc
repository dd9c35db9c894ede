// File systems of other kinds, mounted for the test.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/fallback/disk.h"
#include "tests/fallback/temporary_tree.h"
#include "tests/fallback/watch_fixture.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

class WatchMounts : public testing::Test {
 protected:
  void SetUp() override {
    if (!is_root_user()) GTEST_SKIP() << "only root may mount";
    tree.directory("m");
  }
  void TearDown() override {
    if (mounted) {
      EXPECT_TRUE(shell("umount -l " + at("m")));
    }
  }

  bool mount(const std::string& command) {
    mounted = shell("cd " + tree.root() + " && " + command);
    return mounted;
  }
  std::string at(const std::string& path) const { return tree.root() + "/" + path; }

  // The root is the mount's parent, so that the mount begins inside of the tree.
  void work_there() {
    tree.file("m/old/f");
    Watching watching;
    watching.start(Watching::root(tree.root()));
    EXPECT_EQ(watching.directories(Mode::kPolled), 0) << "it tells of all changes";
    append_file(at("m/old/f"), "more");
    fs::create_directories(at("m/a/b/c"));
    write_file(at("m/a/b/c/f"), "text");
    EXPECT_TRUE(watching.settles());
    EXPECT_EQ(watching.count(ChangeKind::kModified, at("m/old/f")), 1);
    fs::rename(at("m/a/b"), at("m/b"));
    for (int i = 0; i < 50; ++i) {
      fs::remove_all(at("m/old"));
      fs::create_directory(at("m/old"));
      write_file(at("m/old/g"), std::to_string(i));
    }
    EXPECT_TRUE(watching.settles());
    fs::remove_all(at("m/b"));
    ASSERT_TRUE(shell("chmod 700 " + at("m/old")));
    EXPECT_TRUE(watching.run_until(
        [&] { return watching.count(ChangeKind::kAttributes, at("m/old")) == 1; }));
    EXPECT_TRUE(watching.settles());
    EXPECT_EQ(watching.watcher().metrics().lost_hints, 0);
  }

  TemporaryTree tree;
  bool mounted = false;
};

TEST_F(WatchMounts, OfTmpfsAreWatched) {
  if (!mount("mount -t tmpfs tmpfs m")) GTEST_SKIP() << "tmpfs can't be mounted here";
  work_there();
}

TEST_F(WatchMounts, OfExt4AreWatched) {
  if (!mount("truncate -s 16M image && mkfs.ext4 -q image && mount -o loop image m"))
    GTEST_SKIP() << "an ext4 image can't be made or mounted here";
  work_there();
}

TEST_F(WatchMounts, OfXfsAreWatched) {
  if (!mount("truncate -s 320M image && mkfs.xfs -q image && mount -o loop image m"))
    GTEST_SKIP() << "an xfs image can't be made or mounted here";
  work_there();
}

// No watch hears of it: the directory that was watched is still there, underneath.
TEST_F(WatchMounts, MadeOverAWatchedDirectoryAreFollowedAtOnce) {
  tree.file("m/hidden/f");
  WatcherOptions options = Watching::quick();
  options.reconciler.background_pass_min = Duration::zero();
  Watching watching(options);
  watching.start(Watching::root(tree.root()));
  if (!mount("mount -t tmpfs tmpfs m")) GTEST_SKIP() << "tmpfs can't be mounted here";
  EXPECT_TRUE(watching.settles(0, seconds(5)));
  EXPECT_FALSE(watching.knows(at("m/hidden/f")));
  write_file(at("m/f"), "text");
  EXPECT_TRUE(watching.settles(0, seconds(5)));
  ASSERT_TRUE(shell("umount " + at("m")));
  mounted = false;
  EXPECT_TRUE(watching.settles(0, seconds(5)));
  EXPECT_TRUE(watching.knows(at("m/hidden/f")));
  append_file(at("m/hidden/f"), "more");
  EXPECT_TRUE(watching.run_until(
      [&] { return watching.count(ChangeKind::kModified, at("m/hidden/f")) == 1; }, seconds(5)));
}

TEST_F(WatchMounts, OfOverlayfsAreWatched) {
  tree.file("lower/old/f");
  tree.file("lower/below");
  // Both layers on a file system of their own: the disk may be an overlay itself.
  if (!mount(
          "mkdir u && mount -t tmpfs tmpfs u && mkdir u/upper u/work && mount -t overlay overlay "
          "-o lowerdir=lower,upperdir=u/upper,workdir=u/work m")) {
    (void)shell("umount -l " + at("u"));
    GTEST_SKIP() << "overlayfs can't be mounted here";
  }
  {
    Watching watching;
    watching.start(Watching::root(at("m")));
    // Copied up: another inode, on another device, but the same name.
    append_file(at("m/below"), "more");
    EXPECT_TRUE(watching.settles());
    EXPECT_GE(watching.count(ChangeKind::kModified, at("m/below")), 1);
    fs::remove(at("m/old/f"));
    fs::rename(at("m/below"), at("m/renamed"));
    write_file(at("m/old/g"), "text");
    EXPECT_TRUE(watching.settles());
    fs::remove_all(at("m/old"));
    fs::create_directory(at("m/old"));
    write_file(at("m/old/h"), "text");
    EXPECT_TRUE(watching.settles());
  }
  EXPECT_TRUE(shell("umount -l " + at("m") + " && umount -l " + at("u")));
  mounted = false;
}

// An unmounted root shows the directory underneath: it has gone, and is not empty.
TEST_F(WatchMounts, ThatAreRootsAndGoAreNotSeenEmpty) {
  if (!mount("truncate -s 16M image && mkfs.ext4 -q image && mount -o loop image m"))
    GTEST_SKIP() << "an ext4 image can't be made or mounted here";
  tree.file("m/d/f");
  Watching watching;
  watching.start(Watching::root(at("m")));
  ASSERT_TRUE(shell("umount -l " + at("m")));
  mounted = false;
  EXPECT_TRUE(watching.run_until([&] { return !watching.watcher().reconciler().available(0); }));
  watching.run_for(milliseconds(300));
  EXPECT_EQ(watching.count(ChangeKind::kRemoved), 0);
  ASSERT_TRUE(mount("mount -o loop image m"));
  EXPECT_TRUE(watching.run_until([&] { return watching.watcher().reconciler().available(0); }));
  write_file(at("m/d/g"), "text");
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kRemoved), 0);
  EXPECT_EQ(watching.count(ChangeKind::kCreated), 1);
}

}  // namespace
}  // namespace pawl
