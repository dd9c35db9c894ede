// Names of file systems on macOS and the BSDs (f_fstypename of statfs).
#include "backends/mount.h"

#if defined(__APPLE__) || defined(__FreeBSD__)
#include <sys/mount.h>
#include <sys/param.h>

#include <cerrno>
#endif

namespace pawl {
namespace {

struct Known {
  std::string_view name;
  bool remote = false;
  std::int64_t granularity_ms = 20;
};

constexpr Known kKnown[] = {
    {"apfs"},
    {"hfs", false, 1000},
    {"ufs"},
    {"zfs"},
    {"tmpfs"},
    {"nullfs"},
    {"ntfs"},
    {"udf"},
    {"cd9660", false, 1000},
    {"msdos", false, 2000},
    {"msdosfs", false, 2000},
    {"exfat", false, 2000},
    {"nfs", true, 1000},
    {"smbfs", true, 1000},
    {"afpfs", true, 1000},
    {"webdav", true, 1000},
    {"ftp", true, 1000},
    {"cifs", true, 1000},
    {"acfs", true, 1000},
    {"autofs", true, 1000},
    {"macfuse", true, 1000},
    {"osxfuse", true, 1000},
    {"osxfusefs", true, 1000},
    {"fusefs", true, 1000},
    {"fusefs.sshfs", true, 1000},
    {"lifs", true, 1000},
    {"9p", true, 1000},
    {"p9fs", true, 1000},
    {"virtiofs", true, 1000},
    {"AppleVirtIOFS", true, 1000},
    {"vmhgfs", true, 1000},
    {"prl_fs", true, 1000},
    {"vboxsf", true, 2000},
    {"vboxfs", true, 2000},
};

}  // namespace

Mount classify_name(std::string_view name) {
  for (const Known& known : kKnown) {
    if (known.name != name) continue;
    return Mount{.type = std::string(name),
                 .tells_all = !known.remote,
                 .may_hang = known.remote,
                 .granularity = milliseconds(known.granularity_ms)};
  }
  // Made up by the kernel: nothing tells of changes there.
  if (name == "devfs" || name == "procfs" || name == "fdescfs") {
    return Mount{.type = std::string(name), .tells_all = false};
  }
  return Mount{.type = "unknown (" + std::string(name) + ")"};
}

#if defined(__APPLE__) || defined(__FreeBSD__)
Result<Mount> mount_of(int fd, const std::string& path) {
  struct statfs info;
  int result = ::fstatfs(fd, &info);
  while (result != 0 && errno == EINTR) result = ::fstatfs(fd, &info);
  if (result != 0) return Status::from_errno(errno, "find the file system of", path);
  return classify_name(info.f_fstypename);
}
#endif

}  // namespace pawl
