// What a metaschema cannot say of a schema: that its local references lead somewhere, and that its
// lists of names name nothing twice.
#pragma once

#include <rapidjson/document.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/task/schema_dialect.h"

namespace pawl {

using JsonValue = rapidjson::Value;
using JsonPointer = std::vector<std::string>;  // unescaped reference tokens

struct SchemaProblem {
  JsonPointer pointer;
  std::string text;  // to follow the pointer: "must be a string"
};

// The first few are listed, the rest only counted: a file can be wrong in a million places.
class SchemaProblems {
 public:
  static constexpr std::size_t kListedMax = 20;

  bool empty() const { return listed_.empty(); }
  // What is added now is only counted: there is no need to word it.
  bool full() const { return listed_.size() >= kListedMax; }
  void add(JsonPointer pointer, std::string text) {
    if (full()) {
      ++unlisted_;
    } else {
      listed_.push_back({std::move(pointer), std::move(text)});
    }
  }

  const std::vector<SchemaProblem>& listed() const { return listed_; }
  std::size_t unlisted() const { return unlisted_; }

 private:
  std::vector<SchemaProblem> listed_;
  std::size_t unlisted_ = 0;
};

// Adds what is wrong to `problems`. References to other documents are left alone.
//
// REQUIRES: `schema` is valid by its metaschema, and nested no deeper than recursion survives.
void walk_schema(const JsonValue& schema, SchemaDialect dialect, SchemaProblems& problems);

// "/properties/a~1b"; "the file" for the root, which has the empty pointer.
std::string pointer_text(const JsonPointer& pointer);

}  // namespace pawl
