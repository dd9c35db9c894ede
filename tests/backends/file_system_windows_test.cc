// The real file system on Windows: the contract, and what only Windows has.
#include <gtest/gtest.h>
#include <windows.h>

#include <cerrno>

#include "backends/file_system.h"
#include "backends/wide_path.h"
#include "backends/windows_open.h"
#include "tests/backends/file_system_contract.h"
#include "tests/backends/scratch_world.h"

namespace pawl {
namespace {

struct RealWorld : ScratchWorld {
  RealWorld() : ScratchWorld(make_file_system()) {}
};

INSTANTIATE_TYPED_TEST_SUITE_P(Real, FileSystemContract, RealWorld);

Looked look(FileSystem& files, const std::string& folder, std::string_view name) {
  Stamp self;
  std::vector<Looked> looked;
  const Status status = files.look(folder, {&name, 1}, self, looked);
  EXPECT_TRUE(status.ok()) << status.message();
  return looked.size() == 1 ? looked[0] : Looked{};
}

TEST(WindowsFileSystem, ANameIsFoundOnlyAsItIsListed) {
  RealWorld world;
  world.write(world.root() + "/Readme.md", "text");
  EXPECT_EQ(look(world.files(), world.root(), "Readme.md").os_error, 0);
  EXPECT_EQ(look(world.files(), world.root(), "README.MD").os_error, ENOENT);
}

TEST(WindowsFileSystem, ARenameOfNothingButCaseIsOne) {
  RealWorld world;
  world.write(world.root() + "/Readme.md", "text");
  world.rename(world.root() + "/Readme.md", world.root() + "/README.md");
  EXPECT_EQ(look(world.files(), world.root(), "README.md").os_error, 0);
  EXPECT_EQ(look(world.files(), world.root(), "Readme.md").os_error, ENOENT);
}

TEST(WindowsFileSystem, SurrogatesWithoutAPartnerAreNamesLikeAnyOther) {
  RealWorld world;
  const std::string name = from_wide(u"odd \xd800 name");
  world.write(world.root() + "/" + name, "text");
  Stamp self;
  std::vector<DirectoryEntry> entries;
  ASSERT_TRUE(world.files().list(world.root(), {}, self, entries).ok());
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].name, name);
  EXPECT_EQ(look(world.files(), world.root(), name).stamp, entries[0].stamp);
  EXPECT_EQ(world.files().read(world.root(), name, {})->bytes, "text");
}

// Whoever writes it will let go of it: nothing is wrong with the file.
TEST(WindowsFileSystem, AFileThatAWriterKeepsToItselfIsBusy) {
  RealWorld world;
  const std::string path = world.root() + "/file";
  world.write(path, "text");
  std::u16string verbatim;
  ASSERT_TRUE(to_verbatim(path, verbatim));
  {
    const OwnedHandle writer(::CreateFileW(as_wchars(verbatim).c_str(), GENERIC_WRITE, 0, nullptr,
                                           OPEN_EXISTING, 0, nullptr));
    ASSERT_TRUE(writer.ok());
    const Result<FileContent> content = world.files().read(world.root(), "file", {});
    ASSERT_FALSE(content.ok());
    EXPECT_EQ(content.status().code(), Code::kBusy) << content.status().message();
    // What it is can be seen all the same.
    EXPECT_EQ(look(world.files(), world.root(), "file").stamp.size, 4);
  }
  EXPECT_EQ(world.files().read(world.root(), "file", {})->bytes, "text");
}

TEST(WindowsFileSystem, AStreamOfAFileIsNoNameOfItsOwn) {
  RealWorld world;
  world.write(world.root() + "/file", "text");
  EXPECT_EQ(look(world.files(), world.root(), "file:stream").os_error, ENOENT);
  EXPECT_EQ(look(world.files(), world.root(), "file::$DATA").os_error, ENOENT);
  EXPECT_FALSE(world.files().read(world.root(), "file::$DATA", {}).ok());
}

TEST(WindowsFileSystem, TheRootOfADriveIsADirectoryLikeAnyOther) {
  const auto files = make_file_system();
  Stamp self;
  std::vector<DirectoryEntry> entries;
  const Status listed = files->list("C:/", {}, self, entries);
  EXPECT_TRUE(listed.ok()) << listed.message();
  EXPECT_FALSE(entries.empty());
  EXPECT_TRUE(files->follow("C:/", "C:/windows").ok());
  EXPECT_TRUE(files->mount("C:/").ok());
}

TEST(WindowsFileSystem, TheRealPathIsThatOfTheDrive) {
  RealWorld world;
  const Result<std::string> real = world.files().real_path(world.root() + "/.");
  ASSERT_TRUE(real.ok()) << real.status().message();
  EXPECT_EQ(*real, world.root());
}

}  // namespace
}  // namespace pawl
