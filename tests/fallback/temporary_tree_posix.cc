#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>  // mkdtemp, on macOS

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/fallback/temporary_tree.h"

namespace pawl {
namespace {

bool run(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

}  // namespace

TemporaryTree::TemporaryTree() {
  root_ = (std::filesystem::canonical(std::filesystem::temp_directory_path()) / "pawl-tree-XXXXXX")
              .string();
  if (::mkdtemp(root_.data()) == nullptr) ADD_FAILURE() << "mkdtemp " << root_;
}

TemporaryTree::~TemporaryTree() {
  for (auto mount = mounts_.rbegin(); mount != mounts_.rend(); ++mount)
    EXPECT_TRUE(run("umount '" + *mount + "' || fusermount -u '" + *mount + "'")) << *mount;
  std::error_code error;
  std::filesystem::remove_all(root_, error);
  EXPECT_FALSE(error) << error.message();
}

void TemporaryTree::directory(const std::string& path) {
  std::filesystem::create_directories(root_ + "/" + path);
}

void TemporaryTree::file(const std::string& path) {
  std::filesystem::create_directories(std::filesystem::path(root_ + "/" + path).parent_path());
  std::ofstream(root_ + "/" + path) << "text";
}

void TemporaryTree::link(const std::string& target, const std::string& path) {
  std::filesystem::create_symlink(target, root_ + "/" + path);
}

bool TemporaryTree::mount_tmpfs(const std::string& path) {
  const std::string at = root_ + "/" + path;
  if (!run("mount -t tmpfs tmpfs '" + at + "'")) return false;
  mounts_.push_back(at);
  return true;
}

bool TemporaryTree::mount_bindfs(const std::string& below, const std::string& path) {
  const std::string at = root_ + "/" + path;
  if (!run("bindfs --no-allow-other '" + root_ + "/" + below + "' '" + at + "'")) return false;
  mounts_.push_back(at);
  return true;
}

}  // namespace pawl
