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

// `change` reports in its argument what went wrong.
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
  until_let_go(path, [&](std::error_code& error) { std::filesystem::remove_all(fs_path(path), error); });
}

bool set_mode(const std::string& path, unsigned) {
  if (std::filesystem::is_directory(fs_path(path))) return false;
  // Read-only and back: the time of the change stays, and what comes next may write and remove it.
  for (const DWORD attributes : {FILE_ATTRIBUTE_READONLY, FILE_ATTRIBUTE_NORMAL})
    EXPECT_TRUE(::SetFileAttributesW(fs_path(path).c_str(), attributes)) << path;
  return true;
}

}  // namespace pawl
