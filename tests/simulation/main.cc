// pawl_sim: runs the whole pipeline against simulated parts, from seeds, and makes what fails
// small.
#include <chrono>
#include <cstdlib>
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
    "  --trace         prints what happens\n";

struct Arguments {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  double minutes = 0;
  std::size_t steps = SIZE_MAX;
  std::string kept;
  bool keeps = false;
  std::vector<std::string> without;
  RunOptions options;
  bool correct = true;
};

Arguments parse(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string text = values[i];
    const std::string name = text.substr(0, text.find('='));
    const std::string value = text.size() > name.size() ? text.substr(name.size() + 1) : "";
    char* end = nullptr;
    if (name == "--seed") {
      arguments.first = arguments.last = std::strtoull(value.c_str(), nullptr, 10);
    } else if (name == "--seeds") {
      arguments.first = std::strtoull(value.c_str(), &end, 10);
      arguments.last = *end == '-' ? std::strtoull(end + 1, nullptr, 10) : arguments.first;
    } else if (name == "--minutes") {
      arguments.minutes = std::strtod(value.c_str(), nullptr);
    } else if (name == "--steps") {
      arguments.steps = std::strtoull(value.c_str(), nullptr, 10);
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

void explain(const Scenario& scenario, const Arguments& arguments) {
  const Small small = shrink(scenario, arguments.options);
  std::cout << "  " << small.outcome.failure << "\n  after:";
  for (const Operation& operation : small.scenario.operations)
    std::cout << " [" << act_name(operation.act) << ']';
  std::cout << "\n  with:" << small.scenario.describe()
            << "\n  repeat: pawl_sim --seed=" << scenario.seed
            << " --only=" << format_kept(small.kept);
  if (arguments.options.broken != Break::kNone)
    std::cout << " --break=" << break_name(arguments.options.broken);
  for (std::size_t i = 0; i < small.without.size(); ++i)
    std::cout << (i == 0 ? " --without=" : ",") << small.without[i];
  std::cout << std::endl;
}

bool run_one(std::uint64_t seed, const Arguments& arguments) {
  const Scenario scenario = scenario_of(seed, arguments);
  if (arguments.options.print) std::cout << scenario.describe() << '\n';
  const Outcome outcome = run(scenario, arguments.options);
  if (outcome.ok()) return true;
  std::cout << "seed " << seed << " fails: " << outcome.failure << '\n';
  // A scenario that is cut already is shown as it is.
  if (!arguments.keeps && !arguments.options.print) explain(scenario, arguments);
  return false;
}

int run_all(const Arguments& arguments) {
  const bool timed = arguments.minutes > 0 || arguments.last == 0;
  const double minutes = arguments.minutes > 0 ? arguments.minutes : 1;
  std::uint64_t seed = arguments.first;
  if (seed == 0) seed = std::random_device{}() + std::uint64_t{1};
  const std::uint64_t last = timed ? UINT64_MAX : arguments.last;
  std::cout << "seed " << seed << std::endl;
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(minutes * 60);
  std::uint64_t runs = 0, failed = 0;
  for (; seed <= last; ++seed) {
    if (timed && std::chrono::steady_clock::now() >= end) break;
    ++runs;
    failed += run_one(seed, arguments) ? 0 : 1;
  }
  std::cout << runs << " seeds, " << failed << " failed" << std::endl;
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace pawl

int main(int count, char** values) {
  const pawl::Arguments arguments = pawl::parse(count, values);
  if (!arguments.correct) {
    std::cerr << pawl::kUsage;
    return 2;
  }
  return pawl::run_all(arguments);
}
