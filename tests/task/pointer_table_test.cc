#include "core/task/pointer_table.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <set>

namespace pawl {
namespace {

struct Thing {
  int number;
};

// Few hashes, so that many want the same place.
struct ByNumber {
  static std::size_t hash(int number) { return static_cast<std::size_t>(number) % 7; }
  static std::size_t hash(const Thing& thing) { return hash(thing.number); }
  static bool same(const Thing& thing, int number) { return thing.number == number; }
};

TEST(PointerTable, FindsWhatIsInItAndNothingElse) {
  std::deque<Thing> things;
  for (int i = 0; i < 200; ++i) things.push_back({i});
  PointerTable<Thing, ByNumber> table;
  EXPECT_EQ(table.find(3), nullptr);
  std::set<int> known;
  std::mt19937 random(5);
  for (int step = 0; step < 20'000; ++step) {
    Thing& thing = things[random() % things.size()];
    Thing* found = table.find(thing.number);
    ASSERT_EQ(found, known.contains(thing.number) ? &thing : nullptr) << step;
    if (found == nullptr) {
      table.insert(thing);
      known.insert(thing.number);
    } else {
      table.erase(thing);
      known.erase(thing.number);
    }
    ASSERT_EQ(table.size(), known.size());
  }
}

}  // namespace
}  // namespace pawl
