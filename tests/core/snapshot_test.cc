#include "core/snapshot.h"

#define XXH_INLINE_ALL
#include <gtest/gtest.h>
#include <xxhash.h>

#include <random>

namespace pawl {
namespace {

std::vector<RootSnapshot> some() {
  RootSnapshot root{.path = "/a/\xff", .mount_type = "ext4", .recursive = true, .inode = 7, .device = 8};
  SnapshotDirectory top{.self = {.inode = 7, .device = 8, .digest = 77}, .listed = true};
  top.entries.push_back({.name = "d", .stamp = {.inode = 9, .type = FileType::kDirectory}, .followed = true});
  top.entries.push_back({.name = std::string("odd\0name", 8),
                         .stamp = {.inode = UINT64_MAX,
                                   .size = -1,
                                   .mtime_ns = -5,
                                   .ctime_ns = INT64_MAX,
                                   .owner = UINT32_MAX,
                                   .mode = 07777,
                                   .type = FileType::kFile},
                         .unsettled = true,
                         .content = 77});
  SnapshotDirectory below{.parent = 0,
                          .name = "d",
                          .self = {.inode = 9, .device = 99, .digest = 88},
                          .self_unsettled = true,
                          .link = true};
  root.directories = {top, below};
  return {root, RootSnapshot{.path = "/", .follow_symlinks = true, .directories = {top}}};
}

// The file with other content, and what goes with that.
std::string resealed(std::string file) {
  const std::uint64_t sum = XXH3_64bits(file.data(), file.size() - 8);
  for (std::size_t i = 0; i < 8; ++i)
    file[file.size() - 8 + i] = static_cast<char>(sum >> (8 * i));
  return file;
}

TEST(Snapshot, ComesBackAsItWas) {
  const std::string file = encode_snapshot(some());
  const auto back = decode_snapshot(file, "f");
  ASSERT_TRUE(back.ok()) << back.status().message();
  ASSERT_EQ(back->size(), 2U);
  EXPECT_EQ(encode_snapshot(*back), file);
  const RootSnapshot& root = back->front();
  EXPECT_EQ(root.path, "/a/\xff");
  EXPECT_EQ(root.mount_type, "ext4");
  ASSERT_EQ(root.directories.size(), 2U);
  EXPECT_EQ(root.directories[0].parent, UINT32_MAX);
  const SnapshotEntry& odd = root.directories[0].entries[1];
  const SnapshotEntry wanted = some()[0].directories[0].entries[1];
  EXPECT_EQ(odd.name, wanted.name);
  EXPECT_EQ(odd.stamp, wanted.stamp);
  EXPECT_TRUE(odd.unsettled);
  EXPECT_EQ(odd.content, 77U);
  EXPECT_EQ(root.directories[1].self.device, 99U);
  EXPECT_EQ(root.directories[1].self.digest, 88U);
  EXPECT_TRUE(root.directories[1].link);
  EXPECT_TRUE((*back)[1].follow_symlinks);
}

TEST(Snapshot, OfNothingIsOneToo) {
  const auto back = decode_snapshot(encode_snapshot({}), "f");
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(back->empty());
}

// Even where the checksum fits: a file may come from anywhere.
TEST(Snapshot, IsReadWithoutTrustInWhatItSays) {
  const std::string whole = encode_snapshot(some());
  std::mt19937 random(1);
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string file = whole;
    for (unsigned changes = 1 + random() % 3; changes > 0; --changes)
      file[20 + random() % (file.size() - 28)] = static_cast<char>(random());
    const auto back = decode_snapshot(resealed(file), "f");
    if (!back.ok()) {
      ASSERT_EQ(back.status().code(), Code::kCorrupt);
      ++refused;
      continue;
    }
    // What is let through makes sense as a tree.
    for (const RootSnapshot& root : *back) {
      for (std::size_t i = 0; i < root.directories.size(); ++i) {
        const SnapshotDirectory& directory = root.directories[i];
        ASSERT_TRUE(i == 0 ? directory.parent == UINT32_MAX : directory.parent < i);
        ASSERT_EQ(directory.name.find('/'), std::string::npos);
      }
    }
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace pawl
