// How soon a change must be told at the least where nothing but looking tells of it.
#pragma once

#include <string>

namespace bare {

// A sweep over `root` (sweep(), benchmarks/bare/tree.h) in each interval, for no more than `share`
// of a core: what comes just after its place was looked at is told an interval and a sweep later.
// Milliseconds.
double poll_limit_ms(const std::string& root, double interval_ms, double share);

}  // namespace bare
