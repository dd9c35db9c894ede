// Long names, strange names, deep, wide and forbidden directories, links in circles.
#include "tests/fallback/watch_contract.h"

#include <filesystem>

namespace pawl {
namespace {

namespace fs = std::filesystem;

class WatchNames : public WatchContract {};

INSTANTIATE_TEST_SUITE_P(Ways, WatchNames, testing::ValuesIn(kWays), way_name);

TEST_P(WatchNames, AreBytesAndUpTo255OfThem) {
  const std::string names[] = {std::string(255, 'n'),
                               "two\nlines",
#ifndef __APPLE__  // whose file systems refuse what is no UTF-8
                               "\xff\xfe not UTF-8 \x80",
#endif
                               " ",
                               "...",
                               "back\\slash",
                               "quote\"'",
                               "\x01\x7f",
                               "-rf",
                               "tab\t"};
  start();
  for (const std::string& name : names) {
    fs::create_directory(at(name));
    write_file(at(name + "/" + name), "text");
  }
  EXPECT_TRUE(watching.settles());
  for (const std::string& name : names) append_file(at(name + "/" + name), "more");
  for (const std::string& name : names) {
    EXPECT_TRUE(told(ChangeKind::kCreated, name + "/" + name)) << name;
    EXPECT_TRUE(told(ChangeKind::kModified, name + "/" + name)) << name;
    fs::remove_all(at(name));
  }
  EXPECT_TRUE(watching.settles());
  EXPECT_TRUE(watching.known().empty());
}

TEST_P(WatchNames, MayMakePathsLongerThan4096Bytes) {
  const std::string name(200, 'd');
  ASSERT_TRUE(make_deep(tree.root(), name, 22));
  std::string end = tree.root();
  for (int i = 0; i < 22; ++i) end += "/" + name;
  end += "/end";
  ASSERT_GT(end.size(), 4096u);
  start();
  EXPECT_TRUE(watching.knows(end));
  ASSERT_TRUE(touch_deep(tree.root(), name, 22));
  EXPECT_TRUE(watching.run_until([&] { return watching.count(ChangeKind::kModified, end) > 0; }));
  EXPECT_TRUE(watching.settles());
  // What can't be watched so is polled, and not asked for at every turn.
  const std::uint64_t looks = watching.watcher().metrics().looks;
  watching.run_for(milliseconds(500));
  EXPECT_LT(watching.watcher().metrics().looks - looks, 23 * 40u);
}

TEST_P(WatchNames, MayLie200DirectoriesDeep) {
  start();
  ASSERT_TRUE(make_deep(tree.root(), "d", 200));
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kCreated), 201);
  ASSERT_TRUE(touch_deep(tree.root(), "d", 200));
  EXPECT_TRUE(watching.settles());
  ASSERT_TRUE(shell("rm -rf " + at("d")));
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kRemoved), 201);
}

TEST_P(WatchNames, MayBe10000InOneDirectory) {
  tree.directory("d");
  start();
  ASSERT_TRUE(shell("cd " + at("d") + " && seq 1 10000 | xargs touch"));
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kCreated), 10'000);
  append_file(at("d/5000"), "text");
  EXPECT_TRUE(told(ChangeKind::kModified, "d/5000"));
  ASSERT_TRUE(shell("cd " + at("d") + " && seq 1 2 10000 | xargs rm"));
  EXPECT_TRUE(watching.settles());
  EXPECT_EQ(watching.count(ChangeKind::kRemoved), 5000);
}

TEST_P(WatchNames, OfLinksInCirclesAreFollowedOnce) {
  tree.file("a/f");
  tree.link(".", "a/here");
  tree.link("..", "a/up");
  tree.link("../b", "a/b");
  tree.directory("b");
  tree.link("../a", "b/a");
  tree.link("nowhere", "broken");
  tree.link("/etc", "outside");
  tree.link("self", "self");
  RootOptions options = root();
  options.follow_symlinks = true;
  watching.start(std::move(options));
  EXPECT_TRUE(watching.knows(at("a/b/a")));
  EXPECT_FALSE(watching.knows(at("a/here/f")));
  EXPECT_FALSE(watching.knows(at("a/up/a")));
  EXPECT_FALSE(watching.knows(at("outside/passwd")));
  write_file(at("b/g"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "b/g"));
  EXPECT_TRUE(told(ChangeKind::kCreated, "a/b/g"));
  // A circle that is closed later is the same as one that was there.
  tree.directory("c");
  tree.link("../c", "c/here");
  EXPECT_TRUE(told(ChangeKind::kCreated, "c/here"));
  write_file(at("c/h"), "text");
  EXPECT_TRUE(told(ChangeKind::kCreated, "c/h"));
  watching.run_for(milliseconds(200));
  EXPECT_FALSE(watching.knows(at("c/here/h")));
}

TEST_P(WatchNames, InAnUnreadableDirectoryAreSeenWhenItBecomesReadable) {
  if (!is_root_user()) GTEST_SKIP() << "only root may become another user";
  const std::string scratch = tree.root();
  if (!others_may_reach(scratch.substr(0, scratch.rfind('/'))))
    GTEST_SKIP() << "the scratch folder lies in one that is closed to other users: " << scratch;
  constexpr unsigned kNobody = 65534;
  tree.file("d/sub/f");
  tree.directory("ready");
  ASSERT_TRUE(shell("chown -R 65534:65534 " + tree.root()));
  ASSERT_TRUE(shell("chmod 000 " + at("d/sub")));
  Child child(
      [&] {
        Watching own(options());
        own.start(root());
        EXPECT_EQ(own.coverage(Mode::kUnreachable, Reason::kPermission), 1);
        EXPECT_FALSE(own.knows(at("d/sub/f")));
        const std::uint64_t looks = own.watcher().metrics().looks;
        own.run_for(milliseconds(300));
        EXPECT_LT(own.watcher().metrics().looks - looks, 100u) << "it is asked for all the time";
        EXPECT_TRUE(shell("chmod 700 " + at("d/sub")));
        EXPECT_TRUE(own.run_until([&] { return own.knows(at("d/sub/f")); }, seconds(5)));
        write_file(at("d/sub/g"), "text");
        EXPECT_TRUE(own.run_until([&] { return own.knows(at("d/sub/g")); }));
        // Unreadable again: what was known stays.
        EXPECT_TRUE(shell("chmod 000 " + at("d/sub")));
        own.run_for(milliseconds(200));
        EXPECT_TRUE(own.knows(at("d/sub/f")));
        EXPECT_TRUE(shell("chmod 755 " + at("d/sub")));
        EXPECT_TRUE(own.settles());
      },
      kNobody);
  EXPECT_TRUE(child.wait());
}

}  // namespace
}  // namespace pawl
