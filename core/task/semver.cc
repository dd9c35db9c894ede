#include "core/task/semver.h"

#include <algorithm>
#include <cstddef>

namespace pawl {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_identifier_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool has_leading_zero(std::string_view text) {
  return text.size() > 1 && text.front() == '0';
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_identifier_char);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool is_valid_prerelease(const std::string& part) {
  return is_identifier(part) && !(is_number(part) && has_leading_zero(part));
}

std::weak_ordering compare_numbers(std::string_view a, std::string_view b) {
  // No leading zeros, so the longer number is the larger.
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a <=> b;
}

std::weak_ordering compare_identifiers(const std::string& a, const std::string& b) {
  const bool a_number = is_number(a);
  const bool b_number = is_number(b);
  if (a_number && b_number) return compare_numbers(a, b);
  if (a_number != b_number)
    return a_number ? std::weak_ordering::less : std::weak_ordering::greater;
  return a <=> b;
}

}  // namespace

std::optional<SemVer> parse_semver(std::string_view text) {
  SemVer version;
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    version.build = text.substr(plus + 1);
    const std::vector<std::string> parts = split(version.build, '.');
    if (!std::all_of(parts.begin(), parts.end(), is_identifier)) return std::nullopt;
    text = text.substr(0, plus);
  }
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    version.prerelease = split(text.substr(dash + 1), '.');
    if (!std::all_of(version.prerelease.begin(), version.prerelease.end(), is_valid_prerelease)) {
      return std::nullopt;
    }
    text = text.substr(0, dash);
  }
  std::vector<std::string> numbers = split(text, '.');
  if (numbers.size() != 3) return std::nullopt;
  for (const std::string& number : numbers) {
    if (!is_number(number) || has_leading_zero(number)) return std::nullopt;
  }
  version.major = std::move(numbers[0]);
  version.minor = std::move(numbers[1]);
  version.patch = std::move(numbers[2]);
  return version;
}

std::weak_ordering compare_precedence(const SemVer& a, const SemVer& b) {
  if (const auto order = compare_numbers(a.major, b.major); order != 0) return order;
  if (const auto order = compare_numbers(a.minor, b.minor); order != 0) return order;
  if (const auto order = compare_numbers(a.patch, b.patch); order != 0) return order;
  // A version with a pre-release part comes before the release itself.
  if (a.prerelease.empty() || b.prerelease.empty()) {
    return a.prerelease.empty() <=> b.prerelease.empty();
  }
  const std::size_t common = std::min(a.prerelease.size(), b.prerelease.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (const auto order = compare_identifiers(a.prerelease[i], b.prerelease[i]); order != 0) {
      return order;
    }
  }
  return a.prerelease.size() <=> b.prerelease.size();
}

std::strong_ordering compare_versions(std::string_view a, std::string_view b) {
  const std::optional<SemVer> left = parse_semver(a);
  const std::optional<SemVer> right = parse_semver(b);
  if (left.has_value() != right.has_value()) return left.has_value() <=> right.has_value();
  if (left) {
    const std::weak_ordering order = compare_precedence(*left, *right);
    if (order < 0) return std::strong_ordering::less;
    if (order > 0) return std::strong_ordering::greater;
  }
  return a <=> b;
}

}  // namespace pawl
