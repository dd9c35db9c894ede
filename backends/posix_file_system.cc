#include "backends/posix_file_system.h"

#include <cstdlib>
#include <ctime>
#include <memory>

#include "backends/file_system.h"
#include "backends/mount.h"
#include "backends/posix_beneath.h"
#include "backends/posix_open.h"
#include "backends/watch_hold.h"

namespace pawl {
namespace {

// The part of `path` below `root`; false if it isn't there.
bool below(const std::string& root, const std::string& path, std::string& relative) {
  if (path == root) {
    relative = ".";
    return true;
  }
  const std::size_t length = root == "/" ? 0 : root.size();
  if (path.size() <= length || path.compare(0, length, root, 0, length) != 0) return false;
  if (path[length] != '/') return false;
  relative = path.substr(length + 1);
  return true;
}

Status follow_error(int error, const std::string& path) {
  if (error == EXDEV) return Status(Code::kEscapes, "follow", path, "leads outside its root");
  if (error == ELOOP) return Status(Code::kInvalid, "follow", path, {}, error);
  return Status::from_errno(error, "follow", path);
}

}  // namespace

Result<Stamp> PosixFileSystem::stat(const std::string& path) {
  const Reach reach(path);
  struct stat st;
  const int error =
      reach.error() != 0 ? reach.error() : stat_at(reach.directory(), reach.rest(), st);
  if (error != 0) return Status::from_errno(error, "stat", path);
  return stamp_of(st);
}

Result<Stamp> PosixFileSystem::follow(const std::string& root, const std::string& path) {
  std::string relative;
  if (!below(root, path, relative)) return follow_error(EXDEV, path);
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

Result<Mount> PosixFileSystem::mount(const std::string& path) {
  Descriptor place;
  if (const int error = open_path(path, kNameOnly | O_NOFOLLOW, place)) {
    return Status::from_errno(error, "find the file system of", path);
  }
  return mount_of(place.get(), path);
}

std::shared_ptr<void> PosixFileSystem::hold_watch(const std::string& path) {
  return pawl::hold_watch(path);
}

Result<std::string> PosixFileSystem::real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (!real) return Status::from_errno(errno, "find the real path of", path);
  return std::string(real.get());
}

WallNs PosixFileSystem::wall_now() {
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

std::unique_ptr<FileSystem> make_file_system() {
  return std::make_unique<PosixFileSystem>();
}

}  // namespace pawl
