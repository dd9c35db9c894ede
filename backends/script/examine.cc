#include "backends/script/examine.h"

#include <cstddef>

#include "core/task/text.h"

namespace pawl {
namespace {

// Whether a line of `script` starts with the word `word`, give or take blanks.
bool has_line_starting(std::string_view script, std::string_view word) {
  for (std::size_t at = script.find(word); at != std::string_view::npos;
       at = script.find(word, at + 1)) {
    const std::size_t before =
        at == 0 ? std::string_view::npos : script.find_last_not_of(" \t", at - 1);
    if (before == std::string_view::npos || script[before] == '\n' || script[before] == '\r' ||
        script[before] == ';') {
      return true;
    }
  }
  return false;
}

bool seems_module(std::string_view script) {
  return has_line_starting(script, "import") || has_line_starting(script, "export");
}

// Words that only modules may use so. Cheap, and wrong at no more than the cost of a second parse.
// Sought by letters that are rare in scripts, for that is how a search is quick: "im" or "ex" before
// each "port", "a" before each "wait".
bool may_be_module(std::string_view script) {
  for (std::size_t at = script.find("port"); at != script.npos; at = script.find("port", at + 1)) {
    const std::string_view before = script.substr(0, at);
    if (before.ends_with("im") || before.ends_with("ex")) return true;
  }
  for (std::size_t at = script.find("wait"); at != script.npos; at = script.find("wait", at + 1)) {
    if (script.substr(0, at).ends_with('a')) return true;
  }
  return false;
}

// One reading of a script, and where it failed.
struct Failure {
  ScriptGoal goal;
  ParseError error;
  std::optional<std::size_t> offset;
};

// The failure of the form that the script is meant as.
const Failure& more_plausible(std::string_view script, const Failure& classic,
                              const Failure& module) {
  if (classic.error.line != module.error.line) {
    return classic.error.line > module.error.line ? classic : module;
  }
  const std::size_t classic_at = classic.offset.value_or(0);
  const std::size_t module_at = module.offset.value_or(0);
  if (classic_at != module_at) return classic_at > module_at ? classic : module;
  return seems_module(script) ? module : classic;
}

}  // namespace

std::optional<Diagnostic> examine_script(std::string_view script, const std::string& path,
                                         const ParseScript& parse) {
  script = without_bom(script);
  if (const auto bad = find_invalid_utf8(script)) {
    const TextPosition at = position_of(script, *bad);
    return Diagnostic{path, at.line, at.column, "this is not UTF-8"};
  }
  const bool module_first = may_be_module(script);
  Failure classic{ScriptGoal::kClassic, {}, {}};
  Failure module{ScriptGoal::kModule, {}, {}};
  for (Failure* failure : {module_first ? &module : &classic, module_first ? &classic : &module}) {
    failure->error = parse(script, failure->goal);
    if (failure->error.text.empty()) return std::nullopt;
  }
  for (Failure* failure : {&module, &classic}) {
    failure->offset = locate_error(script, failure->goal, failure->error, parse);
  }
  const Failure& told = more_plausible(script, classic, module);
  Diagnostic diagnostic{path, told.error.line, 0, told.error.text};
  if (told.offset) {
    const TextPosition at = position_of(script, *told.offset);
    diagnostic.line = at.line;
    diagnostic.column = at.column;
  }
  return diagnostic;
}

}  // namespace pawl
