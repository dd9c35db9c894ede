// Versions, as Semantic Versioning 2.0.0 spells and orders them.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pawl {

// The numbers are kept as digits: the specification sets no limit to their length.
struct SemVer {
  std::string major;
  std::string minor;
  std::string patch;
  std::vector<std::string> prerelease;  // "rc.1" is {"rc", "1"}
  std::string build;                    // has no part in precedence
};

// Nothing, if `text` is not exactly a version: "1.2" and "v1.2.3" are not.
std::optional<SemVer> parse_semver(std::string_view text);

// Precedence: equal for versions that differ only in their build.
std::weak_ordering compare_precedence(const SemVer& a, const SemVer& b);

// A total order: precedence first, then the bytes, so that the latest of several versions is the
// same on every run. What is not a version comes before all that are.
std::strong_ordering compare_versions(std::string_view a, std::string_view b);

}  // namespace pawl
