// The one source of chance in a simulated run. The same seed gives the same numbers on every
// machine, which the distributions of <random> do not promise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pawl {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // splitmix64 (Steele, Lea, Flood 2014).
  std::uint64_t next() {
    std::uint64_t x = state_ += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }

  // REQUIRES: `limit` > 0.
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }

  // `rate`: of a million.
  bool chance(std::uint32_t rate) { return rate != 0 && next() % 1'000'000 < rate; }

  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace pawl
