// What a directory tree consists of, mount by mount: for telling how it would be watched, without
// watching it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/file_system.h"
#include "core/status.h"

namespace pawl {

// The directories of a tree that are on one device.
struct ExaminedMount {
  std::string path;  // the first of them
  std::uint64_t device = 0;
  Mount mount;
  std::uint64_t directories = 0;  // the unreachable ones too
  std::uint64_t files = 0;        // all that is not a directory
  std::uint64_t unreachable = 0;  // directories that can't be listed
};

struct Examination {
  // Of `errors`: an example or two is enough for a person, and there may be a hundred thousand.
  static constexpr std::size_t kErrorsMax = 32;

  std::string path;
  // Why nothing of it was examined. kNotFound, kNotDirectory: there is no directory.
  Status status;
  std::vector<ExaminedMount> mounts;  // as they were found: a directory before those in it, else by
                                      // the bytes of the name
  std::uint64_t unreachable = 0;
  std::vector<Status> errors;  // the first of the unreachable ones
  // Not empty: this directory did not answer, and what comes after it was not looked at.
  std::string stalled_at;

  std::uint64_t directories() const;
  std::uint64_t files() const;
};

// Lists a tree, one directory a step. Links are not followed, but for `path` itself. Memory: the
// names of the subdirectories of every directory on the way down.
//
// Threading: one thread at a time, not the loop thread.
class TreeWalk {
 public:
  // `files` outlives this.
  TreeWalk(FileSystem& files, std::string path);

  // Lists the next directory. False: there was none left.
  bool step();

  // What the next step asks about.
  std::string next() const;
  const Examination& examination() const { return examination_; }

 private:
  struct Subdirectory {
    std::string name;
    std::uint64_t device;
  };
  // A directory that was listed, and what of it is still to be visited: the last first.
  struct Level {
    std::string path;
    std::size_t mount;
    std::vector<Subdirectory> left;
  };

  bool start();
  void visit(const std::string& path, std::size_t mount);
  Result<std::size_t> mount_index(const std::string& path, std::uint64_t device);
  void unreachable(std::size_t mount, const Status& why);

  FileSystem& files_;
  Examination examination_;
  std::vector<Level> levels_;
  std::vector<DirectoryEntry> entries_;
  bool started_ = false;
};

}  // namespace pawl
