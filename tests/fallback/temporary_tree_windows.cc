#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "backends/fs_path.h"
#include "tests/core/fresh_folder.h"
#include "tests/fallback/temporary_tree.h"

namespace pawl {

TemporaryTree::TemporaryTree() : root_(fresh_folder("pawl-tree")) {}

TemporaryTree::~TemporaryTree() {
  std::error_code error;
  std::filesystem::remove_all(fs_path(root_), error);
  EXPECT_FALSE(error) << error.message();
}

void TemporaryTree::directory(const std::string& path) {
  std::filesystem::create_directories(fs_path(root_ + "/" + path));
}

void TemporaryTree::file(const std::string& path) {
  std::filesystem::create_directories(fs_path(root_ + "/" + path).parent_path());
  std::ofstream(fs_path(root_ + "/" + path), std::ios::binary) << "text";
}

void TemporaryTree::link(const std::string& target, const std::string& path) {
  std::filesystem::create_symlink(fs_path(target), fs_path(root_ + "/" + path));
}

bool TemporaryTree::mount_tmpfs(const std::string&) { return false; }
bool TemporaryTree::mount_bindfs(const std::string&, const std::string&) { return false; }

}  // namespace pawl
