// Rounds over polled directories: who is looked at, and when the next comes.
#include "core/sweep.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace pawl {
namespace {

using std::chrono::microseconds;

constexpr double kShare = 0.05;
constexpr Duration kInterval = seconds(1);

// Rounds over directories that cost `cost` each.
class Rounds {
 public:
  explicit Rounds(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) sweep.add(DirectoryId{i, 0});
  }
  // Returns those of the round, all of which are answered at once.
  std::vector<std::uint32_t> next(Duration cost) {
    now = std::max(now, sweep.due);
    sweep.due = now + kInterval;
    std::vector<std::uint32_t> taken;
    sweep.round(now, kInterval, kShare, [&](DirectoryId id) {
      ++sweep.outstanding;
      taken.push_back(id.index);
      return active.contains(id.index) ? Sweep::Taken::kActive : Sweep::Taken::kResting;
    });
    for (std::size_t i = 0; i < taken.size(); ++i) {
      sweep.cost(cost);
      sweep.done(kInterval, kShare);
    }
    return taken;
  }

  Sweep sweep;
  std::set<std::uint32_t> active;
  Instant now = from_ns(1'000'000'000);
};

TEST(Sweep, TakesAllEveryIntervalWhileTheyFit) {
  Rounds rounds(100);
  for (int i = 0; i < 5; ++i) {
    const Instant before = rounds.now;
    EXPECT_EQ(rounds.next(microseconds(20)).size(), 100u);
    if (i > 0) {
      EXPECT_EQ(rounds.now - before, kInterval);
    }
  }
  EXPECT_EQ(rounds.sweep.bound(kInterval, kShare), kInterval);
}

// 5% of a second is 50 ms, so 500 directories of 100 us.
TEST(Sweep, TakesNoMoreThanItsShareAndLeavesNoneOutForLongerThanItsBound) {
  Rounds rounds(5000);
  for (int i = 0; i < 50; ++i) rounds.next(microseconds(100));
  const Duration bound = rounds.sweep.bound(kInterval, kShare);
  EXPECT_GE(bound, seconds(9));
  EXPECT_LE(bound, seconds(13));
  std::map<std::uint32_t, Instant> last;
  for (int i = 0; i < 60; ++i) {
    const std::vector<std::uint32_t> taken = rounds.next(microseconds(100));
    EXPECT_LE(taken.size(), 520u);
    for (const std::uint32_t index : taken) {
      if (last.contains(index)) {
        EXPECT_LE(rounds.now - last[index], bound + kInterval);
      }
      last[index] = rounds.now;
    }
  }
  EXPECT_EQ(last.size(), 5000u);
}

TEST(Sweep, TakesThoseThatChangedLatelySooner) {
  Rounds rounds(5000);
  for (std::uint32_t i = 0; i < 20; ++i) rounds.active.insert(i * 100);
  for (int i = 0; i < 50; ++i) rounds.next(microseconds(100));
  std::map<std::uint32_t, int> looks;
  for (int i = 0; i < 20; ++i)
    for (const std::uint32_t index : rounds.next(microseconds(100))) ++looks[index];
  for (const std::uint32_t index : rounds.active) EXPECT_GE(looks[index], 19) << index;
}

// One directory of a million entries is a round by itself, and takes 400 ms: at 5% that is one
// every eight seconds.
TEST(Sweep, StretchesTheIntervalWhenOneLookCostsMoreThanTheShare) {
  Rounds rounds(1);
  rounds.next(milliseconds(400));
  const Instant before = rounds.now;
  rounds.next(milliseconds(400));
  EXPECT_EQ(rounds.now - before, seconds(8));
  EXPECT_EQ(rounds.sweep.bound(kInterval, kShare), seconds(8));
  rounds.next(milliseconds(10));
  rounds.next(milliseconds(10));
  EXPECT_EQ(rounds.sweep.bound(kInterval, kShare), kInterval);
}

TEST(Sweep, CountsTheCostOfADirectoryThatIsLookedAtInPartsAsAWhole) {
  Sweep sweep;
  sweep.add(DirectoryId{0, 0});
  sweep.round(from_ns(0), kInterval, kShare, [&](DirectoryId) {
    ++sweep.outstanding;
    return Sweep::Taken::kResting;
  });
  for (int i = 0; i < 9; ++i) sweep.part_cost(milliseconds(10));
  sweep.cost(milliseconds(10));
  sweep.done(kInterval, kShare);
  EXPECT_EQ(sweep.due, from_ns(0) + seconds(2));
}

}  // namespace
}  // namespace pawl
