#include "sync/backoff.h"

#include <algorithm>

namespace pawl {

using std::chrono::milliseconds;

Backoff::Backoff(milliseconds first, milliseconds cap, std::uint64_t seed)
    : first_(std::max(first, milliseconds(1))), cap_(std::max(cap, first_)), random_(seed) {}

milliseconds Backoff::next() {
  milliseconds delay = first_;
  for (std::uint32_t i = 0; i < attempt_ && delay < cap_; ++i) delay *= 2;
  delay = std::min(delay, cap_);
  ++attempt_;
  const auto half = static_cast<std::uint64_t>(delay.count()) / 2;
  // A modulus rather than a distribution of the library's: those differ between libraries.
  const std::uint64_t drawn = random_() % (half + 1);
  return std::max(delay - milliseconds(drawn), milliseconds(1));
}

}  // namespace pawl
