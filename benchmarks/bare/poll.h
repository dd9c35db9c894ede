// How soon a change is told where nothing but looking tells of it.
#pragma once

#include <string>

namespace bare {

// The latest that a bare poll tells of a change: it sweeps over `root` (sweep(),
// benchmarks/bare/tree.h) once in each interval, for no more than `share` of a core, and what comes
// just after its place was looked at is told an interval and a sweep later. In milliseconds; what a
// sweep takes is measured.
double latest_of_poll_ms(const std::string& root, double interval_ms, double share);

}  // namespace bare
