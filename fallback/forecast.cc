#include "fallback/forecast.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pawl {
namespace {

// Refused for want of something that all mounts share.
bool is_shared(Reason reason) {
  return reason == Reason::kWatchLimit || reason == Reason::kInstanceLimit ||
         reason == Reason::kKernelMemory;
}

struct Supply {
  std::uint64_t watches = UINT64_MAX;
  Reason reason = Reason::kBudget;  // once they are used up
};

Supply supply_of(const WatchLimits& limits, const WatchBudget& budget) {
  if (!limits.watches_max) return {};
  const std::uint64_t used = std::min(limits.watches_used.value_or(0), *limits.watches_max);
  const std::uint64_t left = *limits.watches_max - used;
  const std::uint64_t own = budget.of(*limits.watches_max);
  return left < own ? Supply{left, Reason::kWatchLimit} : Supply{own, Reason::kBudget};
}

// Directories that are polled only for want of watches count as `wanted`, as the native ones do.
MountForecast forecast_mount(const ExaminedMount& mount, const Trial& trial, Supply& supply,
                             std::uint64_t& wanted) {
  MountForecast forecast;
  forecast.unreachable = mount.unreachable;
  const std::uint64_t seen = mount.directories - mount.unreachable;
  if (seen == 0) return forecast;
  const Coverage coverage = trial(mount.path, mount.mount);
  if (coverage.mode == Mode::kNative) {
    forecast.native = std::min(seen, supply.watches);
    forecast.polled = seen - forecast.native;
    forecast.reason = forecast.polled > 0 ? supply.reason : Reason::kPreferred;
    wanted += seen;
    if (supply.watches != UINT64_MAX) supply.watches -= forecast.native;
    return forecast;
  }
  if (is_shared(coverage.reason)) {
    supply = Supply{0, coverage.reason};
    wanted += seen;
  }
  forecast.polled = seen;
  forecast.reason = coverage.reason;
  forecast.os_error = coverage.os_error;
  return forecast;
}

// The least power of two of which the budget holds them all, and that leaves what others use.
std::uint64_t limit_for(std::uint64_t directories, std::uint64_t used, const WatchBudget& budget) {
  std::uint64_t limit = 8192;
  while (limit < (std::uint64_t{1} << 40) &&
         (budget.of(limit) < directories || limit - std::min(used, limit) < directories)) {
    limit *= 2;
  }
  return limit;
}

bool any_polled_for(const Forecast& forecast, Reason reason) {
  for (const auto& mounts : forecast.mounts)
    for (const MountForecast& mount : mounts)
      if (mount.polled > 0 && mount.reason == reason) return true;
  return false;
}

}  // namespace

Forecast make_forecast(std::span<const Examination> examinations, const WatchLimits& limits,
                       const WatchBudget& budget, const Trial& trial) {
  Forecast forecast;
  forecast.queue_small = limits.queue_max && *limits.queue_max < kQueueDefault;
  Supply supply = supply_of(limits, budget);
  if (limits.watches_max) {
    forecast.budget = budget.of(*limits.watches_max);
    forecast.available = supply.watches;
  }
  std::uint64_t wanted = 0;
  for (const Examination& examination : examinations) {
    std::vector<MountForecast>& mounts = forecast.mounts.emplace_back();
    for (const ExaminedMount& mount : examination.mounts)
      mounts.push_back(forecast_mount(mount, trial, supply, wanted));
  }
  if (limits.watches_max &&
      (any_polled_for(forecast, Reason::kBudget) || any_polled_for(forecast, Reason::kWatchLimit)))
    forecast.watches_wanted = limit_for(wanted, limits.watches_used.value_or(0), budget);
  return forecast;
}

std::vector<std::string> advise(std::span<const Examination> examinations, const Forecast& forecast,
                                const WatchLimits& limits) {
  std::vector<std::string> advice;
  for (const Examination& examination : examinations) {
    if (!examination.stalled_at.empty())
      advice.push_back(fmt::format("{} does not answer: {}", examination.stalled_at,
                                   reason_remedy(Reason::kNoAnswer)));
  }
  if (forecast.watches_wanted)
    advice.push_back(
        fmt::format("for native watches everywhere: sysctl fs.inotify.max_user_watches={}{}",
                    *forecast.watches_wanted,
                    limits.note.empty() ? std::string() : fmt::format(" ({})", limits.note)));
  std::set<Reason> reasons;
  bool remote = false;
  for (const auto& mounts : forecast.mounts) {
    for (const MountForecast& mount : mounts) {
      if (mount.polled == 0) continue;
      remote = remote || mount.reason == Reason::kFileSystem;
      const bool counted = mount.reason == Reason::kBudget || mount.reason == Reason::kWatchLimit;
      if (!counted || !forecast.watches_wanted) reasons.insert(mount.reason);
    }
  }
  for (const Reason reason : reasons) {
    const std::string_view remedy = reason_remedy(reason);
    if (!remedy.empty()) advice.push_back(fmt::format("{}: {}", reason_name(reason), remedy));
  }
  if (remote)
    advice.emplace_back(
        "file-system: changes made elsewhere are not told there, so it is polled; run pawl on the "
        "machine that holds the files to hear of them at once");
  const auto unreadable = [](const Examination& examination) {
    return examination.unreachable > 0;
  };
  if (std::any_of(examinations.begin(), examinations.end(), unreadable))
    advice.push_back(
        fmt::format("unreachable directories: {}", reason_remedy(Reason::kPermission)));
  if (forecast.queue_small)
    advice.push_back(
        fmt::format("the kernel's queue is small, so storms cost rescans: sysctl "
                    "fs.inotify.max_queued_events={}",
                    kQueueDefault));
  return advice;
}

}  // namespace pawl
