// The file system as core sees it: what workers ask of the disk. The real one is in backends, the
// simulated one in tests.
//
// Threading: every method may block for as long as the disk does not answer, so none is called on
// the loop thread. One FileSystem serves any number of threads.
// Paths are bytes, absolute, without a trailing slash. A symbolic link as the last component is
// never followed unless a method says so; one before it is, as everywhere, so that "/link/." is the
// directory that /link leads to.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/stamp.h"
#include "core/status.h"
#include "core/time.h"

namespace pawl {

struct DirectoryEntry {
  std::string name;
  Stamp stamp;
};

// What one name in a directory is, or why that can't be said.
struct Looked {
  Stamp stamp;
  int os_error = 0;   // errno; ENOENT: the name is not there. 0: `stamp` holds.
  bool link = false;  // a symbolic link that was followed: `stamp` is its target's
};

// What kind of file system a path is on.
struct Mount {
  std::string type;                 // "ext4", "nfs", "fuse", …; "unknown" where the system won't say
  bool tells_all = true;            // native watches there hear of every change
  bool may_hang = false;            // another machine or process answers for it
  Duration granularity{20'000'000};  // two writes within this may carry the same timestamps
  // look() may find a name in another spelling than the listed one: case, or Unicode's normal form.
  bool folds_names = false;

  bool operator==(const Mount&) const = default;
};

struct FileContent {
  std::string bytes;
  // Taken from the open descriptor before the first byte was read: a write meanwhile is never hidden
  // by it.
  Stamp stamp;
  WallNs read_at = 0;
};

// A name in a directory, and what it is. A link is a link.
struct EntryName {
  std::string name;
  FileType type = FileType::kOther;
};

struct ReadOptions {
  std::uint64_t size_max = std::uint64_t{8} << 20;  // bytes; more is kTooLarge
  // Follow symbolic links as long as they stay inside the root; one that leaves it is kEscapes.
  bool follow_symlinks = false;
};

// A directory that is held open: what lies in it is reached without walking its path again, wherever
// that has come to lead. One thread at a time.
class OpenDirectory {
 public:
  virtual ~OpenDirectory() = default;

  // When it was opened.
  virtual const Stamp& self() const = 0;

  // All entries but "." and "..", in no order. To be asked once.
  virtual Result<std::vector<EntryName>> names() = 0;

  // What `name`, one of its entries, is now.
  virtual Result<Stamp> stat(const std::string& name) = 0;

  // The file `name`, one of its entries. As FileSystem::read; a link is not followed, and kInvalid.
  virtual Result<FileContent> read(const std::string& name, std::uint64_t size_max) = 0;

  virtual Result<Mount> mount() = 0;
};

// A root that is held open, so that directories below it are opened without its path being walked for
// each. What holds it keeps its file system from being unmounted. One thread at a time.
class OpenRoot {
 public:
  virtual ~OpenRoot() = default;

  // As FileSystem::open_directory, below what the root's path led to when it was opened.
  virtual Result<std::unique_ptr<OpenDirectory>> open_directory(const std::string& relative,
                                                                bool follow_symlinks) = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // What the names `names` in directory `path` are now: one element of `looked` per name.
  // What `looked` held before is replaced. `self` is the directory's own stamp, taken first.
  // An error of the directory itself (kNotFound, kNotDirectory, kPermission, kIo) is returned, and
  // then `looked` is empty.
  virtual Status look(const std::string& path, std::span<const std::string_view> names, Stamp& self,
                      std::vector<Looked>& looked) = 0;

  // The stamp of `path` itself.
  virtual Result<Stamp> stat(const std::string& path) = 0;

  // The stamp of what the link `path` leads to, if that lies inside `root`; kEscapes if not.
  virtual Result<Stamp> follow(const std::string& root, const std::string& path) = 0;

  // All entries of directory `path` but "." and "..", in no order. An entry that goes away meanwhile
  // is left out, so is one named in `skip` (a mount point that may hang).
  // What `entries` held before is replaced. `self` is the directory's own stamp, taken before its first
  // entry was read.
  virtual Status list(const std::string& path, std::span<const std::string_view> skip, Stamp& self,
                      std::vector<DirectoryEntry>& entries) = 0;

  // The file `relative` below `root`, whole. `root` itself may be a link; nothing outside of where it
  // leads is opened, however links change meanwhile. Anything but a regular file is kInvalid; more than size_max bytes is kTooLarge.
  virtual Result<FileContent> read(const std::string& root, const std::string& relative,
                                   const ReadOptions& options) = 0;

  // Opens the directory `relative` ("": the root itself, which may be a link) below `root`, confined
  // as `read` is. kPermission, too, where its entries may not be reached.
  // This one goes by the directory's path each time; a system that can hold a directory open does
  // that instead.
  virtual Result<std::unique_ptr<OpenDirectory>> open_directory(const std::string& root,
                                                                const std::string& relative,
                                                                bool follow_symlinks);

  // This one goes by the root's path each time. Outlived by the FileSystem.
  virtual Result<std::unique_ptr<OpenRoot>> open_root(const std::string& root);

  // The kind of file system that `path` is on (statfs).
  virtual Result<Mount> mount(const std::string& path) = 0;

  // The same place as `path`, by a path without links and without "." in it. Where there are no links
  // to follow, that is what it is.
  virtual Result<std::string> real_path(const std::string& path) {
    return path.ends_with("/.") && path.size() > 2 ? path.substr(0, path.size() - 2) : path;
  }

  // Makes it cheap to watch directory `path` natively for as long as what is returned lives. Null
  // where that is so anyway, or can't be had.
  virtual std::shared_ptr<void> hold_watch(const std::string& path) {
    (void)path;
    return nullptr;
  }

  // Now, on the clock that stamps files.
  virtual WallNs wall_now() = 0;
};

}  // namespace pawl
