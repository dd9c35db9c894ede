#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>

#include "backends/mount.h"

namespace pawl {

Result<Mount> mount_of(int fd, const std::string& path) {
  struct statfs info;
  struct stat st;
  int result = ::fstatfs(fd, &info);
  while (result != 0 && errno == EINTR) result = ::fstatfs(fd, &info);
  if (result != 0 || ::fstat(fd, &st) != 0) {
    return Status::from_errno(errno, "find the file system of", path);
  }
  Mount mount = classify_magic(static_cast<std::uint64_t>(info.f_type));
  // Three stamps without a fraction are no chance: ext3, or ext4 with small inodes.
  if (st.st_mtim.tv_nsec == 0 && st.st_ctim.tv_nsec == 0 && st.st_atim.tv_nsec == 0) {
    mount.granularity = std::max<Duration>(mount.granularity, seconds(1));
  }
  return mount;
}

}  // namespace pawl
