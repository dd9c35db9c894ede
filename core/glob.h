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
  // a literal, a star and a literal, or a literal, a star and perhaps another literal.
  enum class Simple { kNo, kName, kSuffix, kAround };
  Simple simple = Simple::kNo;
  std::string before;   // of kAround: what comes before the star
  std::string literal;  // of kName, and what comes after the star

  // For RE2 in Latin-1, to be searched for in "/" + path, with "/" added to a directory.
  std::string regex;
};

// kUsage: the pattern is malformed.
Result<Glob> parse_glob(std::string_view pattern);

}  // namespace pawl
