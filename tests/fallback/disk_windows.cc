#include <filesystem>
#include <fstream>

#include "backends/fs_path.h"
#include "tests/fallback/disk.h"

namespace pawl {

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(fs_path(path), std::ios::binary) << text;
}

void overwrite_file(const std::string& path, const std::string& text) {
  std::fstream(fs_path(path), std::ios::binary | std::ios::in | std::ios::out) << text;
}

void append_file(const std::string& path, const std::string& text) {
  std::ofstream(fs_path(path), std::ios::binary | std::ios::app) << text;
}

}  // namespace pawl
