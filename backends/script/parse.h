// A script as an engine's parser sees it. The rest of checking is the same for every engine.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace pawl {

enum class ScriptGoal : std::uint8_t { kClassic, kModule };

struct ParseError {
  std::uint32_t line = 0;  // from 1, as JavaScript counts lines; 0: not known
  std::string text;        // empty: no error

  bool operator==(const ParseError&) const = default;
};

// REQUIRES: the script is UTF-8.
using ParseScript = std::function<ParseError(std::string_view script, ScriptGoal goal)>;

}  // namespace pawl
