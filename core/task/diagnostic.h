// What is wrong with a task, and where: what a compiler would print.
#pragma once

#include <cstdint>
#include <string>

namespace pawl {

struct Diagnostic {
  std::string path;          // absolute; inside an archive "/a/task.zip/main.js"
  std::uint32_t line = 0;    // from 1; 0: the whole file
  std::uint32_t column = 0;  // from 1, in bytes; 0: the whole line
  std::string text;

  bool operator==(const Diagnostic&) const = default;

  // "path:line:column: error: text", without the parts that are 0.
  std::string format() const;
};

}  // namespace pawl
