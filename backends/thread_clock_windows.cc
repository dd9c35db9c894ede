#include <windows.h>

#include <cstdint>

#include "backends/thread_clock.h"

namespace pawl {

// Counted by the tick, 64 a second: right in the long run, and that is what it is used for.
Duration thread_cpu_time() {
  FILETIME created, exited, kernel, user;
  if (!::GetThreadTimes(::GetCurrentThread(), &created, &exited, &kernel, &user)) return {};
  const auto ticks = [](const FILETIME& time) {
    return static_cast<std::int64_t>(std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime);
  };
  return std::chrono::nanoseconds(100 * (ticks(kernel) + ticks(user)));
}

}  // namespace pawl
