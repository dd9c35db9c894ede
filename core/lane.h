// A lane carries the looks at one mount. Its worker may hang with the mount, and then only this lane
// stands still.
#pragma once

#include <deque>

#include "core/directory_id.h"
#include "core/file_system.h"
#include "core/time.h"

namespace pawl {

struct Lane {
  std::uint32_t index = 0;
  std::uint64_t device = 0;
  bool probed = false;  // `mount` is known
  Mount mount;
  bool distrusted = false;  // its native watches were caught not telling of changes
  std::uint32_t lost_hints = 0;
  Instant lost_at{};

  std::deque<DirectoryId> urgent;
  std::deque<DirectoryId> sweep;
  std::uint32_t in_flight = 0;
  Instant waiting_since{};  // the oldest look in flight has been its worker's since then
  bool hung = false;
};

}  // namespace pawl
