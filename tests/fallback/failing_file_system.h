// The real file system, but for directories that refuse to be listed, or do not answer.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "backends/file_system.h"

namespace pawl {

class FailingFileSystem : public FileSystem {
 public:
  FailingFileSystem() : real_(make_file_system()) {}

  void fail(const std::string& directory, Code code) { failures_[directory] = code; }
  // Listing it does not return until release().
  void hang(const std::string& directory) { hanging_ = directory; }
  void release() {
    const std::lock_guard lock(mutex_);
    hanging_.clear();
    released_.notify_all();
  }

  Status look(const std::string& path, std::span<const std::string_view> names, Stamp& self,
              std::vector<Looked>& looked) override {
    return real_->look(path, names, self, looked);
  }
  Result<Stamp> stat(const std::string& path) override { return real_->stat(path); }
  Result<Stamp> follow(const std::string& root, const std::string& path) override {
    return real_->follow(root, path);
  }
  Status list(const std::string& path, std::span<const std::string_view> skip, Stamp& self,
              std::vector<DirectoryEntry>& entries) override {
    {
      std::unique_lock lock(mutex_);
      released_.wait(lock, [&] { return hanging_ != path; });
    }
    const auto failure = failures_.find(path);
    if (failure == failures_.end()) return real_->list(path, skip, self, entries);
    entries.clear();
    return Status(failure->second, "list", path);
  }
  Result<FileContent> read(const std::string& root, const std::string& relative,
                           const ReadOptions& options) override {
    return real_->read(root, relative, options);
  }
  Result<Mount> mount(const std::string& path) override { return real_->mount(path); }
  WallNs wall_now() override { return real_->wall_now(); }

 private:
  std::unique_ptr<FileSystem> real_;
  std::map<std::string, Code> failures_;
  std::mutex mutex_;
  std::condition_variable released_;
  std::string hanging_;
};

}  // namespace pawl
