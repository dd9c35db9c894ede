// The contract of backends: files, directories and trees that come, change, move and go, told alike
// by every way of watching, on the real disk and on the simulated one. Included once by each
// program that runs it, which says by INSTANTIATE_TEST_SUITE_P in which worlds.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/fallback/contract_world.h"

namespace pawl {

struct ContractCase {
  Way way;
  MakeContractWorld make;
};

inline void PrintTo(const ContractCase& what, std::ostream* out) {
  PrintTo(what.way, out);
}
inline std::string contract_case_name(const testing::TestParamInfo<ContractCase>& info) {
  return info.param.way.name;
}

class BackendContract : public testing::TestWithParam<ContractCase> {
 protected:
  BackendContract() : world_(GetParam().make(GetParam().way)) {}

  ContractWorld& world() { return *world_; }
  std::string at(const std::string& path) const { return world_->root() + "/" + path; }
  std::string out(const std::string& path) const { return world_->outside() + "/" + path; }
  // With the directories above it.
  void file(const std::string& path) {
    world_->make_directories(path.substr(0, path.rfind('/')));
    world_->write(path, "text");
  }
  void start() {
    world_->begin();
    ASSERT_TRUE(world_->run_until([&] { return world_->ready(); }));
  }
  bool told(ChangeKind kind, const std::string& path) {
    return world_->run_until([&] { return world_->count(kind, at(path)) > 0; });
  }

 private:
  std::unique_ptr<ContractWorld> world_;
};

TEST_P(BackendContract, TellsOfFilesThatComeChangeAndGo) {
  world().make_directories(at("d"));
  start();
  world().write(at("d/f"), "one");
  EXPECT_TRUE(told(ChangeKind::kCreated, "d/f"));
  world().append(at("d/f"), "two");
  EXPECT_TRUE(told(ChangeKind::kModified, "d/f"));
  EXPECT_TRUE(world().settles());
  EXPECT_TRUE(world().set_mode(at("d/f"), 0600));
  EXPECT_TRUE(told(ChangeKind::kAttributes, "d/f"));
  world().remove_all(at("d/f"));
  EXPECT_TRUE(told(ChangeKind::kRemoved, "d/f"));
  EXPECT_TRUE(world().settles());
}

TEST_P(BackendContract, TellsOfDirectoriesThatComeChangeAndGo) {
  start();
  world().make_directories(at("d"));
  EXPECT_TRUE(told(ChangeKind::kCreated, "d"));
  if (world().set_mode(at("d"), 0700)) {
    EXPECT_TRUE(told(ChangeKind::kAttributes, "d"));
  }
  world().rename(at("d"), at("e"));
  EXPECT_TRUE(told(ChangeKind::kCreated, "e"));
  EXPECT_TRUE(world().settles());
  EXPECT_EQ(world().count(ChangeKind::kRemoved, at("d")), 1u);
  // It is watched under its new name.
  world().write(at("e/f"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "e/f"));
  world().remove_all(at("e"));
  EXPECT_TRUE(told(ChangeKind::kRemoved, "e"));
  EXPECT_TRUE(world().settles());
}

TEST_P(BackendContract, TellsASaveByRenameAsOneModification) {
  file(at("d/f"));
  start();
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t before = world().count(ChangeKind::kModified, at("d/f"));
    world().write(at("d/.f.tmp"), std::string(static_cast<std::size_t>(i), 'x'));
    world().rename(at("d/.f.tmp"), at("d/f"));
    EXPECT_TRUE(world().run_until(
        [&] { return world().count(ChangeKind::kModified, at("d/f")) > before; }));
  }
  EXPECT_TRUE(world().settles());
  EXPECT_EQ(world().count(ChangeKind::kRemoved, at("d/f")), 0u);
  EXPECT_EQ(world().count(ChangeKind::kCreated, at("d/f")), 0u);
}

TEST_P(BackendContract, FindsAFileInDirectoriesMadeTheMomentBefore) {
  start();
  for (int i = 0; i < 40; ++i) {
    const std::string top = "t" + std::to_string(i);
    file(at(top + "/a/b/c/d/f"));
    if (i % 8 == 0) (void)world().run_until([] { return false; }, milliseconds(i));
  }
  EXPECT_TRUE(world().settles());
  EXPECT_EQ(world().count(ChangeKind::kCreated), 40u * 6);
}

