// What it costs at least to read tasks and to check their scripts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bare {

// Opens, reads to the end and closes each file. Returns the bytes read.
std::uint64_t read_files(const std::vector<std::string>& paths);

std::string read_file(const std::string& path);

// One jsc_context_check_syntax for each script, in the mode that fits it, with one context for all
// and without the compilers (as a program that only checks would). Returns how many were wrong.
struct Script {
  std::string text;
  bool module = false;
};
std::uint64_t check_scripts(const std::vector<Script>& scripts);

}  // namespace bare
