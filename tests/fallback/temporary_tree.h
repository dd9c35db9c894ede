// A directory of its own on the real disk, gone with its mounts at the end of the test.
#pragma once

#include <string>
#include <vector>

namespace pawl {

class TemporaryTree {
 public:
  TemporaryTree();
  ~TemporaryTree();
  TemporaryTree(const TemporaryTree&) = delete;

  const std::string& root() const { return root_; }

  // Paths relative to the root. Missing directories are made.
  void directory(const std::string& path);
  void file(const std::string& path);
  void link(const std::string& target, const std::string& path);

  // False: this machine, or this user, can't.
  bool mount_tmpfs(const std::string& path);
  // Shows `below` at `path`, through FUSE.
  bool mount_bindfs(const std::string& below, const std::string& path);

 private:
  std::string root_;
  std::vector<std::string> mounts_;
};

}  // namespace pawl
