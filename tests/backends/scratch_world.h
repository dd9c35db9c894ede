// A scratch directory on the real disk, for the contract of FileSystem.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/file_system.h"

namespace pawl {

class ScratchWorld {
 public:
  explicit ScratchWorld(std::unique_ptr<FileSystem> files);
  ~ScratchWorld();
  ScratchWorld(const ScratchWorld&) = delete;
  ScratchWorld& operator=(const ScratchWorld&) = delete;

  FileSystem& files() { return *files_; }
  const std::string& root() const { return root_; }

  void make_directory(const std::string& path);
  void write(const std::string& path, const std::string& bytes);
  void link(const std::string& target, const std::string& path);
  void hard_link(const std::string& old, const std::string& path);
  void rename(const std::string& from, const std::string& to);
  void remove(const std::string& path);
  void set_mode(const std::string& path, unsigned mode);
  bool make_fifo(const std::string& path);
  bool unprivileged(const std::function<void()>& action);

 private:
  std::unique_ptr<FileSystem> files_;
  std::string root_;
};

}  // namespace pawl
