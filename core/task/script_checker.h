// Checks that a script is syntactically correct JavaScript.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/task/diagnostic.h"

namespace pawl {

// Threading: one checker serves one thread at a time; make one per worker.
class ScriptChecker {
 public:
  virtual ~ScriptChecker() = default;

  // The first syntax error of `script`, or nothing. `path` is only for the diagnostic. A script
  // that is a correct module or a correct classic script passes.
  virtual std::optional<Diagnostic> check(std::string_view script, const std::string& path) = 0;

  // Gives up what it keeps of the scripts that it has checked, if that is much: true. What is checked
  // next waits no longer for that.
  virtual bool let_go() { return false; }

  // False: there is no engine, and every script passes unchecked.
  virtual bool checks() const = 0;
};

}  // namespace pawl
