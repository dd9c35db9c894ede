#include <gtest/gtest.h>
#include <windows.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "backends/fs_path.h"
#include "tests/fallback/disk.h"

namespace pawl {
namespace {

// Not as Windows 10 1809 on NTFS, where the name of what is removed is free at once; Wine 8, and other file
// systems, are as Windows was before. `change` reports in its argument what went wrong.
template <class Change>
void until_let_go(const std::string& path, Change change) {
  std::error_code error;
  for (int i = 0; i < 2000; ++i) {
    error.clear();
    change(error);
    if (!error) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  ADD_FAILURE() << path << ": " << error.message();
}

}  // namespace

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(fs_path(path), std::ios::binary) << text;
}

void overwrite_file(const std::string& path, const std::string& text) {
  std::fstream(fs_path(path), std::ios::binary | std::ios::in | std::ios::out) << text;
}

void append_file(const std::string& path, const std::string& text) {
  std::ofstream(fs_path(path), std::ios::binary | std::ios::app) << text;
}

void rename_path(const std::string& from, const std::string& to) {
  until_let_go(from, [&](std::error_code& error) { std::filesystem::rename(fs_path(from), fs_path(to), error); });
}

void remove_path(const std::string& path) {
  // What is read-only may not be removed; see set_mode.
  if (!std::filesystem::is_directory(fs_path(path)))
    ::SetFileAttributesW(fs_path(path).c_str(), FILE_ATTRIBUTE_NORMAL);
  until_let_go(path, [&](std::error_code& error) { std::filesystem::remove_all(fs_path(path), error); });
  // The name may stay for as long as somebody looks at the file, which is not long; or until the watcher
  // under test, which waits for this thread, lets go of a handle.
  std::error_code ignored;
  for (int i = 0; i < 100; ++i) {
    if (std::filesystem::symlink_status(fs_path(path), ignored).type() ==
        std::filesystem::file_type::not_found)
      return;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

bool set_mode(const std::string& path, unsigned) {
  if (std::filesystem::is_directory(fs_path(path))) return false;
  EXPECT_TRUE(::SetFileAttributesW(fs_path(path).c_str(), FILE_ATTRIBUTE_READONLY)) << path;
  return true;
}

}  // namespace pawl
