#include "core/task/semver.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pawl {
namespace {

TEST(SemVer, AcceptsWhatTheSpecificationAccepts) {
  for (const char* text :
       {"0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.1.2+meta", "1.0.0-alpha",
        "1.0.0-alpha.0valid", "1.0.0-rc.1+build.1", "2.0.0+build.1848", "1.0.0-0A.is.legal",
        "1.2.3----RC-SNAPSHOT.12.9.1--.12+788", "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
        "99999999999999999999999.999999999999999999.99999999999999999", "1.0.0--", "1.0.0+001"}) {
    EXPECT_TRUE(parse_semver(text)) << text;
  }
}

TEST(SemVer, RefusesWhatTheSpecificationRefuses) {
  for (const char* text :
       {"",          "1",        "1.2",      "1.2.3.4",    "v1.2.3",          "1.2.3-",
        "1.2.3+",    "1.2.3-+a", "1.2.3-01", "1.2.3-a..b", "01.1.1",          "1.01.1",
        "1.1.01",    " 1.2.3",   "1.2.3 ",   "1.2.-3",     "-1.2.3",          "1.2.3+a+b",
        "1.2.3-a_b", "1.2.3-é",  "1.2.x",    "..",         "1.2.3-0123.0123", "1..3"}) {
    EXPECT_FALSE(parse_semver(text)) << text;
  }
}

TEST(SemVer, OrdersByPrecedence) {
  const std::vector<std::string> ascending = {"0.9.9",
                                              "1.0.0-1",
                                              "1.0.0-2",
                                              "1.0.0-10",
                                              "1.0.0-99999999999999999999998",
                                              "1.0.0-99999999999999999999999",
                                              "1.0.0-alpha",
                                              "1.0.0-alpha.1",
                                              "1.0.0-alpha.beta",
                                              "1.0.0-beta",
                                              "1.0.0-beta.2",
                                              "1.0.0-beta.11",
                                              "1.0.0-rc.1",
                                              "1.0.0",
                                              "1.0.1",
                                              "1.2.0",
                                              "1.10.0",
                                              "2.0.0",
                                              "10.0.0",
                                              "99999999999999999999.0.0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(compare_precedence(*parse_semver(ascending[i]), *parse_semver(ascending[j])),
                std::weak_ordering(i <=> j))
          << ascending[i] << " " << ascending[j];
      EXPECT_EQ(compare_versions(ascending[i], ascending[j]), i <=> j);
    }
  }
}

TEST(SemVer, BuildsHaveNoPrecedenceButAnOrder) {
  EXPECT_TRUE(compare_precedence(*parse_semver("1.0.0+a"), *parse_semver("1.0.0+b")) == 0);
  EXPECT_TRUE(compare_versions("1.0.0+a", "1.0.0+b") < 0);
  EXPECT_TRUE(compare_versions("not a version", "0.0.0-0") < 0);
}

}  // namespace
}  // namespace pawl
