// What the watching has done and what it is doing now. A plain value: copy it to keep it.
#pragma once

#include <array>
#include <cstdint>

#include "core/coverage.h"
#include "core/histogram.h"
#include "core/status.h"
#include "core/time.h"

namespace pawl {

struct Metrics {
  // Counters, since the start.
  std::uint64_t hints = 0;
  std::uint64_t looks = 0;            // directories looked at, for whatever cause
  std::uint64_t changes = 0;
  std::uint64_t collapsed = 0;        // pending names given up for one look at the whole directory
  std::uint64_t overflows = 0;        // alarms that a kernel queue may have overflowed
  std::uint64_t rescans = 0;
  std::uint64_t lost_hints = 0;       // changes that only the background reconcile found
  std::uint64_t degradations = 0;     // native to polled
  std::uint64_t returns = 0;          // polled to native
  std::uint64_t look_errors = 0;
  // Of these, the looks that failed for a whole directory, by Code.
  std::array<std::uint64_t, kCodes> look_errors_by_code{};
  std::uint64_t root_losses = 0;
  std::uint64_t sweeps_skipped = 0;   // the one before had not ended

  // Gauges.
  std::array<std::uint64_t, 4> directories{};  // by Mode
  std::uint64_t files = 0;                     // entries that are not followed directories
  std::uint64_t looks_in_flight = 0;
  std::uint64_t looks_queued = 0;
  Duration poll_interval{};  // the longest that a polled directory waits for a sweep now

  // From the first native hint that a look follows to the change that it finds.
  Histogram hint_to_change;
};

}  // namespace pawl
