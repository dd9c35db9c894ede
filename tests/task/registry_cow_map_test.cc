#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "core/task/cow_map.h"

namespace pawl {
namespace {

std::size_t copies = 0;

struct Counted {
  std::string key;
  int number = 0;

  Counted(std::string k, int n) : key(std::move(k)), number(n) {}
  Counted(const Counted& other) : key(other.key), number(other.number) { ++copies; }
  Counted(Counted&&) = default;
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) = default;
};
struct ByKey {
  static std::string_view key(const Counted& value) { return value.key; }
};
using Map = CowMap<Counted, ByKey>;

std::string key_of(int i) {
  return "task " + std::to_string(i);
}

Map filled(int count) {
  Map map;
  for (int i = 0; i < count; ++i) map.put(Counted(key_of(i), i), 1);
  return map;
}

// How many values one change copies, at most over some changes, each with a snapshot before it.
std::size_t copies_of_one_change(int count) {
  Map map = filled(count);
  std::size_t most = 0;
  for (int i = 0; i < 50; ++i) {
    const Map snapshot = map;
    const std::size_t before = copies;
    map.put(Counted(key_of(i * (count / 50)), -1), 2 + static_cast<std::uint64_t>(i));
    most = std::max(most, copies - before);
    EXPECT_NE(snapshot.find(key_of(i * (count / 50)))->number, -1);
  }
  return most;
}

TEST(CowMap, CopiesAsFewValuesInALargeMapAsInASmallOne) {
  // A node holds 32 values at most, and four levels hold a million.
  EXPECT_LE(copies_of_one_change(100), 4 * 32u);
  EXPECT_LE(copies_of_one_change(100'000), 4 * 32u);
}

TEST(CowMap, BehavesAsAMapAndLeavesEverySnapshotAsItWas) {
  std::mt19937 random(20);
  Map map;
  std::map<std::string, int> model;
  std::vector<std::pair<Map, std::map<std::string, int>>> snapshots;
  for (std::uint64_t batch = 1; batch < 60; ++batch) {
    for (int i = 0; i < 100; ++i) {
      const std::string key = key_of(static_cast<int>(random() % 700));
      if (random() % 3 == 0) {
        EXPECT_EQ(map.erase(key, batch), model.erase(key) == 1);
      } else {
        map.put(Counted(key, i), batch);
        model[key] = i;
      }
    }
    snapshots.emplace_back(map, model);
  }
  for (const auto& [snapshot, expected] : snapshots) {
    std::map<std::string, int> found;
    snapshot.for_each([&](const Counted& value) { found[value.key] = value.number; });
    EXPECT_EQ(found, expected);
    EXPECT_EQ(snapshot.size(), expected.size());
    for (const auto& [key, number] : expected) {
      ASSERT_NE(snapshot.find(key), nullptr);
      EXPECT_EQ(snapshot.find(key)->number, number);
    }
    EXPECT_EQ(snapshot.find("nothing"), nullptr);
  }
}

TEST(CowMap, IsEmptyAgainWhenAllHasGone) {
  Map map = filled(5'000);
  const Map full = map;
  for (int i = 0; i < 5'000; ++i) EXPECT_TRUE(map.erase(key_of(i), 2));
  EXPECT_EQ(map.size(), 0u);
  EXPECT_FALSE(map.erase(key_of(1), 2));
  map.for_each([](const Counted&) { FAIL(); });
  EXPECT_EQ(full.size(), 5'000u);
  EXPECT_EQ(full.find(key_of(4'999))->number, 4'999);
}

}  // namespace
}  // namespace pawl
