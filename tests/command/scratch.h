// A folder of its own, gone at the end of the test.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>  // mkdtemp, on macOS

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace pawl {

class Scratch {
 public:
  Scratch() {
    root_ =
        (std::filesystem::canonical(std::filesystem::temp_directory_path()) / "pawl-command-XXXXXX")
            .string();
    if (::mkdtemp(root_.data()) == nullptr) ADD_FAILURE() << "mkdtemp " << root_;
  }
  ~Scratch() {
    std::error_code error;
    std::filesystem::remove_all(root_, error);
  }
  Scratch(const Scratch&) = delete;

  const std::string& root() const { return root_; }
  std::string path(const std::string& relative) const { return root_ + "/" + relative; }

  void directory(const std::string& relative) const {
    std::filesystem::create_directories(path(relative));
  }
  void write(const std::string& relative, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(path(relative)).parent_path());
    std::ofstream(path(relative), std::ios::binary) << text;
  }
  // One change of the file; write is two of them, as it empties the file first.
  void append(const std::string& relative, const std::string& text) const {
    std::ofstream(path(relative), std::ios::binary | std::ios::app) << text;
  }
  // As editors save: one change.
  void replace(const std::string& relative, const std::string& text) const {
    write(".new", text);
    rename(".new", relative);
  }
  std::string read(const std::string& relative) const {
    std::ostringstream text;
    text << std::ifstream(path(relative), std::ios::binary).rdbuf();
    return text.str();
  }
  void rename(const std::string& from, const std::string& to) const {
    std::filesystem::rename(path(from), path(to));
  }
  void remove(const std::string& relative) const { std::filesystem::remove_all(path(relative)); }

 private:
  std::string root_;
};

}  // namespace pawl
