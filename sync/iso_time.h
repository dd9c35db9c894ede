// Wall-clock time as the database writes it: ISO 8601, UTC, milliseconds:
// "2026-01-02T03:04:05.678Z". Always 24 characters, so text order is time order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pawl {

// Milliseconds since 1970-01-01 UTC.
using WallMs = std::int64_t;

// Years outside 0000 to 9999 are clamped to the nearest that can be written.
std::string iso_time(WallMs at);

// Nothing if `text` is not exactly of that form, or names a day that there is not.
std::optional<WallMs> parse_iso_time(std::string_view text);

// The system's clock. Only drivers call it; everything else is handed the time.
WallMs system_wall_now();

}  // namespace pawl
