// Magic numbers of Linux file systems: linux/magic.h, statfs(2), and the sources of those that live
// outside the kernel.
#include <fmt/format.h>

#include <utility>

#include "backends/mount.h"

namespace pawl {
namespace {

enum class Kind : std::uint8_t {
  kLocal,      // every change goes through this kernel, which tells of it
  kRemote,     // other hosts, or a process, change it without this kernel's knowing
  kGenerated,  // the kernel makes it up as it is read; it never hangs and never tells
};

struct Known {
  std::uint32_t magic;
  const char* type;
  Kind kind = Kind::kLocal;
  // How coarse its timestamps are. The default is two ticks of a kernel at 100 Hz.
  std::int64_t granularity_ms = 20;
  bool folds_names = false;  // as it is made or mounted most often, or may be
};

constexpr Known kKnown[] = {
    // ext2 and ext3 share the number; mount_of tells their whole seconds from the stamps.
    {0xef53, "ext4"},
    {0x58465342, "xfs"},
    {0x9123683e, "btrfs"},
    {0x01021994, "tmpfs"},
    {0x858458f6, "ramfs"},
    {0x794c7630, "overlay"},
    {0x2fc12fc1, "zfs"},
    {0xf2f52010, "f2fs"},
    {0xca451a4e, "bcachefs"},
    {0x3153464a, "jfs"},
    {0x52654973, "reiserfs", Kind::kLocal, 1000},
    {0x3434, "nilfs2"},
    {0x24051905, "ubifs", Kind::kLocal, 1000},
    {0x72b6, "jffs2", Kind::kLocal, 1000},
    {0x73717368, "squashfs", Kind::kLocal, 1000},
    {0xe0f5e1e2, "erofs"},
    {0x28cd3d45, "cramfs", Kind::kLocal, 1000},
    {0x7275, "romfs", Kind::kLocal, 1000},
    {0x9660, "iso9660", Kind::kLocal, 1000},
    {0x15013346, "udf"},
    {0x4d44, "vfat", Kind::kLocal, 2000, true},
    {0x2011bab0, "exfat", Kind::kLocal, 2000, true},
    {0x7366746e, "ntfs3", Kind::kLocal, 20, true},
    {0x5346544e, "ntfs", Kind::kLocal, 20, true},
    {0x482b, "hfsplus", Kind::kLocal, 1000, true},
    {0x4244, "hfs", Kind::kLocal, 1000, true},
    {0x00011954, "ufs", Kind::kLocal, 1000},
    {0x137f, "minix", Kind::kLocal, 1000},
    {0x138f, "minix", Kind::kLocal, 1000},
    {0x2468, "minix", Kind::kLocal, 1000},
    {0x2478, "minix", Kind::kLocal, 1000},
    {0x4d5a, "minix", Kind::kLocal, 1000},
    {0xf995e849, "hpfs", Kind::kLocal, 1000, true},
    {0xadff, "affs", Kind::kLocal, 1000, true},
    {0xadf5, "adfs"},
    {0x1badface, "bfs", Kind::kLocal, 1000},
    {0x5a4f4653, "zonefs"},
    {0xf15f, "ecryptfs"},
    {0x958458f6, "hugetlbfs"},
    {0x61756673, "aufs", Kind::kRemote, 1000},
    // Remote, or shared between hosts. virtiofs says that it is FUSE; so does GlusterFS.
    {0x6969, "nfs", Kind::kRemote, 1000},
    {0x517b, "smb", Kind::kRemote, 1000, true},
    {0xff534d42, "cifs", Kind::kRemote, 1000, true},
    {0xfe534d42, "smb2", Kind::kRemote, 1000, true},
    {0x01021997, "9p", Kind::kRemote, 1000},
    {0x65735546, "fuse", Kind::kRemote, 1000},
    {0x786f4256, "vboxsf", Kind::kRemote, 2000},
    {0xbacbacbc, "vmhgfs", Kind::kRemote, 1000},
    {0x7c7c6673, "prl_fs", Kind::kRemote, 1000},
    {0x00c36400, "ceph", Kind::kRemote, 1000},
    {0x0bd00bd0, "lustre", Kind::kRemote, 1000},
    {0x47504653, "gpfs", Kind::kRemote, 1000},
    {0x5346414f, "afs", Kind::kRemote, 1000},
    {0x6b414653, "kafs", Kind::kRemote, 1000},
    {0x7461636f, "ocfs2", Kind::kRemote, 1000},
    {0x01161970, "gfs2", Kind::kRemote, 1000},
    {0x73757245, "coda", Kind::kRemote, 1000},
    {0x564c, "ncp", Kind::kRemote, 1000},
    {0x19830326, "beegfs", Kind::kRemote, 1000},
    {0x20030528, "orangefs", Kind::kRemote, 1000},
    {0xaad7aaea, "panfs", Kind::kRemote, 1000},
    {0x61636673, "acfs", Kind::kRemote, 1000},
    {0x013111a8, "ibrix", Kind::kRemote, 1000},
    {0xbeefdead, "snfs", Kind::kRemote, 1000},
    {0xa501fcf5, "vxfs", Kind::kRemote, 1000},
    {0x0187, "autofs", Kind::kRemote, 1000},
    // Made up by the kernel.
    {0x9fa0, "proc", Kind::kGenerated},
    {0x62656572, "sysfs", Kind::kGenerated},
    {0x64626720, "debugfs", Kind::kGenerated},
    {0x74726163, "tracefs", Kind::kGenerated},
    {0x73636673, "securityfs", Kind::kGenerated},
    {0xf97cff8c, "selinuxfs", Kind::kGenerated},
    {0x62656570, "configfs", Kind::kGenerated},
    {0x27e0eb, "cgroup", Kind::kGenerated},
    {0x63677270, "cgroup2", Kind::kGenerated},
    {0x1cd1, "devpts", Kind::kGenerated},
    {0x6165676c, "pstore", Kind::kGenerated},
    {0xde5e81e4, "efivarfs", Kind::kGenerated},
    {0xcafe4a11, "bpf", Kind::kGenerated},
    {0x42494e4d, "binfmt_misc", Kind::kGenerated},
    {0x65735543, "fusectl", Kind::kGenerated},
    {0x6e667364, "nfsd", Kind::kGenerated},
    {0x6e736673, "nsfs", Kind::kGenerated},
    {0x67596969, "rpc_pipefs", Kind::kGenerated},
    {0x19800202, "mqueue", Kind::kGenerated},
};

Mount mount_of_known(const Known& known) {
  return Mount{.type = known.type,
               .tells_all = known.kind == Kind::kLocal,
               .may_hang = known.kind == Kind::kRemote,
               .granularity = milliseconds(known.granularity_ms),
               .folds_names = known.folds_names};
}

// Types whose name is not that of their magic number.
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"nfs4", "nfs"},      {"smb3", "smb2"}, {"smbfs", "smb"},
    {"fuseblk", "fuse"},  {"virtiofs", "fuse"}, {"ncpfs", "ncp"},
};

}  // namespace

Mount classify_type(std::string_view type) {
  // "fuse.sshfs": the kernel's type, and what serves it.
  std::string_view name = type.substr(0, type.find('.'));
  for (const auto& [alias, plain] : kAliases)
    if (name == alias) name = plain;
  for (const Known& known : kKnown)
    if (name == known.type) return mount_of_known(known);
  return Mount{.type = std::string(type)};
}

Mount classify_magic(std::uint64_t magic) {
  // f_type is signed and 32 bits wide on some machines, so that upper half is only its sign.
  const auto number = static_cast<std::uint32_t>(magic);
  for (const Known& known : kKnown) {
    if (known.magic == number) return mount_of_known(known);
  }
  return Mount{.type = fmt::format("unknown (0x{:x})", number)};
}

}  // namespace pawl
