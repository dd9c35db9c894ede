// What real programs do, watched in every way.
#include <filesystem>

#include "tests/fallback/watch_contract.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

TEST_P(WatchContract, FollowsTreesThatAreCopiedByPrograms) {
  tree.directory("watched");
  for (int i = 0; i < 60; ++i)
    tree.file("outside/t/" + std::to_string(i % 7) + "/" + std::to_string(i % 3) + "/f" +
              std::to_string(i));
  watching.start(Watching::root(at("watched"), GetParam().backend));
  ASSERT_TRUE(shell("cp -a " + at("outside/t") + " " + at("watched/copy")));
  EXPECT_TRUE(watching.settles());
  ASSERT_TRUE(
      shell("cd " + at("outside") + " && tar cf t.tar t && tar xf t.tar -C " + at("watched")));
  EXPECT_TRUE(watching.settles());
  ASSERT_TRUE(shell("rm -rf " + at("watched/t") + " " + at("watched/copy")));
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

TEST_P(WatchContract, FollowsWhatRsyncBrings) {
  if (!has_program("rsync")) GTEST_SKIP() << "there is no rsync here";
  tree.directory("outside");
  tree.directory("watched");
  for (int i = 0; i < 80; ++i)
    tree.file("outside/" + std::to_string(i % 9) + "/" + std::to_string(i % 4) + "/f" +
              std::to_string(i));
  watching.start(Watching::root(at("watched"), GetParam().backend));
  const std::string rsync = "rsync -a --delete " + at("outside/") + " " + at("watched/");
  ASSERT_TRUE(shell(rsync));
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kCreated, at("watched/3/1/f21")), 1);
  append_file(at("outside/4/0/f4"), "more");
  fs::remove_all(at("outside/1"));
  fs::rename(at("outside/2"), at("outside/moved"));
  ASSERT_TRUE(shell(rsync));
  EXPECT_TRUE(watching.settles());
  EXPECT_GE(watching.count(ChangeKind::kModified, at("watched/4/0/f4")), 1);
  EXPECT_FALSE(watching.knows(at("watched/1")));
  append_file(at("outside/5/1/f5"), "more");
  ASSERT_TRUE(shell("rsync -a --inplace " + at("outside/") + " " + at("watched/")));
  EXPECT_TRUE(watching.settles());
}

}  // namespace
}  // namespace pawl
