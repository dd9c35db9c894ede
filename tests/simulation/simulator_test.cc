// Seeds that failed once, seeds that never ran, and whether the simulator can see at all.
//
// New seeds are new each time: 20,000 of them, or as many as fit into PAWL_SIM_SECONDS (60 by
// default). PAWL_SIM_SEED says where they begin (.ci/run takes it from the commit); what a run began with
// is printed first.
#include "tests/simulation/simulator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/simulation/shrink.h"

namespace pawl {
namespace {

constexpr std::uint64_t kNewSeedsMax = 20'000;
// Within so many seeds a mechanism that does not work must show.
constexpr std::uint64_t kBreakSeeds = 200;

// Far from the seeds that are written down, and never the same twice.
std::uint64_t seed_of_the_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

std::uint64_t number(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Simulator, TheSameSeedGivesTheSameTrace) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Scenario scenario = make_scenario(seed);
    EXPECT_EQ(run(scenario, {}).trace, run(scenario, {}).trace) << "seed " << seed;
  }
}

TEST(Simulator, OtherSeedsGiveOtherTraces) {
  EXPECT_NE(run(make_scenario(1), {}).trace, run(make_scenario(2), {}).trace);
}

// A line is a seed and what it found; what follows a # is for people.
TEST(Simulator, WhatFailedOnceHoldsNow) {
  std::ifstream file(PAWL_TEST_DATA "/simulation/seeds.txt");
  ASSERT_TRUE(file.is_open());
  std::string line;
  std::size_t seeds = 0;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::uint64_t seed = 0;
    if (!(words >> seed)) continue;
    ++seeds;
    const Outcome outcome = run(make_scenario(seed), {});
    EXPECT_TRUE(outcome.ok()) << outcome.failure << "\nrepeat: pawl_sim --seed=" << seed;
  }
  EXPECT_GT(seeds, 0u);
}

TEST(Simulator, NewSeedsHold) {
  using Clock = std::chrono::steady_clock;
  const std::chrono::seconds limit(number("PAWL_SIM_SECONDS", 60));
  const std::uint64_t first = number("PAWL_SIM_SEED", seed_of_the_clock());
  std::cout << "seeds from " << first << std::endl;
  const Clock::time_point end = Clock::now() + limit;
  std::uint64_t seed = first;
  for (; seed < first + kNewSeedsMax && Clock::now() < end; ++seed) {
    const Scenario scenario = make_scenario(seed);
    if (!run(scenario, {}).ok()) FAIL() << "seed " << seed << '\n' << explain(scenario, {}, {});
  }
  RecordProperty("seeds", static_cast<int>(seed - first));
  std::cout << seed - first << " seeds" << std::endl;
}

class Broken : public testing::TestWithParam<Break> {};

TEST_P(Broken, IsNoticed) {
  RunOptions options;
  options.broken = GetParam();
  for (std::uint64_t seed = 1; seed <= kBreakSeeds; ++seed) {
    if (run(make_scenario(seed), options).ok()) continue;
    std::cout << break_name(options.broken) << " was noticed at seed " << seed << std::endl;
    return;
  }
  ADD_FAILURE() << break_name(options.broken) << " can be disabled, and no seed of " << kBreakSeeds
                << " notices";
}

INSTANTIATE_TEST_SUITE_P(Simulator, Broken, testing::ValuesIn(kBreaks), [](const auto& param) {
  std::string name(break_name(param.param));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace pawl
