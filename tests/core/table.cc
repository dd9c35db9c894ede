#include "tests/core/table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace pawl {
namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

std::string with_bytes(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i + 3 < text.size() && text[i] == '{' && is_hex(text[i + 1]) && is_hex(text[i + 2]) &&
        text[i + 3] == '}') {
      bytes += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 3;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

void read_file(const std::filesystem::path& path, std::vector<TableCase>& cases) {
  std::ifstream file(path);
  bool open = false;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.starts_with('#')) continue;
    if (line.empty()) {
      open = false;
      continue;
    }
    if (!open) cases.push_back({path.filename().string() + ":" + std::to_string(number), {}});
    open = true;
    const std::size_t space = line.find(' ');
    const std::string rest = space == line.npos ? "" : line.substr(space + 1);
    cases.back().lines.push_back({number, line.substr(0, space), with_bytes(rest)});
  }
}

}  // namespace

std::vector<TableCase> read_table(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path path = std::filesystem::path(PAWL_TEST_DATA) / folder;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<TableCase> cases;
  for (const auto& file : files) read_file(file, cases);
  EXPECT_FALSE(cases.empty()) << path;
  return cases;
}

}  // namespace pawl
