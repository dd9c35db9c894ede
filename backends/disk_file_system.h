// core's FileSystem as this platform has it (posix_*.cc, windows_*.cc). Paths are as long as they may be, names
// are what the disk has: any bytes on POSIX, any 16-bit units on Windows.
//
// Names that differ only by case, or by Unicode's normal form: what a directory lists is what there is, compared
// byte by byte. Where the volume does not tell them apart, Windows' look() finds a name only in the spelling that
// is listed, so a hint in another spelling never makes a second entry, and a rename that changes no more than
// case is a rename; short (8.3) names are another spelling. Elsewhere look() finds any spelling, and
// Mount::folds_names says so: the reconciler then lists. In a directory that does tell case apart both are there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/file_system.h"

namespace pawl {

class DiskFileSystem final : public FileSystem {
 public:
  // How `read` and `follow` stay inside their root: openat2 where the kernel has it, or name by
  // name, which every system can do and which costs two calls for each component.
  enum class Confine { kByKernel, kByName };

  explicit DiskFileSystem(Confine confine = Confine::kByKernel)
      : by_kernel_(confine == Confine::kByKernel) {}

  // An entry's own error (EACCES or ENOTCONN of a mount point, EIO) stands in its Looked. Losing
  // the right to search the directory is an error of the directory.
  Status look(const std::string& path, std::span<const std::string_view> names, Stamp& self,
              std::vector<Looked>& looked) override;

  Result<Stamp> stat(const std::string& path) override;

  // Links without end are kInvalid, a `path` that is not below `root` is kEscapes. On Windows no link is
  // followed, here or in `read`, that is neither a symbolic link nor a junction.
  Result<Stamp> follow(const std::string& root, const std::string& path) override;

  // An entry that is there and can't be looked at is told with what the directory says of it; the rest
  // of its stamp is 0. On Windows each is opened to be told of: what the directory itself keeps is old
  // where a file is being written, or has other names. On error `entries` is empty. What `entries`
  // held before is reused.
  Status list(const std::string& path, std::span<const std::string_view> skip, Stamp& self,
              std::vector<DirectoryEntry>& entries) override;

  // A link that may not be followed is kInvalid. kBusy (Windows): someone has it open in a way that lets
  // no other read it.
  Result<FileContent> read(const std::string& root, const std::string& relative,
                           const ReadOptions& options) override;

  Result<std::unique_ptr<OpenDirectory>> open_directory(const std::string& root,
                                                        const std::string& relative,
                                                        bool follow_symlinks) override;

  Result<std::unique_ptr<OpenRoot>> open_root(const std::string& root) override;

  Result<Mount> mount(const std::string& path) override;

  // On POSIX by realpath(3), which refuses a path longer than PATH_MAX.
  Result<std::string> real_path(const std::string& path) override;

  // By an inotify instance of its own, where there is inotify.
  std::shared_ptr<void> hold_watch(const std::string& path) override;

  WallNs wall_now() override;

 private:
  bool by_kernel_;
};

// What the systems' code shares.

// What an errno is of `path`, which was to be read or followed.
Status read_error(int error, const std::string& path);
Status follow_error(int error, const std::string& path);
Status too_large(const std::string& path, std::uint64_t size_max);

// The part of `path` below `root`; false if it isn't there.
bool path_below(const std::string& root, const std::string& path, std::string& relative);

}  // namespace pawl
