#include "core/task/diagnostic.h"

#include <fmt/format.h>

namespace pawl {

std::string Diagnostic::format() const {
  std::string where = path;
  if (line != 0) where += fmt::format(":{}", line);
  if (line != 0 && column != 0) where += fmt::format(":{}", column);
  return where + ": error: " + text;
}

}  // namespace pawl
