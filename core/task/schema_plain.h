// The short way to the answer that most schemas get: nothing is wrong.
#pragma once

#include "core/task/schema_dialect.h"
#include "core/task/schema_walk.h"

namespace pawl {

// True: `schema` keeps to its metaschema, refers to nothing and repeats no name, so neither
// Metaschema::check nor walk_schema would find anything. False: one of them has to say.
//
// It knows the common keywords of draft-07 and later. A first sync of 10,000 tasks spends 0.1 s on
// its 20,000 schemas so, where valijson took 0.6 s.
//
// REQUIRES: `schema` is nested no deeper than recursion survives.
bool is_plainly_valid(const JsonValue& schema, SchemaDialect dialect);

}  // namespace pawl
