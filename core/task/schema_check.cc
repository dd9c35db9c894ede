#include "core/task/schema_check.h"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "core/task/json_text.h"
#include "core/task/metaschema.h"
#include "core/task/schema_walk.h"
#include "core/task/text.h"

namespace pawl {
namespace {

std::string accepted_dialects() {
  std::string text;
  for (const SchemaDialect dialect : kSchemaDialects) {
    if (!text.empty()) text += ", ";
    text += dialect_uri(dialect);
  }
  return text;
}

// The dialect of `schema`; nothing, and a problem, if it names one that is not known.
std::optional<SchemaDialect> dialect_named(const JsonValue& schema, SchemaProblems& problems) {
  if (!schema.IsObject()) return SchemaDialect::kDraft07;
  const auto member = schema.FindMember("$schema");
  if (member == schema.MemberEnd()) return SchemaDialect::kDraft07;
  if (!member->value.IsString()) {
    problems.add({"$schema"}, "must be a string");
    return std::nullopt;
  }
  const std::string_view uri(member->value.GetString(), member->value.GetStringLength());
  const auto dialect = dialect_of(uri);
  if (!dialect) {
    problems.add({"$schema"}, fmt::format("names a dialect that is not known, \"{}\"; known are {}",
                                          uri, accepted_dialects()));
  }
  return dialect;
}

std::vector<Diagnostic> to_diagnostics(std::string_view text, const SchemaProblems& problems) {
  std::vector<Diagnostic> diagnostics;
  for (const SchemaProblem& problem : problems.listed()) {
    Diagnostic& diagnostic = diagnostics.emplace_back();
    diagnostic.text =
        fmt::format("not a valid schema: {} {}", pointer_text(problem.pointer), problem.text);
    if (const auto offset = locate_json(text, problem.pointer)) {
      const TextPosition at = position_of(text, *offset);
      diagnostic.line = at.line;
      diagnostic.column = at.column;
    }
  }
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     return std::pair(a.line, a.column) < std::pair(b.line, b.column);
                   });
  if (problems.unlisted() > 0) {
    diagnostics.push_back(
        {{}, 0, 0, fmt::format("not a valid schema: {} more such errors", problems.unlisted())});
  }
  return diagnostics;
}

Diagnostic at_offset(std::string_view text, std::size_t offset, std::string what) {
  const TextPosition at = position_of(text, offset);
  return {{}, at.line, at.column, std::move(what)};
}

}  // namespace

class SchemaChecker::Examiner {
 public:
  std::vector<Diagnostic> examine(std::string_view text) {
    ++checked_;
    // Most schemas fit into the room that is kept.
    rapidjson::MemoryPoolAllocator<> values(room_.data(), room_.size());
    rapidjson::Document schema(&values);
    if (!find_too_deep(text) && !find_invalid_utf8(text) && text.find('\0') == text.npos) {
      schema.Parse(text.data(), text.size());
      if (!schema.HasParseError()) return examine(text, schema);
    }
    if (const auto error = find_json_error(text)) {
      return {at_offset(text, error->offset, error->text)};
    }
    return {at_offset(text, schema.GetErrorOffset(), "not JSON")};
  }

  std::uint64_t checked() const { return checked_; }

 private:
  std::vector<Diagnostic> examine(std::string_view text, const JsonValue& schema) {
    SchemaProblems problems;
    const std::optional<SchemaDialect> dialect = dialect_named(schema, problems);
    try {
      if (dialect) metaschema(*dialect).check(schema, problems);
    } catch (const std::exception& error) {
      return {{{}, 0, 0, fmt::format("the schema cannot be checked: {}", error.what())}};
    }
    if (problems.empty()) walk_schema(schema, *dialect, problems);
    return to_diagnostics(text, problems);
  }

  // Made when first needed: most registries keep to one dialect.
  Metaschema& metaschema(SchemaDialect dialect) {
    auto& made = metaschemas_[static_cast<std::size_t>(dialect)];
    if (!made) made = std::make_unique<Metaschema>(dialect);
    return *made;
  }

  std::array<std::unique_ptr<Metaschema>, kSchemaDialects.size()> metaschemas_;
  std::uint64_t checked_ = 0;
  alignas(std::max_align_t) std::array<char, std::size_t{64} << 10> room_;
};

SchemaChecker::SchemaChecker() : examiner_(std::make_unique<Examiner>()) {}
SchemaChecker::~SchemaChecker() = default;

std::uint64_t SchemaChecker::checked() const {
  return examiner_->checked();
}

void SchemaChecker::check(std::string_view text, const std::string& path,
                          std::vector<Diagnostic>& diagnostics) {
  text = without_bom(text);
  if (plain_.accepts(text)) return;
  for (const Diagnostic& diagnostic : outcome_of(text)) {
    diagnostics.push_back(diagnostic);
    diagnostics.back().path = path;
  }
}

const std::vector<Diagnostic>& SchemaChecker::outcome_of(std::string_view text) {
  const Hash128 hash = hash_of(text);
  if (const auto known = young_.find(hash); known != young_.end()) return known->second;
  std::vector<Diagnostic> outcome;
  if (const auto known = old_.find(hash); known != old_.end()) {
    outcome = std::move(known->second);
    old_.erase(known);
  } else {
    outcome = examiner_->examine(text);
  }
  if (young_.size() >= kRememberedMax / 2) old_ = std::exchange(young_, {});
  return young_.emplace(hash, std::move(outcome)).first->second;
}

}  // namespace pawl
