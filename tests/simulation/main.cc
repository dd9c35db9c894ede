// pawl_sim: runs the whole pipeline against simulated parts, from seeds, and makes what fails
// small.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "tests/simulation/shrink.h"

namespace pawl {
namespace {

constexpr const char* kUsage =
    "pawl_sim [--seed=N | --seeds=A-B | --minutes=N] [--steps=N] [--break=WHAT] [--trace]\n"
    "         [--only=LIST] [--without=FAULT,...]\n"
    "\n"
    "  --seed=N        one seed; --seeds=A-B several; neither: new ones, for a minute\n"
    "  --minutes=N     for so long\n"
    "  --steps=N       at most so many operations of each\n"
    "  --only=LIST     of the operations, only those numbered so: 0-3,7\n"
    "  --without=LIST  without these faults\n"
    "  --break=WHAT    with a mechanism disabled: background, watch-before-list, overflow,\n"
    "                  unsettled, rearm, commit-before-acknowledge, root-guard, last-good\n"
    "  --trace         prints what happens\n"
    "\n"
    "The seed is printed first. What fails is made small, and the command that repeats it "
    "printed.\n"
    "Ends with 0 if nothing fails, 1 if something does, 2 if it is called wrongly.\n";

struct Arguments {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  double minutes = 0;
  bool seeded = false;
  std::size_t steps = SIZE_MAX;
  std::string kept;
  bool keeps = false;
  std::vector<std::string> without;
  RunOptions options;
  bool correct = true;
  bool help = false;
};

template <class Number>
bool read_number(const std::string& text, Number& to) {
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, to);
  return read.ec == std::errc() && read.ptr == end;
}

Arguments parse(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string text = values[i];
    const std::string name = text.substr(0, text.find('='));
    const std::string value = text.size() > name.size() ? text.substr(name.size() + 1) : "";
    if (name == "--help") {
      arguments.help = true;
    } else if (name == "--seed") {
      arguments.correct &= read_number(value, arguments.first);
      arguments.last = arguments.first;
      arguments.seeded = true;
    } else if (name == "--seeds") {
      const std::size_t dash = std::min(value.find('-'), value.size());
      arguments.correct &= dash < value.size() &&
                           read_number(value.substr(0, dash), arguments.first) &&
                           read_number(value.substr(dash + 1), arguments.last);
      arguments.seeded = true;
    } else if (name == "--minutes") {
      arguments.correct &= read_number(value, arguments.minutes) && arguments.minutes > 0;
    } else if (name == "--steps") {
      arguments.correct &= read_number(value, arguments.steps);
    } else if (name == "--only") {
      arguments.kept = value;
      arguments.keeps = true;
    } else if (name == "--without") {
      for (std::size_t at = 0; at <= value.size();) {
        const std::size_t comma = std::min(value.find(',', at), value.size());
        arguments.without.push_back(value.substr(at, comma - at));
        at = comma + 1;
      }
    } else if (name == "--break") {
      arguments.options.broken = break_named(value);
      arguments.correct &= arguments.options.broken != Break::kNone;
    } else if (name == "--trace") {
      arguments.options.print = true;
    } else {
      arguments.correct = false;
    }
  }
  Faults faults;
  for (const std::string& fault : arguments.without) arguments.correct &= turn_off(faults, fault);
  return arguments;
}

Scenario scenario_of(std::uint64_t seed, const Arguments& arguments) {
  Scenario scenario = make_scenario(seed);
  if (scenario.operations.size() > arguments.steps) scenario.operations.resize(arguments.steps);
  if (arguments.keeps)
    scenario = only(scenario, parse_kept(arguments.kept, scenario.operations.size()));
  for (const std::string& fault : arguments.without) (void)turn_off(scenario.faults, fault);
  return scenario;
}

// False: it fails, and why was printed. Adds its steps to `steps`.
bool run_one(std::uint64_t seed, const Arguments& arguments, std::uint64_t& steps) {
  const Scenario scenario = scenario_of(seed, arguments);
  if (arguments.options.print) std::cout << scenario.describe() << '\n';
  const Outcome outcome = run(scenario, arguments.options);
  steps += outcome.steps;
  if (arguments.seeded && arguments.first == arguments.last && arguments.minutes == 0)
    std::cout << "trace " << std::hex << outcome.trace << std::dec << '\n';
  if (outcome.ok()) return true;
  std::cout << "seed " << seed << " fails: " << outcome.failure << '\n';
  // A scenario that is cut already is shown as it is.
  if (!arguments.keeps && !arguments.options.print)
    std::cout << explain(scenario, arguments.options, arguments.without) << std::flush;
  return false;
}

int run_all(const Arguments& arguments) {
  const bool timed = arguments.minutes > 0 || !arguments.seeded;
  const double minutes = arguments.minutes > 0 ? arguments.minutes : 1;
  std::uint64_t seed = arguments.seeded ? arguments.first : std::random_device{}();
  const std::uint64_t last = timed ? UINT64_MAX : arguments.last;
  std::cout << "seed " << seed << std::endl;
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(minutes * 60);
  std::uint64_t runs = 0, failed = 0, steps = 0;
  for (; seed <= last; ++seed) {
    if (timed && std::chrono::steady_clock::now() >= end) break;
    ++runs;
    failed += run_one(seed, arguments, steps) ? 0 : 1;
  }
  std::cout << runs << " seeds, " << failed << " failed, " << steps << " steps" << std::endl;
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace pawl

int main(int count, char** values) {
  const pawl::Arguments arguments = pawl::parse(count, values);
  if (arguments.help) {
    std::cout << pawl::kUsage;
    return 0;
  }
  if (!arguments.correct) {
    std::cerr << pawl::kUsage;
    return 2;
  }
  return pawl::run_all(arguments);
}