TEST_P(BackendContract, FollowsTreesThatAreCopiedMovedAndRemoved) {
  for (int i = 0; i < 60; ++i)
    file(
        out("t/" + std::to_string(i % 7) + "/" + std::to_string(i % 3) + "/f" + std::to_string(i)));
  start();
  world().copy_all(out("t"), at("copy"));
  EXPECT_TRUE(world().settles());
  world().copy_all(out("t"), at("t"));
  world().rename(out("t"), at("in"));
  world().rename(at("copy"), at("in/within"));
  EXPECT_TRUE(world().settles());
  world().rename(at("in"), out("out"));
  world().append(out("out/0/0/f0"), "not ours any more");
  world().rename(at("t/1"), at("1"));
  world().append(at("1/1/f1"), "more");
  EXPECT_TRUE(world().settles());
  world().remove_all(at("t"));
  world().remove_all(at("1"));
  EXPECT_TRUE(world().settles());
  EXPECT_TRUE(world().knows_nothing());
}

TEST_P(BackendContract, SurvivesARemovalDuringTheFirstScan) {
  for (int i = 0; i < 300; ++i)
    file(
        at("t/" + std::to_string(i % 40) + "/" + std::to_string(i % 3) + "/f" + std::to_string(i)));
  world().begin();
  ASSERT_TRUE(world().run_until([&] { return world().directories() > 10; }));
  world().remove_all(at("t"));
  EXPECT_TRUE(world().settles());
  world().write(at("f"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "f"));
}

TEST_P(BackendContract, FollowsADirectoryThatBecomesAFileAndBack) {
  file(at("d/sub/f"));
  start();
  for (int i = 0; i < 5; ++i) {
    world().remove_all(at("d"));
    world().write(at("d"), "text");
    EXPECT_TRUE(world().settles());
    world().remove_all(at("d"));
    file(at("d/sub/f"));
    EXPECT_TRUE(world().settles());
  }
}

TEST_P(BackendContract, IsNotDeafenedByADirectoryMadeAnew) {
  world().make_directories(at("p/d"));
  start();
  // The file system hands the same inode out again and again.
  for (int i = 0; i < 200; ++i) {
    world().remove_all(at("p/d"));
    world().make_directories(at("p/d"));
    if (i % 3 == 0) world().write(at("p/d/f"), std::to_string(i));
    if (i % 20 == 0) {
      EXPECT_TRUE(world().settles());
    }
  }
  EXPECT_TRUE(world().settles());
  world().write(at("p/d/last"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "p/d/last"));
  EXPECT_TRUE(world().settles());
  // By its own watch or sweep, not by the background reconcile.
  EXPECT_EQ(world().lost_hints(), 0u);
}

TEST_P(BackendContract, TellsADirectoryFromAChildOfTheSameName) {
  file(at("s/s"));
  start();
  const bool moded = world().set_mode(at("s"), 0700);
  if (moded) {
    EXPECT_TRUE(told(ChangeKind::kAttributes, "s"));
  }
  EXPECT_TRUE(world().set_mode(at("s/s"), 0600));
  EXPECT_TRUE(told(ChangeKind::kAttributes, "s/s"));
  world().remove_all(at("s/s"));
  EXPECT_TRUE(told(ChangeKind::kRemoved, "s/s"));
  world().make_directories(at("s/s/s"));
  EXPECT_TRUE(told(ChangeKind::kCreated, "s/s/s"));
  EXPECT_TRUE(world().settles());
  EXPECT_EQ(world().count(ChangeKind::kAttributes, at("s")), moded ? 1u : 0u);
}

TEST_P(BackendContract, SeesWritesThatTimestampsDoNotShow) {
  file(at("d/f"));
  start();
  EXPECT_TRUE(world().settles());
  std::uint64_t missed = 0;
  for (char byte = 'a'; byte <= 'z'; ++byte) {
    // Twice within a tick, of the same size; what comes between may or may not be seen.
    world().overwrite(at("d/f"), "...." + std::string(1, byte));
    world().overwrite(at("d/f"), std::string(1, byte) + "....");
    const std::uint64_t before = world().count(ChangeKind::kModified, at("d/f"));
    missed +=
        world().run_until([&] { return world().count(ChangeKind::kModified, at("d/f")) > before; },
                          seconds(5))
            ? 0
            : 1;
  }
  EXPECT_EQ(missed, 0u);
}

TEST_P(BackendContract, SeesHardLinksAsFilesOfTheirOwn) {
  file(at("a/f"));
  world().make_directories(at("b"));
  start();
  world().hard_link(at("a/f"), at("b/g"));
  EXPECT_TRUE(told(ChangeKind::kCreated, "b/g"));
  world().append(at("b/g"), "more");
  EXPECT_TRUE(told(ChangeKind::kModified, "b/g"));
  // The kernel tells of the name that was written through; the other is found in the background.
  EXPECT_TRUE(told(ChangeKind::kModified, "a/f"));
  world().remove_all(at("a/f"));
  EXPECT_TRUE(told(ChangeKind::kRemoved, "a/f"));
  EXPECT_TRUE(world().settles());
  EXPECT_TRUE(world().knows(at("b/g")));
}

}  // namespace pawl
