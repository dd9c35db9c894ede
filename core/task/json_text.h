// JSON as text: whether it is well formed, and where in it a value stands. The parsers that give
// values do not say where those came from; this is asked only when something is wrong.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pawl {

// Nesting that no task needs, and that recursion over parsed JSON survives with ease.
inline constexpr std::size_t kJsonDepthMax = 200;

struct JsonError {
  std::size_t offset = 0;
  std::string text;
};

// The first thing that keeps `text` from being UTF-8 JSON nested no deeper than kJsonDepthMax.
// A number that no double holds counts as an error.
std::optional<JsonError> find_json_error(std::string_view text);

// The offset of the first bracket that opens deeper than kJsonDepthMax. Quick; `text` need not be
// well formed.
std::optional<std::size_t> find_too_deep(std::string_view text);

// The offset at which the value at `pointer` (unescaped reference tokens) starts; of a name that
// occurs repeatedly in one object, the last. Nothing if there is no such value.
//
// REQUIRES: `text` is well formed.
std::optional<std::size_t> locate_json(std::string_view text, std::span<const std::string> pointer);

}  // namespace pawl
