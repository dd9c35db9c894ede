#include "core/coalesce.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/core/table.h"

namespace pawl {
namespace {

template <class Value, class Name>
Value by_name(const std::string& name, std::initializer_list<Value> values, Name name_of) {
  for (const Value value : values) {
    if (name_of(value) == name) return value;
  }
  ADD_FAILURE() << "no such word: " << name;
  return *values.begin();
}

// "created file /a 7 root=1 from=/b at=2"; `at` is 0 where it isn't said.
Change parse(const std::string& text, int& at) {
  std::istringstream words(text);
  std::string kind, type, word;
  Change change;
  words >> kind >> type >> change.path;
  change.kind = by_name(
      kind,
      {ChangeKind::kCreated, ChangeKind::kModified, ChangeKind::kAttributes, ChangeKind::kRemoved},
      kind_name);
  change.type =
      by_name(type, {FileType::kFile, FileType::kDirectory, FileType::kSymlink, FileType::kOther},
              type_name);
  while (words >> word) {
    const std::string value = word.substr(word.find('=') + 1);
    if (word.starts_with("root=")) {
      change.root = static_cast<std::uint32_t>(std::stoul(value));
    } else if (word.starts_with("from=")) {
      change.from = value;
    } else if (word.starts_with("at=")) {
      at = std::stoi(value);
    } else {
      change.inode = std::stoull(word);
    }
  }
  return change;
}

std::string show(const Change& change, bool with_time) {
  std::ostringstream text;
  text << kind_name(change.kind) << ' ' << type_name(change.type) << ' ' << change.path << ' '
       << change.inode << " root=" << change.root << " from=" << change.from;
  if (with_time) text << " at=" << to_ns(change.known_at) / 1'000'000;
  return text.str();
}

TEST(Coalescer, MergesAsTheTablesSay) {
  for (const TableCase& one : read_table("core/coalesce")) {
    SCOPED_TRACE(one.where);
    Coalescer coalescer;
    std::vector<Change> told;
    std::vector<std::pair<Change, bool>> expected;  // and whether its time was said
    int number = 0;
    bool coalesced = false;
    for (const TableLine& line : one.lines) {
      int at = 0;
      Change change = parse(line.rest, at);
      change.known_at = from_ns((line.verb == "out" ? at : ++number) * 1'000'000);
      if (line.verb == "out") {
        expected.emplace_back(std::move(change), at != 0);
      } else if (line.verb == "in") {
        coalesced = true;
        coalescer.add(std::move(change));
      } else if (line.verb == "link") {
        told.push_back(std::move(change));
      } else {
        ADD_FAILURE() << "line " << line.number << ": no such verb: " << line.verb;
      }
    }
    if (coalesced) {
      told = coalescer.take();
    } else {
      link_renames(told);
    }
    ASSERT_EQ(told.size(), expected.size());
    for (std::size_t i = 0; i < told.size(); ++i) {
      const auto& [change, timed] = expected[i];
      EXPECT_EQ(show(told[i], timed), show(change, timed));
    }
  }
}

Change change_of(ChangeKind kind, const std::string& path, Via via = Via::kNative) {
  Change change;
  change.kind = kind;
  change.path = path;
  change.via = via;
  return change;
}

TEST(Coalescer, TakesViaFromTheLastChange) {
  Coalescer coalescer;
  coalescer.add(change_of(ChangeKind::kCreated, "/a", Via::kNative));
  coalescer.add(change_of(ChangeKind::kModified, "/a", Via::kPoll));
  const auto changes = coalescer.take();
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].via, Via::kPoll);
}

TEST(Coalescer, HoldsNoMoreThanOnePlacePerPath) {
  Coalescer coalescer;
  EXPECT_TRUE(coalescer.empty());
  EXPECT_EQ(coalescer.bytes(), 0u);
  coalescer.add(change_of(ChangeKind::kCreated, "/a/longer/path/than/fits/inside"));
  const std::size_t bytes = coalescer.bytes();
  EXPECT_GT(bytes, 31u);
  for (int i = 0; i < 1000; ++i) {
    coalescer.add(change_of(ChangeKind::kModified, "/a/longer/path/than/fits/inside"));
  }
  EXPECT_EQ(coalescer.size(), 1u);
  EXPECT_EQ(coalescer.bytes(), bytes);
  coalescer.add(change_of(ChangeKind::kRemoved, "/a/longer/path/than/fits/inside"));
  EXPECT_EQ(coalescer.size(), 0u);
  EXPECT_EQ(coalescer.bytes(), 0u);
}

TEST(Coalescer, IsEmptyAfterItWasTaken) {
  Coalescer coalescer;
  coalescer.add(change_of(ChangeKind::kModified, "/a"));
  EXPECT_EQ(coalescer.take().size(), 1u);
  EXPECT_TRUE(coalescer.empty());
  EXPECT_EQ(coalescer.bytes(), 0u);
  EXPECT_TRUE(coalescer.take().empty());
}

// Whatever comes in: one change per path, or a removal and a creation of another type.
TEST(Coalescer, TellsEachPathOnceWhateverCame) {
  constexpr ChangeKind kKinds[] = {ChangeKind::kCreated, ChangeKind::kModified,
                                   ChangeKind::kAttributes, ChangeKind::kRemoved};
  std::uint32_t state = 1;
  const auto random = [&](std::uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 16) % below;
  };
  for (int round = 0; round < 2000; ++round) {
    Coalescer coalescer;
    for (std::uint32_t i = 0, count = random(12); i < count; ++i) {
      Change change = change_of(kKinds[random(4)], std::string("/") + char('a' + random(3)));
      change.type = random(4) == 0 ? FileType::kDirectory : FileType::kFile;
      change.inode = random(3);
      coalescer.add(std::move(change));
    }
    const auto changes = coalescer.take();
    for (std::size_t i = 1; i < changes.size(); ++i) {
      const Change& one = changes[i - 1];
      const Change& two = changes[i];
      ASSERT_LE(one.path, two.path);
      if (one.path != two.path) continue;
      ASSERT_EQ(one.kind, ChangeKind::kRemoved);
      ASSERT_EQ(two.kind, ChangeKind::kCreated);
      ASSERT_NE(one.type, two.type);
    }
  }
}

}  // namespace
}  // namespace pawl
