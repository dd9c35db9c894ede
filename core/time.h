// Time as core knows it: values handed in by a driver. Nothing in core reads a clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace pawl {

using Duration = std::chrono::nanoseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A tag, not a clock: it has no now(). A driver makes Instants from CLOCK_MONOTONIC (uv_hrtime),
// the simulator from its own counter.
struct Monotonic {
  using duration = Duration;
  using rep = Duration::rep;
  using period = Duration::period;
  using time_point = std::chrono::time_point<Monotonic>;
  static constexpr bool is_steady = true;
};
using Instant = Monotonic::time_point;

inline constexpr Instant kNever = Instant::max();

constexpr std::int64_t to_ns(Instant instant) { return instant.time_since_epoch().count(); }
constexpr Instant from_ns(std::int64_t ns) { return Instant(Duration(ns)); }

// Nanoseconds since 1970-01-01 UTC, on the clock that stamps files.
using WallNs = std::int64_t;

}  // namespace pawl
