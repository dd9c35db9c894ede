#include "backends/disk_file_system.h"

#include <cerrno>

#include "backends/file_system.h"
#include "backends/watch_hold.h"

namespace pawl {

Status read_error(int error, const std::string& path) {
  switch (error) {
    case EXDEV:
      return Status(Code::kEscapes, "read", path, "leads outside its root");
    case ELOOP:
      return Status(Code::kInvalid, "read", path, "a symbolic link", error);
    // A socket, or a device without a driver.
    case ENXIO:
    case ENODEV:
      return Status(Code::kInvalid, "read", path, "not a regular file", error);
    default:
      return Status::from_errno(error, "read", path);
  }
}

Status follow_error(int error, const std::string& path) {
  if (error == EXDEV) return Status(Code::kEscapes, "follow", path, "leads outside its root");
  if (error == ELOOP) return Status(Code::kInvalid, "follow", path, {}, error);
  return Status::from_errno(error, "follow", path);
}

Status too_large(const std::string& path, std::uint64_t size_max) {
  return Status(Code::kTooLarge, "read", path,
                "larger than the limit of " + std::to_string(size_max) + " bytes");
}

bool path_below(const std::string& root, const std::string& path, std::string& relative) {
  if (path == root) {
    relative = ".";
    return true;
  }
  // The root of everything, or of a drive, ends with a slash already.
  const std::size_t length = root.ends_with('/') ? root.size() - 1 : root.size();
  if (path.size() <= length || path.compare(0, length, root, 0, length) != 0) return false;
  if (path[length] != '/') return false;
  relative = path.substr(length + 1);
  return true;
}

std::shared_ptr<void> DiskFileSystem::hold_watch(const std::string& path) {
  return pawl::hold_watch(path);
}

std::unique_ptr<FileSystem> make_file_system() { return std::make_unique<DiskFileSystem>(); }

}  // namespace pawl
