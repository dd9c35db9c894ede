// The keywords of JSON Schema by what may stand behind them: where schemas lie within a schema, and
// what to say of a value that is not what its keyword wants.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/task/schema_dialect.h"

namespace pawl {

enum class KeywordKind : std::uint8_t {
  kData,           // anything (const, default, and every unknown keyword)
  kSchema,         // a schema
  kSchemas,        // a list of schemas
  kSchemaMap,      // an object whose values are schemas
  kSchemaOrList,   // a schema or a list of them
  kDependencies,   // an object whose values are kSchemaOrNames
  kSchemaOrNames,  // a schema or a list of strings
  kNames,          // a list of different strings
  kNamesMap,       // an object whose values are kNames
  kType,           // the name of a type or a list of them
  kList,           // a list of anything
  kString,
  kReference,  // a string: "$ref"
  kAnchor,     // a string that other schemas refer to
  kBoolean,
  kBooleanMap,
  kNumber,
  kPositive,  // a number above 0
  kCount,     // an integer from 0
};

KeywordKind keyword_kind(std::string_view keyword, SchemaDialect dialect);

// "a list of schemas", say: what the value at `pointer` in a schema has to be.
std::string_view wanted_at(std::span<const std::string> pointer, SchemaDialect dialect);

}  // namespace pawl
