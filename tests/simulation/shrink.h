// Makes a failing scenario small: fewer operations, and no fault that it does not need.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/simulation/simulator.h"

namespace pawl {

struct Small {
  Scenario scenario;
  std::vector<std::size_t> kept;     // operations of the seed's scenario, by their number
  std::vector<std::string> without;  // faults that were left out, by name
  Outcome outcome;
};

// REQUIRES: `scenario` fails with `options`. Another failure of the same kind will do.
Small shrink(const Scenario& scenario, const RunOptions& options);

// What of it still fails once it is small, and the shortest command that repeats that. `without`:
// the faults that were left out to begin with.
std::string explain(const Scenario& scenario, const RunOptions& options,
                    std::vector<std::string> without);

// The operations numbered "0-3,7", the others left out; all if `text` is empty.
std::vector<std::size_t> parse_kept(const std::string& text, std::size_t count);
std::string format_kept(const std::vector<std::size_t>& kept);
Scenario only(const Scenario& scenario, const std::vector<std::size_t>& kept);
// Turns a fault off, by its name; false: there is no such name.
bool turn_off(Faults& faults, const std::string& name);

}  // namespace pawl
