// A list of strings as JSON text, for the columns that hold one (`tags`, `errors`).
//
// Strings are bytes and need not be UTF-8 (an error names a path). A byte that is no part of valid
// UTF-8 is written as the lone surrogate \udc80 to \udcff, as Python's "surrogateescape" does: the
// text is valid JSON in ASCII-safe escapes, and reading it gives the same bytes back.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pawl {

std::string json_strings(std::span<const std::string> strings);

// Nothing if `json` is anything but an array of strings.
std::optional<std::vector<std::string>> parse_json_strings(std::string_view json);

}  // namespace pawl
