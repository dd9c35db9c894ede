// A FUSE mount: native watches hear nothing of what happens underneath, and it may hang.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "tests/fallback/disk.h"
#include "tests/fallback/temporary_tree.h"
#include "tests/fallback/watch_fixture.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

class WatchBindFs : public testing::Test {
 protected:
  void SetUp() override {
    if (!BindFs::possible()) GTEST_SKIP() << "bindfs, /dev/fuse and root are needed";
    tree.file("below/sub/f");
  }

  static WatcherOptions options() {
    WatcherOptions options = Watching::quick();
    options.reconciler.answer_timeout = milliseconds(400);
    // What a mount holds is found by comparing; it is not to be found fault with here.
    options.reconciler.background_pass_min = milliseconds(500);
    return options;
  }
  std::string at(const std::string& path) const { return tree.root() + "/" + path; }

  // Changes made underneath `below` arrive as changes of `mount`.
  void change_underneath(Watching& watching, const std::string& mount, int files,
                         const std::string& name) {
    for (int i = 0; i < files; ++i) write_file(at("below/sub/" + name) + std::to_string(i), "text");
    EXPECT_TRUE(watching.settles());
    for (int i = 0; i < files; ++i)
      EXPECT_EQ(
          watching.count(ChangeKind::kCreated, at(mount + "/sub/" + name) + std::to_string(i)), 1);
  }

  TemporaryTree tree;
};

TEST_F(WatchBindFs, AsARootIsPolledAndNoChangeUnderneathIsMissed) {
  tree.directory("mount");
  BindFs bindfs(at("below"), at("mount"));
  ASSERT_TRUE(bindfs.mounted());
  Watching watching(options());
  watching.start(Watching::root(at("mount")));
  EXPECT_EQ(watching.directories(Mode::kPolled), 2);
  EXPECT_EQ(watching.coverage(Mode::kPolled, Reason::kFileSystem), 2);
  change_underneath(watching, "mount", 100, "f");
  append_file(at("below/sub/f7"), "more");
  // FUSE itself may show the old attributes for a second.
  EXPECT_TRUE(watching.run_until(
      [&] { return watching.count(ChangeKind::kModified, at("mount/sub/f7")) == 1; }));
}

TEST_F(WatchBindFs, InsideANativeTreeIsPolledAlone) {
  tree.directory("root/mount");
  tree.file("root/local/f");
  BindFs bindfs(at("below"), at("root/mount"));
  ASSERT_TRUE(bindfs.mounted());
  Watching watching(options());
  watching.start(Watching::root(at("root")));
  EXPECT_EQ(watching.directories(Mode::kPolled), 2);
  EXPECT_EQ(watching.directories(Mode::kNative), 2);
  change_underneath(watching, "root/mount", 100, "f");
}

TEST_F(WatchBindFs, ThatComesAndGoesIsFollowed) {
  tree.directory("root/mount");
  tree.file("root/mount/hidden");
  Watching watching(options());
  watching.start(Watching::root(at("root")));
  EXPECT_EQ(watching.directories(Mode::kNative), 2);
  for (int i = 0; i < 3; ++i) {
    BindFs bindfs(at("below"), at("root/mount"));
    ASSERT_TRUE(bindfs.mounted());
    EXPECT_TRUE(watching.settles());
    EXPECT_EQ(watching.directories(Mode::kPolled), 2);
    change_underneath(watching, "root/mount", 3, "round" + std::to_string(i) + "-");
    bindfs.unmount();
    // Not the mount point only: it may be removed before anybody looks.
    if (i == 1) fs::remove_all(at("root/mount"));
    EXPECT_TRUE(watching.settles());
    if (i == 1) tree.file("root/mount/hidden");
    EXPECT_TRUE(watching.settles());
    EXPECT_EQ(watching.directories(Mode::kNative), 2);
    EXPECT_EQ(watching.directories(Mode::kPolled), 0);
  }
}

