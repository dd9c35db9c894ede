// Each file in tests/task/debounce is a case. To add one, add a file.
//
//   quiet MS [delay_max MS]   first line
//   MS note KEY...            at that time
//   MS take                   asks what has settled
//   MS take_all
//   MS deadline               asks when the next will have settled
//   > KEY...                  what the line before answers; nothing or a missing line: nothing;
//                             for deadline MS or "never"
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/task/debouncer.h"

namespace pawl {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

Instant at(long ms) {
  return Instant(milliseconds(ms));
}

Debouncer make_debouncer(const std::string& line) {
  std::istringstream words(line);
  std::string word;
  long quiet = 0, delay_max = 0;
  words >> word >> quiet;
  if (words >> word >> delay_max) return Debouncer(milliseconds(quiet), milliseconds(delay_max));
  return Debouncer(milliseconds(quiet));
}

// What a line answers.
std::string run(Debouncer& debouncer, const std::string& line) {
  std::istringstream words(line);
  long time = 0;
  std::string command;
  words >> time >> command;
  if (command == "take") return joined(debouncer.take_settled(at(time)));
  if (command == "take_all") return joined(debouncer.take_all());
  if (command == "deadline") {
    const Instant next = debouncer.next_deadline();
    return next == kNever ? "never" : std::to_string(to_ns(next) / 1'000'000);
  }
  if (command != "note") return "no such command";
  for (std::string key; words >> key;) debouncer.note(key, at(time));
  return {};
}

class DebounceTable : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(DebounceTable, LetsThroughExactlyWhatTheCaseSays) {
  std::ifstream file(GetParam());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  ASSERT_GT(lines.size(), 1u);
  ASSERT_TRUE(lines[0].starts_with("quiet"));
  Debouncer debouncer = make_debouncer(lines[0]);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::string expected;
    const std::string& line = lines[i];
    if (i + 1 < lines.size() && lines[i + 1][0] == '>') {
      ++i;
      expected = lines[i].substr(std::min<std::size_t>(2, lines[i].size()));
    }
    EXPECT_EQ(run(debouncer, line), expected) << GetParam().string() << ": " << line;
  }
}

std::vector<std::filesystem::path> cases() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(PAWL_TEST_DATA) + "/task/debounce")) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

INSTANTIATE_TEST_SUITE_P(Cases, DebounceTable, testing::ValuesIn(cases()),
                         [](const auto& param_info) {
                           std::string name = param_info.param.stem().string();
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return !std::isalnum(c); },
                               '_');
                           return name;
                         });

TEST(Debouncer, HoldsOneEntryAKeyHoweverOftenItIsNoted) {
  Debouncer debouncer(milliseconds(10));
  for (int i = 0; i < 10'000; ++i) debouncer.note("a", Instant(Duration(i)));
  EXPECT_EQ(debouncer.size(), 1u);
  EXPECT_TRUE(debouncer.pending("a"));
  EXPECT_FALSE(debouncer.pending("b"));
}

}  // namespace
}  // namespace pawl
