#include "benchmarks/bare/poll.h"

#include <algorithm>

#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/tree.h"

namespace bare {

double latest_of_poll_ms(const std::string& root, double interval_ms, double share) {
  const Cost swept = in_child([&] { sweep(root); });
  return std::max(interval_ms, swept.cpu_ms / share) + swept.wall_ms;
}

}  // namespace bare
