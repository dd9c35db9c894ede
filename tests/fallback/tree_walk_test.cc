#include "fallback/tree_walk.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "backends/file_system.h"
#include "fallback/examine.h"
#include "tests/fallback/failing_file_system.h"
#include "tests/fallback/temporary_tree.h"

namespace pawl {
namespace {

Examination walk(FileSystem& files, const std::string& path) {
  TreeWalk tree(files, path);
  while (tree.step()) {
  }
  return tree.examination();
}

TEST(TreeWalk, CountsDirectoriesAndFilesOfEveryDepth) {
  TemporaryTree tree;
  tree.directory("a/b/c");
  tree.directory("d");
  tree.file("a/one");
  tree.file("a/b/c/two");
  const Examination found = walk(*make_file_system(), tree.root());
  ASSERT_TRUE(found.status.ok()) << found.status.message();
  ASSERT_EQ(found.mounts.size(), 1u);
  EXPECT_EQ(found.mounts[0].path, tree.root());
  EXPECT_NE(found.mounts[0].mount.type, "");
  EXPECT_EQ(found.directories(), 5u);
  EXPECT_EQ(found.files(), 2u);
  EXPECT_EQ(found.unreachable, 0u);
}

TEST(TreeWalk, DoesNotFollowLinksBelowItsRoot) {
  TemporaryTree tree;
  tree.directory("a/b");
  tree.link("..", "a/b/up");
  const Examination found = walk(*make_file_system(), tree.root());
  EXPECT_EQ(found.directories(), 3u);
  EXPECT_EQ(found.files(), 1u);
}

TEST(TreeWalk, FollowsARootThatIsALink) {
  TemporaryTree tree;
  tree.directory("release/a");
  tree.link("release", "current");
  const Examination found = walk(*make_file_system(), tree.root() + "/current");
  ASSERT_TRUE(found.status.ok()) << found.status.message();
  EXPECT_EQ(found.directories(), 2u);
  EXPECT_EQ(found.mounts.at(0).path, tree.root() + "/current");
}

TEST(TreeWalk, SaysThatARootIsMissing) {
  TemporaryTree tree;
  const Examination found = walk(*make_file_system(), tree.root() + "/nothing");
  EXPECT_EQ(found.status.code(), Code::kNotFound);
  EXPECT_TRUE(found.mounts.empty());
}

TEST(TreeWalk, SaysThatARootIsAFile) {
  TemporaryTree tree;
  tree.file("file");
  EXPECT_EQ(walk(*make_file_system(), tree.root() + "/file").status.code(), Code::kNotDirectory);
}

TEST(TreeWalk, CountsWhatItCannotListAndGoesOn) {
  TemporaryTree tree;
  tree.directory("closed/hidden");
  tree.directory("open/seen");
  FailingFileSystem files;
  files.fail(tree.root() + "/closed", Code::kPermission);
  const Examination found = walk(files, tree.root());
  EXPECT_EQ(found.directories(), 4u);
  EXPECT_EQ(found.unreachable, 1u);
  ASSERT_EQ(found.errors.size(), 1u);
  EXPECT_EQ(found.errors[0].path(), tree.root() + "/closed");
}

TEST(TreeWalk, KeepsFewErrorsOfMany) {
  TemporaryTree tree;
  FailingFileSystem files;
  for (int i = 0; i < 50; ++i) {
    const std::string name = "closed" + std::to_string(i);
    tree.directory(name);
    files.fail(tree.root() + "/" + name, Code::kIo);
  }
  const Examination found = walk(files, tree.root());
  EXPECT_EQ(found.unreachable, 50u);
  EXPECT_EQ(found.errors.size(), Examination::kErrorsMax);
}

TEST(TreeWalk, DoesNotCountWhatGoesAwayMeanwhile) {
  TemporaryTree tree;
  tree.directory("gone");
  FailingFileSystem files;
  files.fail(tree.root() + "/gone", Code::kNotFound);
  const Examination found = walk(files, tree.root());
  EXPECT_EQ(found.directories(), 1u);
  EXPECT_EQ(found.unreachable, 0u);
}

TEST(TreeWalk, AsksAgainWhereTheDeviceChanges) {
  TemporaryTree tree;
  tree.directory("inner/a");
  tree.directory("outer");
  if (!tree.mount_tmpfs("inner")) GTEST_SKIP() << "mounting is not allowed here";
  tree.directory("inner/b/c");
  tree.file("inner/b/file");
  const Examination found = walk(*make_file_system(), tree.root());
  ASSERT_EQ(found.mounts.size(), 2u);
  EXPECT_EQ(found.mounts[0].directories, 2u);
  EXPECT_EQ(found.mounts[1].path, tree.root() + "/inner");
  EXPECT_EQ(found.mounts[1].mount.type, "tmpfs");
  EXPECT_EQ(found.mounts[1].directories, 3u);
  EXPECT_EQ(found.mounts[1].files, 1u);
}

TEST(TreeWalk, FindsAFuseMountInsideANativeTree) {
  TemporaryTree tree;
  tree.directory("below/a/b");
  tree.directory("tree/fuse");
  if (!tree.mount_bindfs("below", "tree/fuse")) GTEST_SKIP() << "bindfs can't mount here";
  const Examination found = walk(*make_file_system(), tree.root() + "/tree");
  ASSERT_EQ(found.mounts.size(), 2u);
  EXPECT_EQ(found.mounts[1].mount.type, "fuse");
  EXPECT_FALSE(found.mounts[1].mount.tells_all);
  EXPECT_EQ(found.mounts[1].directories, 3u);
}

TEST(TreeWalk, SaysWhatIsAskedNext) {
  TemporaryTree tree;
  tree.directory("b");
  tree.directory("a/c");
  const auto files = make_file_system();
  TreeWalk walk(*files, tree.root());
  std::vector<std::string> asked;
  do {
    asked.push_back(walk.next().substr(tree.root().size()));
  } while (walk.step());
  asked.pop_back();  // the step that found nothing left
  EXPECT_EQ(asked, (std::vector<std::string>{"", "/a", "/a/c", "/b"}));
}

TEST(Examine, FindsWhatAWalkFinds) {
  TemporaryTree tree;
  for (int i = 0; i < 600; ++i) tree.directory("d" + std::to_string(i) + "/e");
  const Examination found = examine(make_file_system(), tree.root(), {});
  EXPECT_EQ(found.directories(), 1201u);
  EXPECT_TRUE(found.stalled_at.empty());
}

TEST(Examine, GivesUpADirectoryThatDoesNotAnswer) {
  TemporaryTree tree;
  tree.directory("a");
  tree.directory("hangs");
  const auto files = std::make_shared<FailingFileSystem>();
  files->hang(tree.root() + "/hangs");
  const Examination found =
      examine(files, tree.root(),
              {.answer_timeout = milliseconds(50), .progress_interval = milliseconds(5)});
  EXPECT_EQ(found.stalled_at, tree.root() + "/hangs");
  EXPECT_EQ(found.directories(), 2u);
  files->release();
}

TEST(Examine, SaysThatThereIsNothing) {
  TemporaryTree tree;
  EXPECT_EQ(examine(make_file_system(), tree.root() + "/nothing", {}).status.code(),
            Code::kNotFound);
}

}  // namespace
}  // namespace pawl
