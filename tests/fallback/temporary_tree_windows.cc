#include <gtest/gtest.h>
#include <windows.h>

#include <filesystem>
#include <fstream>

#include "backends/fs_path.h"
#include "tests/core/fresh_folder.h"
#include "tests/fallback/disk.h"
#include "tests/fallback/temporary_tree.h"

namespace pawl {

TemporaryTree::TemporaryTree() : root_(fresh_folder("pawl-tree")) {}

TemporaryTree::~TemporaryTree() {
  remove_path(root_);
}

void TemporaryTree::directory(const std::string& path) {
  std::filesystem::create_directories(fs_path(root_ + "/" + path));
}

void TemporaryTree::file(const std::string& path) {
  std::filesystem::create_directories(fs_path(root_ + "/" + path).parent_path());
  std::ofstream(fs_path(root_ + "/" + path), std::ios::binary) << "text";
}

void TemporaryTree::link(const std::string& target, const std::string& path) {
  // Not by std::filesystem: MinGW's makes none.
  const std::filesystem::path place = fs_path(root_ + "/" + path);
  const bool folder = std::filesystem::is_directory(place.parent_path() / fs_path(target));
  // 2: without being an administrator, where developers may.
  ::CreateSymbolicLinkW(place.c_str(), fs_path(target).make_preferred().c_str(),
                        (folder ? SYMBOLIC_LINK_FLAG_DIRECTORY : 0) | 2);
  EXPECT_TRUE(std::filesystem::exists(place)) << "no link could be made at " << path;
}

bool TemporaryTree::mount_tmpfs(const std::string&) { return false; }
bool TemporaryTree::mount_bindfs(const std::string&, const std::string&) { return false; }

}  // namespace pawl
