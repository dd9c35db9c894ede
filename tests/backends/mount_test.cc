#include "backends/mount.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "backends/file_system.h"

namespace pawl {
namespace {

TEST(Mount, LocalFileSystemsTellAll) {
  for (const std::uint64_t magic : {0xef53u, 0x58465342u, 0x9123683eu, 0x01021994u, 0x794c7630u}) {
    const Mount mount = classify_magic(magic);
    EXPECT_TRUE(mount.tells_all) << mount.type;
    EXPECT_FALSE(mount.may_hang) << mount.type;
    EXPECT_EQ(mount.granularity, milliseconds(20)) << mount.type;
  }
}

TEST(Mount, RemoteFileSystemsTellLittleAndMayHang) {
  const std::pair<std::uint64_t, const char*> remote[] = {
      {0x6969, "nfs"},        {0x517b, "smb"},      {0xff534d42, "cifs"},   {0xfe534d42, "smb2"},
      {0x01021997, "9p"},     {0x65735546, "fuse"}, {0x786f4256, "vboxsf"}, {0x00c36400, "ceph"},
      {0x0bd00bd0, "lustre"}, {0x47504653, "gpfs"}, {0x5346414f, "afs"},    {0x6b414653, "kafs"},
      {0x7461636f, "ocfs2"},  {0x01161970, "gfs2"}, {0x73757245, "coda"},   {0x564c, "ncp"}};
  for (const auto& [magic, type] : remote) {
    const Mount mount = classify_magic(magic);
    EXPECT_EQ(mount.type, type);
    EXPECT_FALSE(mount.tells_all) << type;
    EXPECT_TRUE(mount.may_hang) << type;
    EXPECT_GE(mount.granularity, seconds(1)) << type;
  }
}

TEST(Mount, WhatTheKernelMakesUpIsPolledAndNeverHangs) {
  for (const std::uint64_t magic : {0x9fa0u, 0x62656572u, 0x63677270u}) {
    const Mount mount = classify_magic(magic);
    EXPECT_FALSE(mount.tells_all) << mount.type;
    EXPECT_FALSE(mount.may_hang) << mount.type;
  }
}

TEST(Mount, ASignExtendedMagicIsTheSame) {
  EXPECT_EQ(classify_magic(0xffffffffff534d42u), classify_magic(0xff534d42u));
}

TEST(Mount, UnknownMagicIsTakenToBeLocalAndIsShown) {
  const Mount mount = classify_magic(0x12345678);
  EXPECT_EQ(mount.type, "unknown (0x12345678)");
  EXPECT_TRUE(mount.tells_all);
  EXPECT_FALSE(mount.may_hang);
}

TEST(Mount, CoarseStampsAreKnown) {
  EXPECT_EQ(classify_magic(0x4d44).granularity, seconds(2));
  EXPECT_EQ(classify_magic(0x2011bab0).granularity, seconds(2));
  EXPECT_EQ(classify_magic(0x482b).granularity, seconds(1));
  EXPECT_EQ(classify_name("msdos").granularity, seconds(2));
  EXPECT_EQ(classify_name("hfs").granularity, seconds(1));
}

// There a name that is found says nothing of how it is listed.
TEST(Mount, WhatFoldsNamesIsKnown) {
  for (const char* name : {"apfs", "hfs", "msdos", "exfat", "smbfs", "newfs"})
    EXPECT_TRUE(classify_name(name).folds_names) << name;
  for (const char* name : {"ufs", "tmpfs", "nfs"}) EXPECT_FALSE(classify_name(name).folds_names) << name;
  for (const char* type : {"vfat", "exfat", "ntfs3", "hfsplus", "cifs"})
    EXPECT_TRUE(classify_type(type).folds_names) << type;
  for (const char* type : {"ext4", "xfs", "btrfs", "tmpfs", "overlay", "nfs4", "fuse", "unheard"})
    EXPECT_FALSE(classify_type(type).folds_names) << type;
  // Windows' look() tells spellings apart by itself.
  EXPECT_FALSE(classify_volume("NTFS", false).folds_names);
}

TEST(Mount, NamesOfMacosAreKnown) {
  EXPECT_TRUE(classify_name("apfs").tells_all);
  EXPECT_FALSE(classify_name("apfs").may_hang);
  for (const char* name : {"nfs", "smbfs", "afpfs", "webdav", "macfuse", "osxfuse"}) {
    EXPECT_FALSE(classify_name(name).tells_all) << name;
    EXPECT_TRUE(classify_name(name).may_hang) << name;
  }
  EXPECT_FALSE(classify_name("devfs").tells_all);
  EXPECT_FALSE(classify_name("devfs").may_hang);
  EXPECT_EQ(classify_name("newfs").type, "unknown (newfs)");
  EXPECT_TRUE(classify_name("newfs").tells_all);
}

TEST(Mount, ProcIsFoundOut) {
  if (::access("/proc/self/status", F_OK) != 0) GTEST_SKIP() << "no /proc";
  const auto mount = make_file_system()->mount("/proc");
  ASSERT_TRUE(mount.ok()) << mount.status().message();
  EXPECT_EQ(mount->type, "proc");
}

TEST(Mount, SharedMemoryIsTmpfs) {
  if (::access("/dev/shm", F_OK) != 0) GTEST_SKIP() << "no /dev/shm";
  const auto mount = make_file_system()->mount("/dev/shm");
  ASSERT_TRUE(mount.ok()) << mount.status().message();
  if (mount->type != "tmpfs") GTEST_SKIP() << "/dev/shm is " << mount->type;
  EXPECT_TRUE(mount->tells_all);
}

}  // namespace
}  // namespace pawl
