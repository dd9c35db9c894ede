// Volumes on which a look finds a name in another spelling than the one that is listed: macOS, FAT
// and others.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/fallback/hand_driven.h"

namespace pawl {
namespace {

class FoldedNames : public testing::Test {
 protected:
  FoldedNames() {
    world.disk.mounts[1] = Mount{.type = "apfs", .folds_names = true};
    world.disk.directory("/r");
    world.disk.directory("/r/d");
    world.disk.file("/r/d/Readme.md");
    world.pass(seconds(1));
    world.reconciler.add_root(
        RootOptions{.path = "/r",
                    .ignored = [](std::string_view path, bool) { return path.ends_with(".log"); }},
        world.now);
    world.run();
    EXPECT_TRUE(world.reconciler.ready(0));
    world.pass(seconds(1));
    world.changes.clear();
  }
  // What was told, as "+path", "-path", "~path".
  std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (const Change& change : world.changes)
      lines.push_back((change.kind == ChangeKind::kCreated   ? "+"
                       : change.kind == ChangeKind::kRemoved ? "-"
                                                             : "~") +
                      change.path);
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  std::vector<std::string> known() const {
    std::vector<std::string> names;
    for (const Entry& entry : world.directory("d").entries) names.emplace_back(entry.name());
    std::sort(names.begin(), names.end());
    return names;
  }
  using Lines = std::vector<std::string>;

  HandDriven world;
};

TEST_F(FoldedNames, ARenameOfNothingButCaseIsOne) {
  world.disk.rename("/r/d/Readme.md", "README.md");
  world.hint("d", "Readme.md");
  world.hint("d", "README.md");
  world.run();
  EXPECT_EQ(known(), Lines{"README.md"});
  EXPECT_EQ(told(), (Lines{"+/r/d/README.md", "-/r/d/Readme.md"}));
  EXPECT_EQ(world.changes.front().inode, world.changes.back().inode);
  // A hint that is late, of the name that is no more.
  world.hint("d", "Readme.md");
  world.run();
  EXPECT_EQ(known(), Lines{"README.md"});
  EXPECT_EQ(told().size(), 2u);
}

TEST_F(FoldedNames, AHintInAnotherSpellingMakesNoSecondEntry) {
  Stamp& stamp = world.disk.at("/r/d/Readme.md");
  stamp.mtime_ns = stamp.ctime_ns = world.disk.wall;
  ++stamp.size;
  world.hint("d", "readme.MD");
  world.run();
  EXPECT_EQ(known(), Lines{"Readme.md"});
  EXPECT_EQ(told(), Lines{"~/r/d/Readme.md"});
}

TEST_F(FoldedNames, ARemovalThatIsToldInAnotherSpellingIsSeen) {
  world.disk.remove("/r/d/Readme.md");
  world.hint("d", "README.MD");
  world.run();
  EXPECT_EQ(known(), Lines{});
  EXPECT_EQ(told(), Lines{"-/r/d/Readme.md"});
}

// Only what a hint says of a name that is not known is worth a listing.
TEST_F(FoldedNames, WhatIsKnownOrIgnoredIsLookedAtByItsName) {
  world.disk.file("/r/d/build.log");
  world.disk.file("/r/d/new");
  for (const auto& [name, kind] :
       {std::pair{"Readme.md", LookKind::kNames}, std::pair{"build.log", LookKind::kNames},
        std::pair{"new", LookKind::kList}}) {
    world.hint("d", name);
    world.step();
    const auto look =
        std::find_if(world.looks.begin(), world.looks.end(),
                     [](const LookRequest& request) { return request.path == "/r/d"; });
    ASSERT_NE(look, world.looks.end()) << name;
    EXPECT_EQ(look->kind, kind) << name;
    world.answer();
    world.run();
  }
  EXPECT_EQ(known(), (Lines{"Readme.md", "new"}));
}

}  // namespace
}  // namespace pawl
