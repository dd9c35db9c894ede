// Test cases as data: files found by listing a folder below tests/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pawl {

struct TableLine {
  int number = 0;
  std::string verb;  // up to the first space
  std::string rest;  // after it, with {0a} turned into bytes
};

struct TableCase {
  std::string where;  // "globs.txt:12", for messages
  std::vector<TableLine> lines;
};

// All cases of all .txt files of `folder`, which is relative to tests/. A blank line ends a case,
// and one that starts with # is a comment.
std::vector<TableCase> read_table(const std::string& folder);

}  // namespace pawl
