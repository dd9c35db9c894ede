// Pictures of the results, each an <svg> of its own that needs nothing else. Empty where there is
// nothing to be seen.
#pragma once

#include <string>

#include "benchmarks/report/results.h"

namespace report {

// How much of each target is used up: median, least and most.
std::string plot_targets(const Results& results);
// How values grow with the size: those said to be linear, or those said to be constant.
std::string plot_growth(const Results& results, bool linear);
// Percentiles of pawl and of the bare loop.
std::string plot_latency(const Results& results);
// CPU of each watcher for a change of `job`, and what it did not tell.
std::string plot_peers(const Results& results, const std::string& job);
std::string plot_curve(const Curve& curve);

// The watchers that were measured, pawl first.
std::vector<std::string> peers_of(const Results& results);

}  // namespace report
