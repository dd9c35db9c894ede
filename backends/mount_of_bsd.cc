#include <sys/mount.h>
#include <sys/param.h>

#include <cerrno>

#include "backends/mount.h"

namespace pawl {

Result<Mount> mount_of(int fd, const std::string& path) {
  struct statfs info;
  int result = ::fstatfs(fd, &info);
  while (result != 0 && errno == EINTR) result = ::fstatfs(fd, &info);
  if (result != 0) return Status::from_errno(errno, "find the file system of", path);
  return classify_name(info.f_fstypename);
}

}  // namespace pawl
