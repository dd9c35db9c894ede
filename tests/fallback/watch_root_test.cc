// Roots that vanish, are replaced and come back. Losing sight of a root is not seeing it empty.
#include "tests/fallback/watch_contract.h"

#include <filesystem>

namespace pawl {
namespace {

namespace fs = std::filesystem;

class WatchRoot : public WatchContract {
 protected:
  WatchRoot() {
    tree.file("root/d/f");
    tree.file("root/g");
  }
  void start_root(bool allow_empty = false) {
    RootOptions options = Watching::root(at("root"), GetParam().backend);
    options.allow_empty = allow_empty;
    watching.start(std::move(options));
  }
  bool becomes_unavailable() {
    return watching.run_until([&] { return !watching.watcher().reconciler().available(0); });
  }
  bool becomes_available() {
    return watching.run_until([&] { return watching.watcher().reconciler().available(0); });
  }
};

INSTANTIATE_TEST_SUITE_P(Ways, WatchRoot, testing::ValuesIn(kWays), way_name);

TEST_P(WatchRoot, RenamedAwayRemovesNothingAndIsReconciledWhenBack) {
  start_root();
  rename_path(at("root"), at("elsewhere"));
  ASSERT_TRUE(becomes_unavailable());
  append_file(at("elsewhere/d/f"), "more");
  write_file(at("elsewhere/new"), "text");
  remove_path(at("elsewhere/g"));
  watching.run_for(milliseconds(300));
  EXPECT_EQ(watching.count(ChangeKind::kRemoved), 0);
  EXPECT_EQ(watching.count(ChangeKind::kCreated), 0);
  rename_path(at("elsewhere"), at("root"));
  ASSERT_TRUE(becomes_available());
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kModified, at("root/d/f")), 1);
  EXPECT_EQ(watching.count(ChangeKind::kRemoved, at("root/g")), 1);
  EXPECT_EQ(watching.rescans(RescanReason::kRootBack), 1);
  write_file(at("root/d/after"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "root/d/after"));
}

TEST_P(WatchRoot, ReplacedByAnEmptyDirectoryIsNotBelieved) {
  start_root();
  rename_path(at("root"), at("elsewhere"));
  fs::create_directory(at("root"));
  ASSERT_TRUE(becomes_unavailable());
  watching.run_for(milliseconds(300));
  EXPECT_EQ(watching.count(ChangeKind::kRemoved), 0);
  // What is deployed into it is believed.
  write_file(at("root/release"), "text");
  ASSERT_TRUE(becomes_available());
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kRemoved), 3);
}

TEST_P(WatchRoot, ReplacedByAnEmptyDirectoryIsBelievedWhereThatIsAllowed) {
  start_root(true);
  rename_path(at("root"), at("elsewhere"));
  fs::create_directory(at("root"));
  EXPECT_TRUE(told(ChangeKind::kRemoved, "root/d"));
  EXPECT_TRUE(watching.settles());
  write_file(at("root/after"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "root/after"));
}

TEST_P(WatchRoot, EmptiedWhileItIsThereIsEmpty) {
  start_root();
  remove_path(at("root/d"));
  remove_path(at("root/g"));
  EXPECT_TRUE(watching.settles());
  EXPECT_TRUE(watching.known().empty());
  EXPECT_EQ(watching.unavailable(), 0);
}

TEST_P(WatchRoot, MadeAnewAgainAndAgainIsNotDeaf) {
  start_root(true);
  for (int i = 0; i < 60; ++i) {
    remove_path(at("root"));
    if (i % 4 == 1) watching.run_for(milliseconds(i % 9));
    fs::create_directory(at("root"));
    if (i % 3 == 0) write_file(at("root/f"), std::to_string(i));
    if (i % 10 == 9) {
      EXPECT_TRUE(watching.settles()) << i;
    }
  }
  EXPECT_TRUE(watching.settles());
  fs::create_directory(at("root/last"));
  write_file(at("root/last/f"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "root/last/f"));
  EXPECT_TRUE(watching.settles());
}

TEST_P(WatchRoot, ALinkThatIsSwappedShowsTheOtherRelease) {
  tree.file("releases/1/a");
  tree.file("releases/1/both");
  tree.file("releases/2/both");
  tree.file("releases/2/d/c");
  tree.link("releases/1", "current");
  watching.start(Watching::root(at("current"), GetParam().backend));
  EXPECT_TRUE(watching.knows(at("current/a")));
  tree.link("releases/2", "next");
  rename_path(at("next"), at("current"));
  EXPECT_TRUE(told(ChangeKind::kCreated, "current/d/c"));
  EXPECT_TRUE(told(ChangeKind::kRemoved, "current/a"));
  EXPECT_EQ(watching.count(ChangeKind::kRemoved, at("current/both")), 0);
  write_file(at("releases/2/d/e"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "current/d/e"));
  write_file(at("releases/1/z"), "text");
  watching.run_for(milliseconds(200));
  EXPECT_FALSE(watching.knows(at("current/z")));
}

TEST_P(WatchRoot, ThatIsNotThereYetIsWatchedWhenItComes) {
  watching.add(Watching::root(at("later"), GetParam().backend));
  ASSERT_TRUE(watching.run_until([&] { return watching.unavailable() == 1; }));
  tree.file("later/d/f");
  ASSERT_TRUE(watching.run_until([&] { return watching.watcher().reconciler().ready(0); }));
  EXPECT_TRUE(watching.settles());
  write_file(at("later/d/g"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "later/d/g"));
}

}  // namespace
}  // namespace pawl
