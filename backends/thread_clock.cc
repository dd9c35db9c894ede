#include "backends/thread_clock.h"

#include <uv.h>

#include <ctime>

namespace pawl {

Duration thread_cpu_time() {
#ifdef CLOCK_THREAD_CPUTIME_ID
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
#else
  return Duration(static_cast<std::int64_t>(uv_hrtime()));
#endif
}

}  // namespace pawl
