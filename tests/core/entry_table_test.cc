// Finding names, whatever came and went before.
#include "core/entry_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace pawl {
namespace {

std::string name(std::uint32_t i) {
  return "name-" + std::to_string(i);
}

TEST(EntryTable, FindsWhatIsInItAndNothingElse) {
  for (const std::uint32_t range : {6u, 12u, 40u, 3000u}) {
    std::mt19937 random(range);
    CommonNames common;
    EntryTable table;
    std::map<std::string, std::uint64_t> known;
    for (int step = 0; step < 20'000; ++step) {
      const std::string which = name(random() % range);
      Entry* entry = table.find(which);
      ASSERT_EQ(entry != nullptr, known.contains(which)) << which << " of " << range;
      if (entry == nullptr) {
        const std::uint64_t inode = random();
        table.insert(which, Stamp{.inode = inode}, common);
        known[which] = inode;
      } else if (random() % 2 == 0) {
        ASSERT_EQ(entry->inode(), known[which]);
        table.erase(static_cast<std::size_t>(entry - &table[0]));
        known.erase(which);
      }
    }
    ASSERT_EQ(table.size(), known.size());
    for (const auto& [which, inode] : known) {
      const Entry* entry = table.find(which);
      ASSERT_NE(entry, nullptr) << which;
      EXPECT_EQ(entry->inode(), inode);
    }
  }
}

TEST(EntryTable, MayBeGivenItsRoomBefore) {
  CommonNames common;
  EntryTable table;
  for (std::uint32_t i = 0; i < 20; ++i) table.insert(name(i), Stamp{.inode = i}, common);
  table.reserve(5000);
  for (std::uint32_t i = 20; i < 5000; ++i) table.insert(name(i), Stamp{.inode = i}, common);
  for (std::uint32_t i = 0; i < 5000; ++i) {
    ASSERT_NE(table.find(name(i)), nullptr) << i;
    EXPECT_EQ(table.find(name(i))->inode(), i);
  }
  EXPECT_EQ(table.find(name(5000)), nullptr);
}

TEST(EntryTable, KnowsWhatAListingHasSeen) {
  CommonNames common;
  EntryTable table;
  for (std::uint32_t i = 0; i < 3; ++i) table.insert(name(i), Stamp{}, common);
  for (int listing = 0; listing < 4; ++listing) {
    table.begin_listing();
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_FALSE(table.is_seen(table[i]));
    table.see(table[0]);
    table.see(table[1]);
    table.see(table[2]);
    EXPECT_TRUE(table.is_seen(table[1]));
  }
  table.begin_listing();
  EXPECT_TRUE(table.is_seen(table.insert(name(3), Stamp{}, common)));
  EXPECT_FALSE(table.is_seen(table[0]));
}

}  // namespace
}  // namespace pawl