TEST_F(WatchBindFs, ThatStandsStillStopsNobodyElseAndIsReconciledWhenItGoesOn) {
  tree.directory("root/mount");
  tree.directory("mount");
  tree.directory("other");
  BindFs bindfs(at("below"), at("mount"));
  BindFs inner(at("below"), at("root/mount"));
  ASSERT_TRUE(bindfs.mounted() && inner.mounted());
  Watching watching(options());
  watching.start(Watching::root(at("mount")));
  watching.start(Watching::root(at("root")));
  watching.start(Watching::root(at("other")));
  bindfs.stop();
  inner.stop();
  EXPECT_TRUE(watching.run_until([&] { return watching.directories(Mode::kUnreachable) == 4; }));
  EXPECT_EQ(watching.coverage(Mode::kUnreachable, Reason::kNoAnswer), 4);
  const Instant before = monotonic_now();
  for (int i = 0; i < 20; ++i) {
    const std::string name = "f" + std::to_string(i);
    write_file(at("other/" + name), "text");
    write_file(at("root/" + name), "text");
    EXPECT_TRUE(watching.run_until([&] {
      return watching.knows(at("other/" + name), 2) && watching.knows(at("root/" + name), 1);
    }));
  }
  EXPECT_LT(monotonic_now() - before, seconds(10));
  write_file(at("below/sub/meanwhile"), "text");
  fs::remove(at("below/sub/f"));
  watching.run_for(milliseconds(300));
  EXPECT_EQ(watching.count(ChangeKind::kRemoved), 0);
  bindfs.go_on();
  inner.go_on();
  EXPECT_TRUE(watching.settles(0));
  EXPECT_TRUE(watching.settles(1));
  EXPECT_EQ(watching.directories(Mode::kUnreachable), 0);
  EXPECT_GE(watching.rescans(RescanReason::kMountBack), 2);
  EXPECT_EQ(watching.count(ChangeKind::kRemoved, at("mount/sub/f")), 1);
  EXPECT_EQ(watching.count(ChangeKind::kRemoved, at("root/mount/sub/f")), 1);
}

// A look at its parent's entries touches it, and would hang with it.
TEST_F(WatchBindFs, ThatStandsStillBeforeTheStartHoldsUpNothingAroundIt) {
  tree.directory("root/mount");
  tree.file("root/local/f");
  BindFs bindfs(at("below"), at("root/mount"));
  ASSERT_TRUE(bindfs.mounted());
  bindfs.stop();
  // By a link: the table of mounts knows the real path only.
  fs::create_symlink("root", at("current"));
  Watching watching(options());
  watching.start(Watching::root(at("current")));
  EXPECT_EQ(watching.directories(Mode::kNative), 2);
  EXPECT_EQ(watching.directories(Mode::kUnreachable), 1);
  EXPECT_EQ(watching.coverage(Mode::kUnreachable, Reason::kNoAnswer), 1);
  for (int i = 0; i < 20; ++i) {
    const std::string name = "f" + std::to_string(i);
    write_file(at("current/local/" + name), "text");
    write_file(at("current/" + name), "text");
    EXPECT_TRUE(watching.run_until([&] {
      return watching.knows(at("current/" + name)) && watching.knows(at("current/local/" + name));
    }));
  }
  watching.watcher().rescan(0);
  write_file(at("current/local/after"), "text");
  EXPECT_TRUE(watching.run_until([&] { return watching.knows(at("current/local/after")); }));
  bindfs.go_on();
  EXPECT_TRUE(watching.run_until([&] { return watching.knows(at("current/mount/sub/f")); }));
  EXPECT_TRUE(watching.run_until([&] { return watching.directories(Mode::kPolled) == 2; }));
  EXPECT_EQ(watching.directories(Mode::kUnreachable), 0);
}

