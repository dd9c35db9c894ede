// A lane carries the looks at one mount. Its worker may hang with the mount, and then only this lane
// stands still.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

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
  // What changed there without a hint of late, and when the last was found.
  std::vector<std::pair<DirectoryId, std::string>> lost;
  Instant lost_at{};

  std::deque<DirectoryId> urgent;
  // Those that were never listed, the last found first: what the system still knows of it from the
  // listing of its parent is at hand then, and so few wait.
  std::vector<DirectoryId> fresh;
  std::deque<DirectoryId> sweep;
  std::uint32_t in_flight = 0;
  Instant waiting_since{};  // the oldest look in flight has been its worker's since then
  bool hung = false;
};

}  // namespace pawl
