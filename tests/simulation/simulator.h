// Runs one scenario to its end, in one thread and on a clock of its own.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "tests/simulation/scenario.h"

namespace pawl {

struct RunOptions {
  Break broken = Break::kNone;
  bool print = false;  // the trace, to stdout
};

struct Outcome {
  std::string failure;      // "" if all held
  std::uint64_t trace = 0;  // a hash of all that happened
  std::size_t operations = 0;
  std::uint64_t steps = 0;  // turns of the program's loop
  std::uint64_t lost_hints = 0;
  std::uint64_t overflows = 0;

  bool ok() const { return failure.empty(); }
};

Outcome run(const Scenario& scenario, const RunOptions& options);

}  // namespace pawl
