#include "backends/disk_file_system.h"

#include <cstdlib>
#include <ctime>
#include <memory>

#include "backends/mount.h"
#include "backends/posix_beneath.h"
#include "backends/posix_open.h"

namespace pawl {

Result<Stamp> DiskFileSystem::stat(const std::string& path) {
  const Reach reach(path);
  struct stat st;
  const int error =
      reach.error() != 0 ? reach.error() : stat_at(reach.directory(), reach.rest(), st);
  if (error != 0) return Status::from_errno(error, "stat", path);
  return stamp_of(st);
}

Result<Stamp> DiskFileSystem::follow(const std::string& root, const std::string& path) {
  std::string relative;
  if (!path_below(root, path, relative)) return follow_error(EXDEV, path);
  Descriptor top;
  if (const int error = open_path(root, kNameOnly | O_DIRECTORY, top)) {
    return follow_error(error, root);
  }
  const Beneath where{
      .root = top.get(), .root_path = root, .follow_symlinks = true, .by_kernel = by_kernel_};
  Descriptor found;
  if (const int error = open_beneath(where, relative, kNameOnly, found)) {
    return follow_error(error, path);
  }
  struct stat st;
  if (::fstat(found.get(), &st) != 0) return follow_error(errno, path);
  // Only where a link took the place of what was found between two calls.
  if (S_ISLNK(st.st_mode)) return follow_error(ELOOP, path);
  return stamp_of(st);
}

Result<Mount> DiskFileSystem::mount(const std::string& path) {
  Descriptor place;
  if (const int error = open_path(path, kNameOnly | O_NOFOLLOW, place)) {
    return Status::from_errno(error, "find the file system of", path);
  }
  return mount_of(place.get(), path);
}

Result<std::string> DiskFileSystem::real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (!real) return Status::from_errno(errno, "find the real path of", path);
  return std::string(real.get());
}

WallNs DiskFileSystem::wall_now() {
  // The kernel stamps files with the time of its last tick (current_time), which is the coarse
  // clock; the fine one runs ahead of it by up to 10 ms.
#ifdef CLOCK_REALTIME_COARSE
  constexpr clockid_t kStamping = CLOCK_REALTIME_COARSE;
#else
  constexpr clockid_t kStamping = CLOCK_REALTIME;
#endif
  struct timespec now = {};
  ::clock_gettime(kStamping, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace pawl
