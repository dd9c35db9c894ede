// What the contract of FileSystem asks in each test: short ways to list, look, read and follow.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_system.h"

namespace pawl {

template <class World>
class FileSystemContract : public testing::Test {
 protected:
  std::string at(const std::string& relative) { return world_.root() + "/" + relative; }
  FileSystem& files() { return world_.files(); }

  std::map<std::string, Stamp> list(const std::string& path,
                                    std::vector<std::string_view> skip = {}) {
    Stamp self;
    std::vector<DirectoryEntry> entries;
    const Status status = files().list(path, skip, self, entries);
    EXPECT_TRUE(status.ok()) << status.message();
    std::map<std::string, Stamp> result;
    for (const DirectoryEntry& entry : entries) {
      EXPECT_TRUE(result.emplace(entry.name, entry.stamp).second) << "twice: " << entry.name;
    }
    return result;
  }

  Code list_code(const std::string& path) {
    Stamp self;
    std::vector<DirectoryEntry> entries(3);
    const Status status = files().list(path, {}, self, entries);
    if (!status.ok()) {
      EXPECT_TRUE(entries.empty());
    }
    return status.code();
  }

  Looked look(const std::string& path, std::string_view name) {
    Stamp self;
    std::vector<Looked> looked;
    const Status status = files().look(path, {&name, 1}, self, looked);
    EXPECT_TRUE(status.ok()) << status.message();
    return looked.size() == 1 ? looked[0] : Looked{};
  }

  Code look_code(const std::string& path) {
    const std::string_view name = "x";
    Stamp self;
    std::vector<Looked> looked(3);
    const Status status = files().look(path, {&name, 1}, self, looked);
    if (!status.ok()) {
      EXPECT_TRUE(looked.empty());
    }
    return status.code();
  }

  Result<FileContent> read(const std::string& relative, ReadOptions options = {}) {
    return files().read(world_.root(), relative, options);
  }

  Code read_code(const std::string& relative, bool follow_symlinks = false) {
    const auto content = read(relative, {.follow_symlinks = follow_symlinks});
    return content.ok() ? Code::kOk : content.status().code();
  }

  std::string read_bytes(const std::string& relative, bool follow_symlinks = false) {
    const auto content = read(relative, {.follow_symlinks = follow_symlinks});
    EXPECT_TRUE(content.ok()) << content.status().message();
    return content.ok() ? content->bytes : std::string();
  }

  Code follow_code(const std::string& relative) {
    const auto stamp = files().follow(world_.root(), at(relative));
    return stamp.ok() ? Code::kOk : stamp.status().code();
  }

  // Directories of `depth` names of `length` bytes, one in the other; the path of the last.
  std::string make_deep(const std::string& start, int depth, std::size_t length) {
    std::string path = at(start);
    world_.make_directory(path);
    for (int i = 1; i < depth; ++i) {
      path += "/" + std::string(length, static_cast<char>('a' + i % 26));
      world_.make_directory(path);
    }
    return path;
  }

  World world_;
};

}  // namespace pawl
