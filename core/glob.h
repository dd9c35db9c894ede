// One ignore pattern, taken apart.
#pragma once

#include <string>
#include <string_view>

#include "core/status.h"

namespace pawl {

struct Glob {
  bool negated = false;         // "!X"
  bool directory_only = false;  // "X/"
  bool below = false;           // "X/**"

  // What can be looked up without a regular expression: one component, not anchored, that is
  // a literal, or a star and a literal.
  enum class Simple { kNo, kName, kSuffix };
  Simple simple = Simple::kNo;
  std::string literal;  // of kName and kSuffix

  // For RE2 in Latin-1, to be searched for in "/" + path, with "/" added to a directory.
  std::string regex;
};

// kUsage: the pattern is malformed.
Result<Glob> parse_glob(std::string_view pattern);

}  // namespace pawl
