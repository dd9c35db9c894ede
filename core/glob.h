// One ignore pattern, taken apart, and what it matches.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"

namespace pawl {

// One component of a pattern: a pattern of one name.
//
// Threading: constant once it is made.
class GlobComponent {
 public:
  void add_byte(char byte) { elements_.push_back(static_cast<unsigned char>(byte)); }
  void add_any_byte() { elements_.push_back(kAnyByte); }
  void add_star() { elements_.push_back(kStar); }
  void add_set(const std::bitset<256>& bytes);

  // Takes as long as both lengths multiplied, at most.
  bool matches(std::string_view name) const;

  // What every name that it matches begins with; -1: with any byte, or several.
  int first_byte() const {
    return any || elements_.empty() || elements_[0] >= kAnyByte ? -1 : elements_[0];
  }

  bool any = false;  // "**": any number of components, and nothing else of this counts

 private:
  // A byte; one of these; or kSet and the place of a set.
  static constexpr std::uint16_t kAnyByte = 256;
  static constexpr std::uint16_t kStar = 257;
  static constexpr std::uint16_t kSet = 258;
  bool accepts(std::uint16_t element, unsigned char byte) const;

  std::vector<std::uint16_t> elements_;
  std::vector<std::bitset<256>> sets_;
};

struct Glob {
  bool negated = false;         // "!X"
  bool directory_only = false;  // "X/"
  bool below = false;           // "X/**"

  // What can be looked up without matching: one component, not anchored, that is a literal, or a
  // star and a literal.
  enum class Simple { kNo, kName, kSuffix };
  Simple simple = Simple::kNo;
  std::string literal;  // of kName and kSuffix

  bool anchored = false;  // from the root only
  bool open = false;      // it ended in "**": what lies below what it matches is matched too
  std::vector<GlobComponent> components;

  // Without a slash at either end, and not empty. Takes as long as both lengths multiplied, at most.
  bool matches(std::string_view path, bool directory) const;
};

// kUsage: the pattern is malformed.
Result<Glob> parse_glob(std::string_view pattern);

}  // namespace pawl
