// Overflow of the kernel's queue, of which libuv says nothing: no change is lost for it.
#include <gtest/gtest.h>

#include <filesystem>

#include "backends/limits.h"
#include "tests/fallback/disk.h"
#include "tests/fallback/temporary_tree.h"
#include "tests/fallback/watch_fixture.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

constexpr int kStorm = 40'000;

class WatchOverflow : public testing::Test {
 protected:
  void SetUp() override {
    const WatchLimits limits = read_watch_limits();
    if (!limits.queue_max || *limits.queue_max > kStorm)
      GTEST_SKIP() << "this machine's queue of events is too long to overflow, or has no limit";
    tree.directory("noisy");
    tree.directory("quiet/deep");
  }

  // The background reconcile would find everything in the end: it is not to help here.
  static WatcherOptions options() {
    WatcherOptions options = Watching::quick();
    options.reconciler.background_pass_min = Duration::zero();
    return options;
  }
  std::string at(const std::string& path) const { return tree.root() + "/" + path; }

  static void make_files(const std::string& directory, int count) {
    ASSERT_TRUE(shell("cd " + directory + " && seq 1 " + std::to_string(count) + " | xargs touch"));
  }

  TemporaryTree tree;
};

TEST_F(WatchOverflow, WhileTheProcessIsStoppedLosesNothing) {
  Child child([&] {
    Watching watching(options());
    watching.start(Watching::root(tree.root(), BackendChoice::kNative));
    write_file(at("started"), "text");
    EXPECT_TRUE(watching.run_until(
        [&] { return watching.count(ChangeKind::kCreated) >= kStorm + 3; }, seconds(60)));
    EXPECT_TRUE(watching.settles());
    EXPECT_EQ(watching.count(ChangeKind::kCreated), kStorm + 3);
    EXPECT_TRUE(watching.knows(at("quiet/deep/change")));
    EXPECT_GE(watching.rescans(RescanReason::kOverflow), 1);
    EXPECT_EQ(watching.coverage(Mode::kUnreachable, Reason::kNoAnswer), 0);
    // Whoever is told of an overflow is not deaf afterwards.
    write_file(at("quiet/deep/after"), "text");
    EXPECT_TRUE(watching.run_until([&] { return watching.knows(at("quiet/deep/after")); }));
  });
  while (!fs::exists(at("started"))) ASSERT_TRUE(shell("sleep 0.01"));
  child.stop();
  make_files(at("noisy"), kStorm);
  write_file(at("quiet/deep/change"), "text");
  write_file(at("end"), "text");
  child.go_on();
  EXPECT_TRUE(child.wait());
}

TEST_F(WatchOverflow, HidesNoDirectoryThatWasMadeAnewMeanwhile) {
  Watching watching(options());
  watching.start(Watching::root(tree.root(), BackendChoice::kNative));
  make_files(at("noisy"), kStorm / 2);
  // Of this no event is left: the queue is full.
  fs::remove_all(at("quiet/deep"));
  fs::create_directory(at("quiet/deep"));
  EXPECT_TRUE(watching.settles());
  ASSERT_GE(watching.rescans(RescanReason::kOverflow), 1);
  write_file(at("quiet/deep/f"), "text");
  EXPECT_TRUE(watching.run_until([&] { return watching.knows(at("quiet/deep/f")); }, seconds(5)));
}

TEST_F(WatchOverflow, OfManyWatchesEndingAtOnceIsNoticed) {
  constexpr int kDirectories = 20'000;
  tree.directory("large");
  ASSERT_TRUE(
      shell("cd " + at("large") + " && seq 1 " + std::to_string(kDirectories) + " | xargs mkdir"));
  Watching watching(options());
  watching.start(Watching::root(at("quiet"), BackendChoice::kNative));
  const std::uint32_t large = watching.start(Watching::root(at("large"), BackendChoice::kNative));
  // An event for each watch that ends: together they fill the queue, and this one is lost.
  watching.watcher().remove_root(large);
  write_file(at("quiet/deep/f"), "text");
  EXPECT_TRUE(watching.settles(0));
  EXPECT_TRUE(watching.knows(at("quiet/deep/f")));
}

TEST_F(WatchOverflow, InAStormOverManyDirectoriesLosesNothing) {
  constexpr int kDirectories = 100;
  constexpr int kFiles = 1000;
  for (int i = 0; i < kDirectories; ++i) tree.directory("d" + std::to_string(i));
  Watching watching(options());
  watching.start(Watching::root(tree.root(), BackendChoice::kNative));
  Child storm([&] {
    for (int i = 0; i < kFiles; ++i)
      for (int d = 0; d < kDirectories; ++d)
        write_file(at("d" + std::to_string(d) + "/" + std::to_string(i)), "");
    write_file(at("end"), "text");
  });
  EXPECT_TRUE(watching.run_until(
      [&] { return watching.count(ChangeKind::kCreated) == kDirectories * kFiles + 1; },
      seconds(100)));
  EXPECT_TRUE(storm.wait());
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kRemoved), 0);
}

}  // namespace
}  // namespace pawl
