// When to try again: the first delay, doubled at each failure up to a cap, and then drawn between
// half of that and all of it, so that many who failed together do not come back together.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace pawl {

class Backoff {
 public:
  // The same seed gives the same delays.
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds cap, std::uint64_t seed);

  // One more failure: how long to wait now. At least 1 ms.
  std::chrono::milliseconds next();
  // It went well.
  void reset() { attempt_ = 0; }
  // Failures since it went well.
  std::uint32_t attempt() const { return attempt_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds cap_;
  std::mt19937_64 random_;
  std::uint32_t attempt_ = 0;
};

}  // namespace pawl
