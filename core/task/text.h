// Places in a text, as people and editors count them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pawl {

struct TextPosition {
  std::uint32_t line = 1;    // from 1; "\n", "\r\n" and "\r" end a line
  std::uint32_t column = 1;  // from 1, in bytes

  bool operator==(const TextPosition&) const = default;
};

// Where byte `offset` of `text` stands; the end of the text if it is past it.
TextPosition position_of(std::string_view text, std::size_t offset);

// `text` without the byte order mark that some editors write before it.
std::string_view without_bom(std::string_view text);

// The offset of the first byte that is no part of well-formed UTF-8.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

}  // namespace pawl
