// What a program prints, as it comes, and edits that make it print.
#pragma once

#include <string>
#include <vector>

namespace bare {

// The lines of a pipe. Owns `fd`.
class Lines {
 public:
  explicit Lines(int fd) : fd_(fd) {}
  ~Lines();
  Lines(const Lines&) = delete;

  // Reads until a line has all of `words`. Ends this program if none comes in a minute.
  void wait_for(const std::vector<std::string>& words);

 private:
  int fd_;
  std::string text_;
};

// To the file `path`.
void append(const std::string& path, const std::string& text);

}  // namespace bare