TEST_F(WatchBindFs, ThatHangsAndIsUnmountedShowsWhatIsUnderneath) {
  tree.file("root/mount/hidden");
  Watching watching(options());
  watching.start(Watching::root(at("root")));
  BindFs bindfs(at("below"), at("root/mount"));
  ASSERT_TRUE(bindfs.mounted());
  EXPECT_TRUE(watching.run_until([&] { return watching.knows(at("root/mount/sub/f")); }));
  bindfs.stop();
  EXPECT_TRUE(watching.run_until([&] { return watching.directories(Mode::kUnreachable) == 2; }));
  bindfs.detach();
  EXPECT_TRUE(watching.run_until([&] { return watching.knows(at("root/mount/hidden")); }));
  EXPECT_TRUE(watching.run_until([&] { return watching.directories(Mode::kNative) == 2; }));
  EXPECT_FALSE(watching.knows(at("root/mount/sub/f")));
}

// libuv has four threads for all loops of a process. Whoever asks it about a mount that hangs takes
// one of them from everybody.
TEST_F(WatchBindFs, ThatStandStillTakeNoThreadFromLibuv) {
  constexpr int kMounts = 6;
  std::vector<std::unique_ptr<BindFs>> mounts;
  Watching watching(options());
  for (int i = 0; i < kMounts; ++i) {
    const std::string name = "mount" + std::to_string(i);
    tree.directory(name);
    mounts.push_back(std::make_unique<BindFs>(at("below"), at(name)));
    ASSERT_TRUE(mounts.back()->mounted());
    watching.start(Watching::root(at(name)));
  }
  for (auto& mount : mounts) mount->stop();
  EXPECT_TRUE(
      watching.run_until([&] { return watching.directories(Mode::kUnreachable) == 2 * kMounts; }));
  uv_loop_t loop;
  uv_loop_init(&loop);
  bool answered = false;
  uv_fs_t request;
  request.data = &answered;
  ASSERT_EQ(uv_fs_stat(&loop, &request, at("below").c_str(),
                       [](uv_fs_t* done) { *static_cast<bool*>(done->data) = true; }),
            0);
  EXPECT_TRUE(watching.run_until([&] {
    uv_run(&loop, UV_RUN_NOWAIT);
    return answered;
  }));
  for (auto& mount : mounts) mount->go_on();
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_fs_req_cleanup(&request);
  EXPECT_EQ(uv_loop_close(&loop), 0);
}

TEST_F(WatchBindFs, ThatStandsStillHoldsNoEndUp) {
  tree.directory("mount");
  BindFs bindfs(at("below"), at("mount"));
  ASSERT_TRUE(bindfs.mounted());
  Watching watching(options());
  watching.start(Watching::root(at("mount")));
  bindfs.stop();
  EXPECT_TRUE(watching.run_until([&] { return watching.directories(Mode::kUnreachable) == 2; }));
  EXPECT_LT(watching.stop(), seconds(2));
}

TEST_F(WatchBindFs, WhoseProcessDiesIsNotSeenEmpty) {
  tree.directory("mount");
  Watching watching(options());
  {
    BindFs bindfs(at("below"), at("mount"));
    ASSERT_TRUE(bindfs.mounted());
    watching.start(Watching::root(at("mount")));
  }
  EXPECT_TRUE(watching.run_until([&] { return !watching.watcher().reconciler().available(0); }));
  watching.run_for(milliseconds(500));
  EXPECT_EQ(watching.count(ChangeKind::kRemoved), 0);
  // The directory under a mount that is gone is written to: it is not the root for that.
  write_file(at("mount/stray"), "text");
  watching.run_for(milliseconds(500));
  EXPECT_EQ(watching.count(ChangeKind::kRemoved), 0);
  fs::remove(at("mount/stray"));
  BindFs again(at("below"), at("mount"));
  ASSERT_TRUE(again.mounted());
  EXPECT_TRUE(watching.run_until([&] { return watching.watcher().reconciler().available(0); }));
  EXPECT_TRUE(watching.settles());
  change_underneath(watching, "mount", 10, "back");
}

}  // namespace
}  // namespace pawl
