// The root that tasks are being read from, held open from one to the next.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/file_system.h"

namespace pawl {

// Not for long: what holds a root keeps it from being unmounted, and does not see another take its
// place. What is read of one that was replaced is what the tree knew of it, or is read again, as
// when it is replaced in the middle of a task.
class HeldRoot {
 public:
  // REQUIRES: `files` outlives this, or let_go() is called.
  Result<std::unique_ptr<OpenDirectory>> open_directory(FileSystem& files, const std::string& root,
                                                        const std::string& relative,
                                                        bool follow_symlinks) {
    if (!held_ || files_ != &files || path_ != root || ++uses_ > kUsesMax) {
      let_go();
      Result<std::unique_ptr<OpenRoot>> opened = files.open_root(root);
      if (!opened.ok()) return opened.status();
      held_ = std::move(*opened);
      files_ = &files;
      path_ = root;
      uses_ = 1;
    }
    return held_->open_directory(relative, follow_symlinks);
  }

  void let_go() { held_.reset(); }

 private:
  static constexpr std::uint32_t kUsesMax = 64;

  std::unique_ptr<OpenRoot> held_;
  FileSystem* files_ = nullptr;
  std::string path_;
  std::uint32_t uses_ = 0;
};

}  // namespace pawl
