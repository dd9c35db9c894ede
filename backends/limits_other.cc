// Where the system has no limit that can be read: macOS, the BSDs, Windows.
#include "backends/limits.h"

namespace pawl {

WatchLimits read_watch_limits(const std::string&) {
  WatchLimits limits;
  limits.note = "this system does not tell its limits";
  return limits;
}

WatchLimits read_watch_usage(const std::string& proc) {
  return read_watch_limits(proc);
}

}  // namespace pawl
