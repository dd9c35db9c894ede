// The kernel's limits, in a user namespace of the test's own, where they can be set.
#ifdef __linux__
#include <gtest/gtest.h>

#include "tests/fallback/disk.h"
#include "tests/fallback/temporary_tree.h"
#include "tests/fallback/watch_fixture.h"

namespace pawl {
namespace {

constexpr int kDirectories = 500;
constexpr std::uint64_t kAll = kDirectories + 1;  // and the root

bool may_set_limits() {
  Child child([] {
    EXPECT_TRUE(enter_user_namespace());
    EXPECT_TRUE(set_user_limit("max_inotify_watches", 10));
  });
  return child.wait();
}

class WatchLimit : public testing::Test {
 protected:
  void SetUp() override {
    static const bool may = may_set_limits();
    if (!may) GTEST_SKIP() << "no user namespace may be made here, or its limits not be set";
    for (int i = 0; i < kDirectories; ++i) tree.directory(name(i));
  }

  static std::string name(int i) { return "d" + std::to_string(i); }
  std::string file(int i, const std::string& in_it) const {
    return tree.root() + "/" + name(i) + "/" + in_it;
  }

  // In a namespace with so few watches.
  void run_limited(unsigned watches, const std::function<void()>& body) {
    Child child([&] {
      ASSERT_TRUE(enter_user_namespace());
      ASSERT_TRUE(set_user_limit("max_inotify_watches", watches));
      body();
    });
    EXPECT_TRUE(child.wait());
  }

  // All of the limit, so that it is the kernel who refuses.
  static WatcherOptions greedy() {
    WatcherOptions options = Watching::quick();
    options.native_watch_budget = {true, 1000};
    return options;
  }
  static RootOptions root_of(const std::string& path) {
    RootOptions root = Watching::root(path);
    root.poll_interval = milliseconds(500);
    return root;
  }

  // A change in every directory, each told once, within so many poll intervals.
  void change_all(Watching& watching, const std::string& in_it) {
    for (int i = 0; i < kDirectories; ++i) write_file(file(i, in_it), "text");
    EXPECT_TRUE(watching.settles(0, seconds(10)));
    for (int i = 0; i < kDirectories; ++i)
      EXPECT_EQ(watching.count(ChangeKind::kCreated, file(i, in_it)), 1);
  }

  TemporaryTree tree;
};

TEST_F(WatchLimit, OfWatchesLeavesTheRestPolledAndNothingMissed) {
  run_limited(10, [&] {
    Watching watching(greedy());
    watching.start(root_of(tree.root()));
    EXPECT_EQ(watching.directories(Mode::kNative), 10);
    EXPECT_EQ(watching.directories(Mode::kPolled), kAll - 10);
    EXPECT_EQ(watching.coverage(Mode::kPolled, Reason::kWatchLimit), kAll - 10);
    for (int i = 0; i < kDirectories; ++i) write_file(file(i, "f"), "text");
    // Two intervals, and one for a busy machine.
    EXPECT_TRUE(watching.run_until(
        [&] { return watching.count(ChangeKind::kCreated) == kDirectories; }, milliseconds(1500)));
    EXPECT_TRUE(watching.settles());
  });
}

TEST_F(WatchLimit, OfWatchesIsLeftInPartToOthers) {
  run_limited(10, [&] {
    WatcherOptions options = Watching::quick();
    Watching watching(options);
    watching.start(root_of(tree.root()));
    EXPECT_EQ(watching.directories(Mode::kNative), 7);
    EXPECT_EQ(watching.coverage(Mode::kPolled, Reason::kBudget), kAll - 7);
    change_all(watching, "f");
  });
}

TEST_F(WatchLimit, RaisedLetsAllReturnAndNothingIsMissedOrDoubledInTheCrossing) {
  run_limited(10, [&] {
    Watching watching(greedy());
    watching.start(root_of(tree.root()));
    EXPECT_EQ(watching.directories(Mode::kPolled), kAll - 10);
    ASSERT_TRUE(set_user_limit("max_inotify_watches", 10'000));
    int written = 0;
    const auto write_some = [&] {
      for (int i = 0; i < 5; ++i, ++written)
        write_file(file(written % kDirectories, "f" + std::to_string(written)), "text");
      return watching.directories(Mode::kNative) == kAll;
    };
    EXPECT_TRUE(watching.run_until(write_some, seconds(15)));
    EXPECT_TRUE(watching.settles());
    for (int i = 0; i < written; ++i)
      EXPECT_EQ(
          watching.count(ChangeKind::kCreated, file(i % kDirectories, "f" + std::to_string(i))), 1);
    EXPECT_EQ(watching.coverage(Mode::kNative, Reason::kPreferred), kAll - 10);
    EXPECT_EQ(watching.watcher().metrics().returns, kAll - 10);
    change_all(watching, "after");
    EXPECT_EQ(watching.watcher().metrics().lost_hints, 0);
  });
}

TEST_F(WatchLimit, ReachedAgainAndAgainByOthersDoesNotThrash) {
  run_limited(10, [&] {
    WatcherOptions options = greedy();
    options.native_retry_max = milliseconds(400);
    Watching watching(options);
    watching.start(root_of(tree.root()));
    watching.run_for(seconds(2));
    // One trial at a time, at growing distances, and no word of those that change nothing.
    EXPECT_EQ(watching.coverage(Mode::kPolled, Reason::kWatchLimit), kAll - 10);
    EXPECT_EQ(watching.watcher().metrics().returns, 0);
    change_all(watching, "f");
  });
}

TEST_F(WatchLimit, OfNoInstanceLeavesAllPolled) {
  run_limited(10'000, [&] {
    ASSERT_TRUE(set_user_limit("max_inotify_instances", 0));
    Watching watching(greedy());
    watching.start(root_of(tree.root()));
    EXPECT_EQ(watching.directories(Mode::kPolled), kAll);
    EXPECT_EQ(watching.coverage(Mode::kPolled, Reason::kInstanceLimit), kAll);
    change_all(watching, "f");
    ASSERT_TRUE(set_user_limit("max_inotify_instances", 10));
    EXPECT_TRUE(watching.run_until([&] { return watching.directories(Mode::kNative) == kAll; },
                                   seconds(15)));
    change_all(watching, "after");
  });
}

TEST_F(WatchLimit, FreedByARemovedTreeIsUsedAtOnce) {
  run_limited(200, [&] {
    WatcherOptions options = greedy();
    options.native_retry_min = seconds(100);
    options.native_retry_max = seconds(100);
    Watching watching(options);
    watching.start(root_of(tree.root()));
    EXPECT_EQ(watching.directories(Mode::kNative), 200);
    std::string removed;
    for (int i = 0; i < kDirectories; i += 2) removed += " " + tree.root() + "/" + name(i);
    ASSERT_TRUE(shell("rm -rf" + removed));
    EXPECT_TRUE(watching.settles());
    EXPECT_TRUE(watching.run_until([&] { return watching.directories(Mode::kNative) >= 195; }))
        << watching.directories(Mode::kNative);
  });
}

}  // namespace
}  // namespace pawl
#endif
