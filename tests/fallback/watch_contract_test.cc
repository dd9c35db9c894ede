// Files, directories and trees that come, change, move and go, told alike by every way of watching.
#include "tests/fallback/watch_contract.h"

#include <filesystem>

namespace pawl {
namespace {

namespace fs = std::filesystem;

INSTANTIATE_TEST_SUITE_P(Ways, WatchContract, testing::ValuesIn(kWays), way_name);

TEST_P(WatchContract, TellsOfFilesThatComeChangeAndGo) {
  tree.directory("d");
  start();
  write_file(at("d/f"), "one");
  EXPECT_TRUE(told(ChangeKind::kCreated, "d/f"));
  append_file(at("d/f"), "two");
  EXPECT_TRUE(told(ChangeKind::kModified, "d/f"));
  EXPECT_TRUE(watching.settles());
  ASSERT_TRUE(shell("chmod 600 " + at("d/f")));
  EXPECT_TRUE(told(ChangeKind::kAttributes, "d/f"));
  fs::remove(at("d/f"));
  EXPECT_TRUE(told(ChangeKind::kRemoved, "d/f"));
  EXPECT_TRUE(watching.settles());
}

TEST_P(WatchContract, TellsOfDirectoriesThatComeChangeAndGo) {
  start();
  fs::create_directory(at("d"));
  EXPECT_TRUE(told(ChangeKind::kCreated, "d"));
  ASSERT_TRUE(shell("chmod 700 " + at("d")));
  EXPECT_TRUE(told(ChangeKind::kAttributes, "d"));
  fs::rename(at("d"), at("e"));
  EXPECT_TRUE(told(ChangeKind::kCreated, "e"));
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kRemoved, at("d")), 1);
  // It is watched under its new name.
  write_file(at("e/f"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "e/f"));
  fs::remove_all(at("e"));
  EXPECT_TRUE(told(ChangeKind::kRemoved, "e"));
  EXPECT_TRUE(watching.settles());
}

TEST_P(WatchContract, TellsASaveByRenameAsOneModification) {
  tree.file("d/f");
  start();
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t before = watching.count(ChangeKind::kModified, at("d/f"));
    write_file(at("d/.f.tmp"), std::string(static_cast<std::size_t>(i), 'x'));
    fs::rename(at("d/.f.tmp"), at("d/f"));
    EXPECT_TRUE(watching.run_until(
        [&] { return watching.count(ChangeKind::kModified, at("d/f")) > before; }));
  }
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kRemoved, at("d/f")), 0);
  EXPECT_EQ(watching.count(ChangeKind::kCreated, at("d/f")), 0);
}

TEST_P(WatchContract, FindsAFileInDirectoriesMadeTheMomentBefore) {
  start();
  for (int i = 0; i < 40; ++i) {
    const std::string top = "t" + std::to_string(i);
    fs::create_directories(at(top + "/a/b/c/d"));
    write_file(at(top + "/a/b/c/d/f"), "text");
    if (i % 8 == 0) watching.run_for(milliseconds(i));
  }
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kCreated), 40 * 6);
}

TEST_P(WatchContract, FollowsTreesThatAreCopiedMovedAndRemoved) {
  tree.directory("watched");
  tree.directory("outside");
  for (int i = 0; i < 60; ++i)
    tree.file("outside/t/" + std::to_string(i % 7) + "/" + std::to_string(i % 3) + "/f" +
              std::to_string(i));
  watching.start(Watching::root(at("watched"), GetParam().backend));
  ASSERT_TRUE(shell("cp -a " + at("outside/t") + " " + at("watched/copy")));
  EXPECT_TRUE(watching.settles());
  ASSERT_TRUE(
      shell("cd " + at("outside") + " && tar cf t.tar t && tar xf t.tar -C " + at("watched")));
  fs::rename(at("outside/t"), at("watched/in"));
  fs::rename(at("watched/copy"), at("watched/in/within"));
  EXPECT_TRUE(watching.settles());
  fs::rename(at("watched/in"), at("outside/out"));
  append_file(at("outside/out/0/0/f0"), "not ours any more");
  fs::rename(at("watched/t/1"), at("watched/1"));
  append_file(at("watched/1/1/f1"), "more");
  EXPECT_TRUE(watching.settles());
  fs::remove_all(at("watched/t"));
  fs::remove_all(at("watched/1"));
  EXPECT_TRUE(watching.settles());
  EXPECT_TRUE(watching.known().empty());
}

