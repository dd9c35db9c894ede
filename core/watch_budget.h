#pragma once

#include <algorithm>
#include <cstdint>

namespace pawl {

// How many of the user's native watches to take: the others are for other programs.
struct WatchBudget {
  bool percent = true;
  std::uint64_t value = 75;  // per cent of the system's limit, or watches

  bool operator==(const WatchBudget&) const = default;

  // In watches, of a system that allows `limit`.
  std::uint64_t of(std::uint64_t limit) const {
    if (!percent) return std::min(value, limit);
    // Split, so that a limit near 2^64 does not overflow.
    return limit / 100 * value + limit % 100 * value / 100;
  }
};

}  // namespace pawl
