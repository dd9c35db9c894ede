// How a tree would be watched: how many directories natively, how many by polling, and why.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/limits.h"
#include "core/coverage.h"
#include "core/watch_budget.h"
#include "fallback/tree_walk.h"

namespace pawl {

// Fewer waiting events than the kernel allows by default: a storm overflows the queue soon.
inline constexpr std::uint64_t kQueueDefault = 16384;

struct MountForecast {
  std::uint64_t native = 0;
  std::uint64_t polled = 0;
  std::uint64_t unreachable = 0;
  // Of those polled, or of all if none is.
  Reason reason = Reason::kPreferred;
  int os_error = 0;
};

struct Forecast {
  // What pawl would take of the watches at most; nothing where there is no limit or none is known.
  std::optional<std::uint64_t> budget;
  // Native watches that there are for these directories: the budget, or what others have left.
  std::optional<std::uint64_t> available;
  // A value of fs.inotify.max_user_watches that makes every directory native that can be; nothing
  // where they are.
  std::optional<std::uint64_t> watches_wanted;
  bool queue_small = false;
  // One for each examination, and in it one for each of its mounts.
  std::vector<std::vector<MountForecast>> mounts;
};

// How a directory on such a mount is covered: what Hybrid says on trial.
using Trial = std::function<Coverage(const std::string& path, const Mount& mount)>;

// Watches are given out in the order of the examinations and their mounts. `limits` with what is
// used, as read_watch_usage gives it. `trial` is called once for each mount.
Forecast make_forecast(std::span<const Examination> examinations, const WatchLimits& limits,
                       const WatchBudget& budget, const Trial& trial);

// What a person may do, in the order of importance; empty where all is well.
std::vector<std::string> advise(std::span<const Examination> examinations, const Forecast& forecast,
                                const WatchLimits& limits);

// A Trial that starts a watch as pawl would, and stops it again. Not for a mount that hangs.
Coverage try_to_cover(const std::string& path, const Mount& mount);

}  // namespace pawl
