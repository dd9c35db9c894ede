#include "core/ignore.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/core/table.h"

namespace pawl {
namespace {

void expect_error(const std::vector<std::string>& patterns, const TableLine& line) {
  const auto rules = IgnoreRules::compile(patterns);
  ASSERT_FALSE(rules.ok()) << "line " << line.number;
  EXPECT_EQ(rules.status().code(), Code::kUsage);
  EXPECT_NE(rules.status().message().find(line.rest), std::string::npos)
      << "line " << line.number << ": " << rules.status().message();
}

void check(const IgnoreRules& rules, const TableLine& line) {
  std::string_view path = line.rest;
  const bool directory = path.ends_with('/');
  if (directory) path.remove_suffix(1);
  if (line.verb == "matches" || line.verb == "misses") {
    EXPECT_EQ(rules.matches(path, directory), line.verb == "matches")
        << "line " << line.number << ": " << path;
  } else if (line.verb == "ignored" || line.verb == "kept") {
    EXPECT_EQ(rules.ignored(path, directory), line.verb == "ignored")
        << "line " << line.number << ": " << path;
  } else {
    ADD_FAILURE() << "line " << line.number << ": no such verb: " << line.verb;
  }
}

TEST(IgnoreRules, MatchAsTheTablesSay) {
  for (const TableCase& one : read_table("core/ignore")) {
    SCOPED_TRACE(one.where);
    std::vector<std::string> patterns;
    for (const TableLine& line : one.lines) {
      if (line.verb == "pattern") patterns.push_back(line.rest);
    }
    const auto rules = IgnoreRules::compile(patterns);
    for (const TableLine& line : one.lines) {
      if (line.verb == "pattern") continue;
      if (line.verb == "error") {
        expect_error(patterns, line);
        continue;
      }
      ASSERT_TRUE(rules.ok()) << rules.status().message();
      check(*rules, line);
    }
  }
}

TEST(IgnoreRules, WithoutPatternsIgnoreNothing) {
  EXPECT_FALSE(IgnoreRules().matches("a", false));
  EXPECT_FALSE(IgnoreRules().ignored("a/b", false));
  const auto none = IgnoreRules::compile({});
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->empty());
  EXPECT_FALSE(none->matches("a", false));
}

TEST(IgnoreRules, NeverMatchTheRootItself) {
  const std::vector<std::string> patterns{"*", "**", "**/"};
  const auto rules = IgnoreRules::compile(patterns);
  ASSERT_TRUE(rules.ok());
  EXPECT_FALSE(rules->matches("", true));
  EXPECT_FALSE(rules->ignored("", true));
}

TEST(IgnoreRules, LongPathsAndPatternsAreMatchedWhole) {
  const std::string component(250, 'x');
  std::string path = component;
  for (int i = 0; i < 40; ++i) path += "/" + component;
  const std::vector<std::string> patterns{std::string(4000, '?'), "x/**/y*z"};
  const auto rules = IgnoreRules::compile(patterns);
  ASSERT_TRUE(rules.ok()) << rules.status().message();
  EXPECT_FALSE(rules->matches(path, false));
  EXPECT_TRUE(rules->matches(path + "/x/" + path + "/yz", false));
  const std::vector<std::string> longer{std::string(5000, 'a')};
  EXPECT_FALSE(IgnoreRules::compile(longer).ok());
}

TEST(IgnoreRules, AThousandPatternsOfEveryKindEachMatch) {
  std::vector<std::string> patterns;
  for (int i = 0; i < 250; ++i) {
    const std::string n = std::to_string(i);
    patterns.insert(patterns.end(),
                    {"name" + n, "*.suffix" + n, "*a" + n + "*b*", "/top/**/deep" + n + "/**"});
  }
  const auto rules = IgnoreRules::compile(patterns);
  ASSERT_TRUE(rules.ok()) << rules.status().message();
  for (int i = 0; i < 250; ++i) {
    const std::string n = std::to_string(i);
    EXPECT_TRUE(rules->matches("x/name" + n, false));
    EXPECT_TRUE(rules->matches("x/y.suffix" + n, false));
    EXPECT_TRUE(rules->matches("x/_a" + n + "_b_", false));
    EXPECT_TRUE(rules->matches("top/1/2/deep" + n + "/3", false));
    EXPECT_FALSE(rules->matches("top/1/2/deep" + n, false));
  }
  EXPECT_FALSE(rules->matches("name250", false));
}

// What makes a backtracking matcher take years.
TEST(IgnoreRules, NoPatternBlowsUp) {
  std::string stars;
  for (int i = 0; i < 100; ++i) stars += "*a";
  std::string any = "x";
  for (int i = 0; i < 100; ++i) any += "/**/x";
  // The last two end as the paths do, so that their ends do not tell.
  const std::vector<std::string> patterns{stars + "b", any + "/y", stars + "?c", stars + "*b*a",
                                          any + "/**/y/**/x"};
  const auto rules = IgnoreRules::compile(patterns);
  ASSERT_TRUE(rules.ok()) << rules.status().message();
  EXPECT_FALSE(rules->matches(std::string(20'000, 'a'), false));
  std::string path = "x";
  for (int i = 0; i < 5000; ++i) path += "/x";
  EXPECT_FALSE(rules->matches(path, false));
  EXPECT_TRUE(rules->matches(std::string(20'000, 'a') + "b", false));
}

TEST(IgnoreRules, ServeSeveralThreads) {
  const std::vector<std::string> patterns{"*a*b*", "x/**/y", "*.tmp"};
  const auto rules = IgnoreRules::compile(patterns);
  ASSERT_TRUE(rules.ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([copy = *rules, t] {
      for (int i = 0; i < 500; ++i) {
        const std::string n = std::to_string(i * 3 + t);
        EXPECT_TRUE(copy.matches("dir/a" + n + "b", false));
        EXPECT_TRUE(copy.matches("x/" + n + "/y", false));
        EXPECT_FALSE(copy.matches("x/" + n + "/z", false));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace pawl
