// How the directories of a source are watched, for whoever looks at the database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/reconciler.h"
#include "sync/stored.h"

namespace pawl {

// Of those that are not native, so many are listed one by one; the sums are always complete.
inline constexpr std::size_t kCoverageListedMax = 10'000;

// For each mode and reason one sum, and after them the directories that are not as they should be
// or were asked to be, by path. `now` is the reconciler's clock, `wall` the same moment.
//
// Threading: that of the reconciler.
std::vector<StoredCoverage> coverage_of(const Reconciler& reconciler, std::uint32_t root,
                                        Instant now, WallMs wall);

}  // namespace pawl
