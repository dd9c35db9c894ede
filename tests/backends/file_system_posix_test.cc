// The real file system: the contract, both ways of staying inside a root, and what only a real
// disk has.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "backends/disk_file_system.h"
#include "backends/file_system.h"
#include "tests/backends/file_system_contract.h"
#include "tests/backends/scratch_world.h"

namespace pawl {
namespace {

// Not /proc/self, which is a link itself.
const std::string kOwnProc = "/proc/" + std::to_string(::getpid());

struct RealWorld : ScratchWorld {
  RealWorld() : ScratchWorld(make_file_system()) {}
};

struct ByNameWorld : ScratchWorld {
  ByNameWorld()
      : ScratchWorld(std::make_unique<DiskFileSystem>(DiskFileSystem::Confine::kByName)) {}
};

INSTANTIATE_TYPED_TEST_SUITE_P(Real, FileSystemContract, RealWorld);
INSTANTIATE_TYPED_TEST_SUITE_P(ByName, FileSystemContract, ByNameWorld);

TEST(PosixFileSystem, FilesWithoutASizeAreReadWhole) {
  if (::access("/proc/self/status", R_OK) != 0) GTEST_SKIP() << "no /proc";
  const auto content = make_file_system()->read("/proc/sys/kernel", "ostype", {});
  ASSERT_TRUE(content.ok()) << content.status().message();
  EXPECT_EQ(content->bytes, "Linux\n");
  EXPECT_EQ(content->stamp.size, 0);
}

TEST(PosixFileSystem, AFileThatGrowsBeyondTheLimitWhileItIsReadIsTooLarge) {
  // Such a file says that its size is 0 and then holds more.
  if (::access("/proc/self/status", R_OK) != 0) GTEST_SKIP() << "no /proc";
  const auto content = make_file_system()->read(kOwnProc, "status", {.size_max = 10});
  ASSERT_FALSE(content.ok());
  EXPECT_EQ(content.status().code(), Code::kTooLarge) << content.status().message();
}

TEST(PosixFileSystem, LinksOfProcDoNotLeadOut) {
  if (::access("/proc/self/root", F_OK) != 0) GTEST_SKIP() << "no /proc";
  for (const auto confine :
       {DiskFileSystem::Confine::kByKernel, DiskFileSystem::Confine::kByName}) {
    DiskFileSystem files(confine);
    const auto content = files.read(kOwnProc, "root/etc/passwd", {.follow_symlinks = true});
    ASSERT_FALSE(content.ok());
    EXPECT_TRUE(content.status().code() == Code::kEscapes ||
                content.status().code() == Code::kInvalid)
        << content.status().message();
  }
}

// At once where the system can, since the fewer calls the more races.
void exchange(const std::string& a, const std::string& b) {
#ifdef RENAME_EXCHANGE
  if (::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0) return;
#endif
  const std::string rest = a + ".rest";
  std::rename(a.c_str(), rest.c_str());
  std::rename(b.c_str(), a.c_str());
  std::rename(rest.c_str(), b.c_str());
}

// While a directory on the way is exchanged for a link that leads out, again and again, a read gets
// the file inside or an error, never the one outside.
template <class World>
void race_a_link(bool follow_symlinks) {
  World world;
  const std::string root = world.root() + "/root";
  for (const char* name : {"/root", "/root/way", "/out"}) world.make_directory(world.root() + name);
  world.write(root + "/way/file", "inside");
  world.write(world.root() + "/out/file", "outside");
  world.link("../out", root + "/trap");
  std::atomic<bool> done = false;
  std::thread swapper([&] {
    while (!done) exchange(root + "/way", root + "/trap");
  });
  int inside = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto content = world.files().read(root, "way/file", {.follow_symlinks = follow_symlinks});
    if (!content.ok()) continue;
    EXPECT_EQ(content->bytes, "inside");
    ++inside;
  }
  for (int i = 0; i < 20'000; ++i) {
    const auto way = world.files().open_directory(root, "way", follow_symlinks);
    if (!way.ok()) continue;
    const auto content = (*way)->read("file", 100);
    ASSERT_TRUE(content.ok()) << content.status().message();
    EXPECT_EQ(content->bytes, "inside");
  }
  done = true;
  swapper.join();
  EXPECT_GT(inside, 0);
}

TEST(PosixFileSystem, ARaceWithALinkNeverLeadsOut) {
  race_a_link<RealWorld>(false);
}
TEST(PosixFileSystem, ARaceWithAFollowedLinkNeverLeadsOut) {
  race_a_link<RealWorld>(true);
}
TEST(PosixFileSystem, ARaceByNameNeverLeadsOut) {
  race_a_link<ByNameWorld>(false);
}
TEST(PosixFileSystem, ARaceByNameWithAFollowedLinkNeverLeadsOut) {
  race_a_link<ByNameWorld>(true);
}

TEST(PosixFileSystem, ListingWhileEntriesComeAndGoHoldsTheOnesThatStay) {
  RealWorld world;
  for (int i = 0; i < 500; ++i) world.write(world.root() + "/stays" + std::to_string(i), "");
  std::atomic<bool> done = false;
  std::thread churn([&] {
    for (int i = 0; !done; ++i) {
      const std::string path = world.root() + "/comes" + std::to_string(i % 50);
      std::FILE* file = std::fopen(path.c_str(), "w");
      if (file != nullptr) std::fclose(file);
      std::remove(path.c_str());
    }
  });
  for (int i = 0; i < 100; ++i) {
    Stamp self;
    std::vector<DirectoryEntry> entries;
    EXPECT_TRUE(world.files().list(world.root(), {}, self, entries).ok());
    EXPECT_EQ(std::count_if(entries.begin(), entries.end(),
                            [](const auto& entry) { return entry.name.starts_with("stays"); }),
              500);
  }
  done = true;
  churn.join();
}

TEST(PosixFileSystem, TheRootDirectoryIsADirectoryLikeAnyOther) {
  const auto files = make_file_system();
  Stamp self;
  std::vector<DirectoryEntry> entries;
  EXPECT_TRUE(files->list("/", {}, self, entries).ok());
  EXPECT_FALSE(entries.empty());
  EXPECT_TRUE(files->follow("/", "/tmp").ok());
  EXPECT_TRUE(files->follow("/", "/").ok());
}

}  // namespace
}  // namespace pawl
