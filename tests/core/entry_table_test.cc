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

// A shared name, a long one, and names that are packed anew when many have gone.
TEST(EntryTable, KeepsNamesAndChildrenWhateverGoes) {
  CommonNames common;
  EntryTable table;
  std::map<std::string, DirectoryId> known;
  std::mt19937 random(7);
  for (std::uint32_t step = 0; step < 5000; ++step) {
    const std::string which = std::string(1 + random() % 700, 'a') + std::to_string(step % 90);
    if (Entry* entry = table.find(which)) {
      table.erase(static_cast<std::size_t>(entry - &table[0]));
      known.erase(which);
    } else {
      const bool directory = random() % 2 == 0;
      const Stamp stamp{.inode = step, .type = directory ? FileType::kDirectory : FileType::kFile};
      Entry& fresh = table.insert(which, stamp, common);
      EXPECT_FALSE(fresh.child().valid());
      known[which] = directory ? DirectoryId{step, 1} : DirectoryId{};
      if (directory) table.set_child(fresh, DirectoryId{step, 1});
    }
    if (step % 100 == 0) table.shrink();
    if (table.size() > 60) table.erase(0), known.clear();
    if (known.empty())
      for (const Entry& entry : table) known[std::string(entry.name())] = entry.child();
    ASSERT_EQ(table.size(), known.size());
    for (const Entry& entry : table) {
      const auto found = known.find(std::string(entry.name()));
      ASSERT_NE(found, known.end()) << entry.name();
      ASSERT_EQ(entry.child(), found->second);
    }
  }
}

TEST(EntryTable, KeepsAllOfAStamp) {
  CommonNames common;
  EntryTable table;
  const Stamp stamp{.inode = UINT64_MAX,
                    .device = 7,
                    .size = INT64_MAX,
                    .mtime_ns = -1,
                    .ctime_ns = INT64_MIN,
                    .owner = UINT32_MAX,
                    .mode = 07777,
                    .type = FileType::kFile,
                    .shared = true};
  Entry& entry = table.insert("x", stamp, common);
  entry.unsettled = true;
  entry.told = 2;
  EXPECT_EQ(entry.stamp(7), stamp);
  EXPECT_EQ(entry.stamp(7).digest(), stamp.digest());
  entry.set_stamp(Stamp{.type = FileType::kFile});
  EXPECT_EQ(entry.stamp(0), Stamp{.type = FileType::kFile});
  EXPECT_TRUE(entry.unsettled);
  EXPECT_EQ(entry.told, 2);
  EXPECT_EQ(entry.name(), "x");
}

TEST(CommonNames, KeepsWhatComesOftenAndNothingElse) {
  CommonNames names;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(names.find("once-" + std::to_string(i)), nullptr);
  const char* shared = nullptr;
  for (int i = 0; i < 100 && shared == nullptr; ++i) shared = names.find("package.json");
  ASSERT_NE(shared, nullptr);
  EXPECT_EQ(std::string(shared, 12), "package.json");
  EXPECT_EQ(names.find("package.json"), shared);
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
