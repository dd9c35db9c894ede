// Checks schemas by the metaschema of their dialect.
#pragma once

#include <memory>

#include "core/task/schema_dialect.h"
#include "core/task/schema_walk.h"

namespace pawl {

// Threading: one thread at a time.
class Metaschema {
 public:
  // Takes some milliseconds and may throw what valijson throws: keep it.
  explicit Metaschema(SchemaDialect dialect);
  ~Metaschema();

  // Adds where and how `schema` breaks its metaschema to `problems`.
  //
  // May throw what valijson throws.
  //
  // REQUIRES: `schema` is nested no deeper than recursion survives.
  void check(const JsonValue& schema, SchemaProblems& problems);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pawl
