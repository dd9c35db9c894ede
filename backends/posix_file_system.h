// core's FileSystem on POSIX. Paths may be longer than PATH_MAX, names any bytes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/file_system.h"

namespace pawl {

class PosixFileSystem final : public FileSystem {
 public:
  // How `read` and `follow` stay inside their root: openat2 where the kernel has it, or name by
  // name, which every POSIX system can do and which costs two calls for each component.
  enum class Confine { kByKernel, kByName };

  explicit PosixFileSystem(Confine confine = Confine::kByKernel)
      : by_kernel_(confine == Confine::kByKernel) {}

  // An entry's own error (EACCES or ENOTCONN of a mount point, EIO) stands in its Looked. Losing
  // the right to search the directory is an error of the directory.
  Status look(const std::string& path, std::span<const std::string_view> names, Stamp& self,
              std::vector<Looked>& looked) override;

  Result<Stamp> stat(const std::string& path) override;

  // Neither here nor in `read` is `root` itself allowed to be a link. Links without end are
  // kInvalid, a `path` that is not below `root` is kEscapes.
  Result<Stamp> follow(const std::string& root, const std::string& path) override;

  // An entry that is there and can't be looked at is told with what the directory says of it: name,
  // inode and type; the rest of its stamp is 0. On error `entries` is empty. What `entries` held
  // before is reused.
  Status list(const std::string& path, std::span<const std::string_view> skip, Stamp& self,
              std::vector<DirectoryEntry>& entries) override;

  // A link that may not be followed is kInvalid.
  Result<FileContent> read(const std::string& root, const std::string& relative,
                           const ReadOptions& options) override;

  Result<std::unique_ptr<OpenDirectory>> open_directory(const std::string& root,
                                                        const std::string& relative,
                                                        bool follow_symlinks) override;

  Result<Mount> mount(const std::string& path) override;

  // By realpath(3), which refuses a path longer than PATH_MAX.
  Result<std::string> real_path(const std::string& path) override;

  // By an inotify instance of its own, where there is inotify.
  std::shared_ptr<void> hold_watch(const std::string& path) override;

  WallNs wall_now() override;

 private:
  bool by_kernel_;
};

}  // namespace pawl