TEST_P(WatchContract, FollowsASwitchOfBranches) {
  if (!has_program("git")) GTEST_SKIP() << "there is no git here";
  const std::string git = "git -c user.name=a -c user.email=a@b -C " + at("") + " ";
  for (int i = 0; i < 80; ++i) tree.file("src/" + std::to_string(i % 9) + "/f" + std::to_string(i));
  ASSERT_TRUE(shell(git + "init -q -b master && " + git + "add . && " + git + "commit -qm one"));
  ASSERT_TRUE(shell(git + "checkout -qb other && " + git + "rm -rq src/1 src/2 && " + git +
                    "mv src/3 moved && echo more >> " + at("src/4/f4") + " && " + git +
                    "commit -qam two"));
  start();
  for (const char* branch : {"master", "other", "master"}) {
    ASSERT_TRUE(shell(git + "checkout -q " + branch));
    EXPECT_TRUE(watching.settles());
  }
}

TEST_P(WatchContract, SurvivesARemovalDuringTheFirstScan) {
  for (int i = 0; i < 300; ++i)
    tree.file("t/" + std::to_string(i % 40) + "/" + std::to_string(i % 3) + "/f" +
              std::to_string(i));
  watching.add(root());
  watching.run_until([&] { return watching.watcher().reconciler().tree().size() > 10; });
  ASSERT_TRUE(shell("rm -rf " + at("t")));
  EXPECT_TRUE(watching.settles());
  write_file(at("f"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "f"));
}

TEST_P(WatchContract, FollowsADirectoryThatBecomesAFileAndBack) {
  tree.file("d/sub/f");
  start();
  for (int i = 0; i < 5; ++i) {
    fs::remove_all(at("d"));
    write_file(at("d"), "text");
    EXPECT_TRUE(watching.settles());
    fs::remove(at("d"));
    fs::create_directories(at("d/sub"));
    write_file(at("d/sub/f"), "text");
    EXPECT_TRUE(watching.settles());
  }
}

TEST_P(WatchContract, IsNotDeafenedByADirectoryMadeAnew) {
  tree.directory("p/d");
  start();
  // The file system hands the same inode out again and again.
  for (int i = 0; i < 200; ++i) {
    fs::remove_all(at("p/d"));
    fs::create_directory(at("p/d"));
    if (i % 3 == 0) write_file(at("p/d/f"), std::to_string(i));
    if (i % 20 == 0) {
      EXPECT_TRUE(watching.settles());
    }
  }
  EXPECT_TRUE(watching.settles());
  const Instant before = monotonic_now();
  write_file(at("p/d/last"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "p/d/last"));
  EXPECT_TRUE(watching.settles());
  // By its own watch or sweep, not by the background reconcile.
  EXPECT_EQ(watching.watcher().metrics().lost_hints, 0) << (monotonic_now() - before).count();
}

TEST_P(WatchContract, TellsADirectoryFromAChildOfTheSameName) {
  tree.directory("s");
  tree.file("s/s");
  start();
  ASSERT_TRUE(shell("chmod 700 " + at("s")));
  EXPECT_TRUE(told(ChangeKind::kAttributes, "s"));
  ASSERT_TRUE(shell("chmod 600 " + at("s/s")));
  EXPECT_TRUE(told(ChangeKind::kAttributes, "s/s"));
  fs::remove(at("s/s"));
  EXPECT_TRUE(told(ChangeKind::kRemoved, "s/s"));
  fs::create_directories(at("s/s/s"));
  EXPECT_TRUE(told(ChangeKind::kCreated, "s/s/s"));
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kAttributes, at("s")), 1);
}

TEST_P(WatchContract, SeesWritesThatTimestampsDoNotShow) {
  tree.file("d/f");
  start();
  EXPECT_TRUE(watching.settles());
  std::uint64_t missed = 0;
  for (char byte = 'a'; byte <= 'z'; ++byte) {
    // Twice within a tick, of the same size; what comes between may or may not be seen.
    overwrite_file(at("d/f"), "...." + std::string(1, byte));
    overwrite_file(at("d/f"), std::string(1, byte) + "....");
    const std::uint64_t before = watching.count(ChangeKind::kModified, at("d/f"));
    missed +=
        watching.run_until(
            [&] { return watching.count(ChangeKind::kModified, at("d/f")) > before; }, seconds(5))
            ? 0
            : 1;
  }
  EXPECT_EQ(missed, 0);
}

TEST_P(WatchContract, SeesHardLinksAsFilesOfTheirOwn) {
  tree.file("a/f");
  tree.directory("b");
  start();
  fs::create_hard_link(at("a/f"), at("b/g"));
  EXPECT_TRUE(told(ChangeKind::kCreated, "b/g"));
  append_file(at("b/g"), "more");
  EXPECT_TRUE(told(ChangeKind::kModified, "b/g"));
  // The kernel tells of the name that was written through; the other is found in the background.
  EXPECT_TRUE(told(ChangeKind::kModified, "a/f"));
  fs::remove(at("a/f"));
  EXPECT_TRUE(told(ChangeKind::kRemoved, "a/f"));
  EXPECT_TRUE(watching.settles());
  EXPECT_TRUE(watching.knows(at("b/g")));
}

}  // namespace
}  // namespace pawl
