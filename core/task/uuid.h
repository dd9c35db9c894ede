// UUIDs: what tells tasks apart across versions, moves and machines.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pawl {

// `text` in lower case, if it is a UUID in the textual form of RFC 9562: 8-4-4-4-12 hexadecimal
// digits, upper or lower case, of any version. Braces and "urn:uuid:" are not part of that form.
std::optional<std::string> normalize_uuid(std::string_view text);

// The UUID of a task that names none: version 8 of RFC 9562, its 122 free bits from XXH3-128 over
// both strings. The same on every run, machine and platform; another path, another UUID.
// `relative_path`: below the source's root, with '/' as the separator.
std::string derive_uuid(std::string_view source_name, std::string_view relative_path);

}  // namespace pawl
