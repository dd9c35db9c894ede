// How long something took, counted in buckets that double. A plain value.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/time.h"

namespace pawl {

struct Histogram {
  // From 16 µs, the time of one look, to 67 s, longer than any retry; what is longer is in the last.
  static constexpr std::size_t kBuckets = 24;

  std::array<std::uint64_t, kBuckets> counts{};
  std::uint64_t count = 0;
  Duration sum{};

  // The longest time that bucket `i` holds.
  static constexpr Duration bound(std::size_t i) {
    return std::chrono::microseconds(std::int64_t{16} << i);
  }

  void add(Duration took) {
    took = std::max(took, Duration::zero());
    const auto units = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count() - 1, 0)) / 16'000;
    ++counts[std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(units)), kBuckets - 1)];
    ++count;
    sum += took;
  }

  bool operator==(const Histogram&) const = default;
};

}  // namespace pawl
