// A file system in memory that holds tasks, and fails where a test says so.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/file_system.h"

namespace pawl {

// Paths are absolute. Folders exist as soon as something is in them.
class TaskDisk : public FileSystem {
 public:
  void put(const std::string& path, std::string bytes, WallNs ctime = 0);
  void put_link(const std::string& path, const std::string& target);
  void put_other(const std::string& path);
  void put_folder(const std::string& path);
  void remove(const std::string& path);
  // What every call on `path` itself returns from now on; kOk: what it really is.
  void fail(const std::string& path, Code code);
  // The file is listed, and gone when it is read.
  void vanish_before_read(const std::string& path) { vanishing_ = path; }
  // A copy of the folder `from` of the real disk, but for its file "expected".
  void copy_from(const std::string& from, const std::string& to);

  const std::vector<std::string>& reads() const { return reads_; }

  Status look(const std::string& path, std::span<const std::string_view> names, Stamp& self,
              std::vector<Looked>& looked) override;
  Result<Stamp> stat(const std::string& path) override;
  Result<Stamp> follow(const std::string& root, const std::string& path) override;
  Status list(const std::string& path, std::span<const std::string_view> skip, Stamp& self,
              std::vector<DirectoryEntry>& entries) override;
  Result<FileContent> read(const std::string& root, const std::string& relative,
                           const ReadOptions& options) override;
  Result<Mount> mount(const std::string& path) override;
  WallNs wall_now() override { return now; }

  WallNs now = 1'000'000'000'000;

 private:
  struct Node {
    Stamp stamp;
    std::string bytes;  // of a link: where it leads
  };

  void put_node(const std::string& path, FileType type, std::string bytes, WallNs ctime);
  Status failure(const std::string& path) const;
  // `path` with every link on the way followed; "" if that ends nowhere.
  std::string resolve(const std::string& path) const;

  std::map<std::string, Node> nodes_;
  std::map<std::string, Code> failures_;
  std::string vanishing_;
  std::vector<std::string> reads_;
  std::uint64_t next_inode_ = 1;
};

}  // namespace pawl
