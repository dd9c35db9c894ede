// Which paths are not to be seen: patterns like those of a .gitignore file.
//
//   *        any number of bytes, but no slash        [a-z]   one byte of those, never a slash
//   ?        one byte, but no slash                   [!a-z]  one byte of none of those ([^a-z]
//   too)
//   **       as a whole component: any number of components, none too
//   \x       x itself
//
// A pattern matches at any depth: "build" is "/build" and "/a/build", "doc/build" also
// "/a/doc/build". One that starts with a slash matches from the root only.
// "X/" matches directories only.
// "X/**" matches the directory X, so that it need not be watched, and all that lies below it.
// "!X" takes back what an earlier pattern ignores: the last pattern that matches decides. As with
// git, nothing can be taken back below a directory that is itself ignored.
// Nothing else is special: no comments, and spaces count. Paths and patterns are bytes, and upper
// and lower case differ.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/status.h"

namespace pawl {

// Immutable, cheap to copy (a shared pointer), and safe to use from any number of threads. The time
// of a match is at most the path's length times that of the patterns: none of them makes it explode.
class IgnoreRules {
 public:
  // Ignores nothing.
  IgnoreRules() = default;

  // kUsage: a pattern is malformed; the message names it and says what is wrong with it.
  static Result<IgnoreRules> compile(std::span<const std::string> patterns);

  // Whether the patterns match `relative_path` itself: without a slash at either end, relative to
  // the watched root. Enough for a caller that goes down from the root and stops at what matches.
  // The root itself ("") never matches.
  bool matches(std::string_view relative_path, bool directory) const;

  // Whether it or any directory above it matches: for a path that comes from anywhere.
  bool ignored(std::string_view relative_path, bool directory) const;

  bool empty() const { return state_ == nullptr; }

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace pawl
