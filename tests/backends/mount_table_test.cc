// The table of mounts as text, and as this system has it.
#include "backends/mount_table.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "backends/file_system.h"
#include "backends/mount.h"

namespace pawl {
namespace {

using Table = std::vector<MountPoint>;

TEST(MountTable, TellsPlaceDeviceAndWhetherItMayHang) {
  const Table table = parse_mount_table(
      "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
      "31 22 0:49 / /srv/data rw,nosuid shared:2 master:3 - fuse.sshfs host:/ rw,user_id=0\n"
      "32 22 0:50 /sub /srv/nfs rw - nfs4 host:/export rw\n");
  EXPECT_EQ(
      table,
      (Table{{"/", 254 << 8, 22, false}, {"/srv/data", 49, 31, true}, {"/srv/nfs", 50, 32, true}}));
}

TEST(MountTable, KnowsLargeDeviceNumbersAsStatTellsThem) {
  const Table table = parse_mount_table("22 1 259:1048575 / / rw - xfs /dev/nvme rw\n");
  ASSERT_EQ(table.size(), 1u);
  EXPECT_EQ(table[0].device, 0xfff103ffu);
}

TEST(MountTable, NamesMayHoldSpacesAndNewlines) {
  const Table table =
      parse_mount_table("22 1 0:1 / /a\\040b\\012c\\134d rw - tmpfs tmpfs rw\nnonsense\n\n");
  ASSERT_EQ(table.size(), 1u);
  EXPECT_EQ(table[0].path, "/a b\nc\\d");
}

// What another mount covers can't be reached by its path, and is nobody's business.
TEST(MountTable, LeavesOutWhatAnotherMountHides) {
  const Table table = parse_mount_table(
      "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
      "40 22 0:40 / /m/deep/inner rw - fuse.a a rw\n"
      "41 40 0:41 / /m/deep/inner/most rw - tmpfs t rw\n"
      "42 22 0:42 / /m rw - ext4 /dev/vdb rw\n"
      "43 42 0:43 / /m rw - tmpfs over rw\n"
      "44 43 0:44 / /m/seen rw - nfs4 host:/ rw\n");
  EXPECT_EQ(table,
            (Table{{"/", 254 << 8, 22, false}, {"/m", 43, 43, false}, {"/m/seen", 44, 44, true}}));
}

TEST(MountTable, TypesAreClassifiedByName) {
  for (const char* type : {"fuse", "fuse.bindfs", "fuseblk", "nfs", "nfs4", "cifs", "smb3", "9p",
                           "virtiofs", "ceph", "vboxsf", "lustre", "afs", "autofs"})
    EXPECT_TRUE(classify_type(type).may_hang) << type;
  for (const char* type :
       {"ext4", "xfs", "btrfs", "tmpfs", "overlay", "proc", "fusectl", "unheard"})
    EXPECT_FALSE(classify_type(type).may_hang) << type;
}

TEST(MountTable, OfThisSystemAgreesWithWhatItsDirectoriesSay) {
  uv_loop_t loop;
  uv_loop_init(&loop);
  {
    MountTable table(&loop, [](Table) {});
    const Table mounts = table.read();
#ifdef __linux__
    ASSERT_FALSE(mounts.empty());
#endif
    const std::unique_ptr<FileSystem> files = make_file_system();
    for (const MountPoint& mount : mounts) {
      if (mount.may_hang) continue;
      const Result<Stamp> stamp = files->stat(mount.path);
      // A subvolume of btrfs has a device number that no table tells.
      const Result<Mount> kind = files->mount(mount.path);
      if (!stamp.ok() || !kind.ok() || kind->type == "btrfs") continue;
      EXPECT_EQ(stamp->device, mount.device) << mount.path;
    }
  }
  uv_run(&loop, UV_RUN_NOWAIT);
  EXPECT_EQ(uv_loop_close(&loop), 0);
}

}  // namespace
}  // namespace pawl
