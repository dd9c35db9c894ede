#include <cstddef>

#include "core/task/schema_dialect.h"

namespace pawl {
namespace {

constexpr std::string_view kDraft04Metaschema = R"json({
  "type": "object",
  "definitions": {
    "schemas": {"type": "array", "minItems": 1, "items": {"$ref": "#"}},
    "map": {"type": "object", "additionalProperties": {"$ref": "#"}},
    "schema or boolean": {"anyOf": [{"type": "boolean"}, {"$ref": "#"}]},
    "count": {"type": "number", "multipleOf": 1.0, "minimum": 0},
    "strings": {"type": "array", "minItems": 1, "items": {"type": "string"}},
    "type": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]}
  },
  "properties": {
    "id": {"type": "string"}, "$schema": {"type": "string"}, "$ref": {"type": "string"},
    "title": {"type": "string"}, "description": {"type": "string"}, "format": {"type": "string"},
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    "maximum": {"type": "number"}, "exclusiveMaximum": {"type": "boolean"},
    "minimum": {"type": "number"}, "exclusiveMinimum": {"type": "boolean"},
    "maxLength": {"$ref": "#/definitions/count"}, "minLength": {"$ref": "#/definitions/count"},
    "pattern": {"type": "string"},
    "additionalItems": {"$ref": "#/definitions/schema or boolean"},
    "items": {"anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/schemas"}]},
    "maxItems": {"$ref": "#/definitions/count"}, "minItems": {"$ref": "#/definitions/count"},
    "uniqueItems": {"type": "boolean"},
    "maxProperties": {"$ref": "#/definitions/count"},
    "minProperties": {"$ref": "#/definitions/count"},
    "required": {"$ref": "#/definitions/strings"},
    "additionalProperties": {"$ref": "#/definitions/schema or boolean"},
    "definitions": {"$ref": "#/definitions/map"}, "properties": {"$ref": "#/definitions/map"},
    "patternProperties": {"$ref": "#/definitions/map"},
    "dependencies": {"type": "object", "additionalProperties": {
      "anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/strings"}]}},
    "enum": {"type": "array", "minItems": 1},
    "type": {"anyOf": [{"$ref": "#/definitions/type"},
      {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/type"}}]},
    "allOf": {"$ref": "#/definitions/schemas"}, "anyOf": {"$ref": "#/definitions/schemas"},
    "oneOf": {"$ref": "#/definitions/schemas"}, "not": {"$ref": "#"}
  },
  "dependencies": {"exclusiveMaximum": ["maximum"], "exclusiveMinimum": ["minimum"]}
})json";

constexpr std::string_view kDraft06Metaschema = R"json({
  "type": ["object", "boolean"],
  "definitions": {
    "schemas": {"type": "array", "minItems": 1, "items": {"$ref": "#"}},
    "map": {"type": "object", "additionalProperties": {"$ref": "#"}},
    "count": {"type": "number", "multipleOf": 1.0, "minimum": 0},
    "strings": {"type": "array", "items": {"type": "string"}},
    "dependencies": {"type": "object", "additionalProperties": {
      "anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/strings"}]}},
    "type": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]},
    "types": {"anyOf": [{"$ref": "#/definitions/type"},
      {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/type"}}]}
  },
  "properties": {
    "enum": {"type": "array", "minItems": 1},
    "$id": {"type": "string"}, "$schema": {"type": "string"}, "$ref": {"type": "string"},
    "title": {"type": "string"},
    "description": {"type": "string"}, "examples": {"type": "array"},
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    "maximum": {"type": "number"}, "exclusiveMaximum": {"type": "number"},
    "minimum": {"type": "number"}, "exclusiveMinimum": {"type": "number"},
    "maxLength": {"$ref": "#/definitions/count"}, "minLength": {"$ref": "#/definitions/count"},
    "pattern": {"type": "string"}, "format": {"type": "string"},
    "items": {"anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/schemas"}]},
    "additionalItems": {"$ref": "#"},
    "maxItems": {"$ref": "#/definitions/count"}, "minItems": {"$ref": "#/definitions/count"},
    "uniqueItems": {"type": "boolean"}, "contains": {"$ref": "#"},
    "maxProperties": {"$ref": "#/definitions/count"},
    "minProperties": {"$ref": "#/definitions/count"},
    "required": {"$ref": "#/definitions/strings"},
    "additionalProperties": {"$ref": "#"}, "propertyNames": {"$ref": "#"},
    "definitions": {"$ref": "#/definitions/map"}, "properties": {"$ref": "#/definitions/map"},
    "patternProperties": {"$ref": "#/definitions/map"},
    "dependencies": {"$ref": "#/definitions/dependencies"},
    "type": {"$ref": "#/definitions/types"},
    "allOf": {"$ref": "#/definitions/schemas"}, "anyOf": {"$ref": "#/definitions/schemas"},
    "oneOf": {"$ref": "#/definitions/schemas"}, "not": {"$ref": "#"}
  }
})json";

constexpr std::string_view kDraft07Metaschema = R"json({
  "type": ["object", "boolean"],
  "definitions": {
    "schemas": {"type": "array", "minItems": 1, "items": {"$ref": "#"}},
    "map": {"type": "object", "additionalProperties": {"$ref": "#"}},
    "count": {"type": "number", "multipleOf": 1.0, "minimum": 0},
    "strings": {"type": "array", "items": {"type": "string"}},
    "dependencies": {"type": "object", "additionalProperties": {
      "anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/strings"}]}},
    "type": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]},
    "types": {"anyOf": [{"$ref": "#/definitions/type"},
      {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/type"}}]}
  },
  "properties": {
    "if": {"$ref": "#"}, "then": {"$ref": "#"}, "else": {"$ref": "#"},
    "readOnly": {"type": "boolean"}, "contentMediaType": {"type": "string"},
    "contentEncoding": {"type": "string"}, "enum": {"type": "array"},
    "$id": {"type": "string"}, "$schema": {"type": "string"}, "$ref": {"type": "string"},
    "$comment": {"type": "string"}, "title": {"type": "string"},
    "description": {"type": "string"}, "examples": {"type": "array"},
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    "maximum": {"type": "number"}, "exclusiveMaximum": {"type": "number"},
    "minimum": {"type": "number"}, "exclusiveMinimum": {"type": "number"},
    "maxLength": {"$ref": "#/definitions/count"}, "minLength": {"$ref": "#/definitions/count"},
    "pattern": {"type": "string"}, "format": {"type": "string"},
    "items": {"anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/schemas"}]},
    "additionalItems": {"$ref": "#"},
    "maxItems": {"$ref": "#/definitions/count"}, "minItems": {"$ref": "#/definitions/count"},
    "uniqueItems": {"type": "boolean"}, "contains": {"$ref": "#"},
    "maxProperties": {"$ref": "#/definitions/count"},
    "minProperties": {"$ref": "#/definitions/count"},
    "required": {"$ref": "#/definitions/strings"},
    "additionalProperties": {"$ref": "#"}, "propertyNames": {"$ref": "#"},
    "definitions": {"$ref": "#/definitions/map"}, "properties": {"$ref": "#/definitions/map"},
    "patternProperties": {"$ref": "#/definitions/map"},
    "dependencies": {"$ref": "#/definitions/dependencies"},
    "type": {"$ref": "#/definitions/types"},
    "allOf": {"$ref": "#/definitions/schemas"}, "anyOf": {"$ref": "#/definitions/schemas"},
    "oneOf": {"$ref": "#/definitions/schemas"}, "not": {"$ref": "#"}
  }
})json";

constexpr std::string_view k2019Metaschema = R"json({
  "type": ["object", "boolean"],
  "definitions": {
    "schemas": {"type": "array", "minItems": 1, "items": {"$ref": "#"}},
    "map": {"type": "object", "additionalProperties": {"$ref": "#"}},
    "count": {"type": "number", "multipleOf": 1.0, "minimum": 0},
    "strings": {"type": "array", "items": {"type": "string"}},
    "dependencies": {"type": "object", "additionalProperties": {
      "anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/strings"}]}},
    "type": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]},
    "types": {"anyOf": [{"$ref": "#/definitions/type"},
      {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/type"}}]}
  },
  "properties": {
    "if": {"$ref": "#"}, "then": {"$ref": "#"}, "else": {"$ref": "#"},
    "readOnly": {"type": "boolean"}, "contentMediaType": {"type": "string"},
    "contentEncoding": {"type": "string"}, "enum": {"type": "array"},
    "writeOnly": {"type": "boolean"}, "deprecated": {"type": "boolean"},
    "$anchor": {"type": "string"},
    "$defs": {"$ref": "#/definitions/map"}, "contentSchema": {"$ref": "#"},
    "$vocabulary": {"type": "object", "additionalProperties": {"type": "boolean"}},
    "dependentSchemas": {"$ref": "#/definitions/map"},
    "dependentRequired": {"type": "object",
      "additionalProperties": {"$ref": "#/definitions/strings"}},
    "minContains": {"$ref": "#/definitions/count"}, "maxContains": {"$ref": "#/definitions/count"},
    "unevaluatedItems": {"$ref": "#"}, "unevaluatedProperties": {"$ref": "#"},
    "$recursiveRef": {"type": "string"}, "$recursiveAnchor": {"type": "boolean"},
    "$id": {"type": "string"}, "$schema": {"type": "string"}, "$ref": {"type": "string"},
    "$comment": {"type": "string"}, "title": {"type": "string"},
    "description": {"type": "string"}, "examples": {"type": "array"},
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    "maximum": {"type": "number"}, "exclusiveMaximum": {"type": "number"},
    "minimum": {"type": "number"}, "exclusiveMinimum": {"type": "number"},
    "maxLength": {"$ref": "#/definitions/count"}, "minLength": {"$ref": "#/definitions/count"},
    "pattern": {"type": "string"}, "format": {"type": "string"},
    "items": {"anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/schemas"}]},
    "additionalItems": {"$ref": "#"},
    "maxItems": {"$ref": "#/definitions/count"}, "minItems": {"$ref": "#/definitions/count"},
    "uniqueItems": {"type": "boolean"}, "contains": {"$ref": "#"},
    "maxProperties": {"$ref": "#/definitions/count"},
    "minProperties": {"$ref": "#/definitions/count"},
    "required": {"$ref": "#/definitions/strings"},
    "additionalProperties": {"$ref": "#"}, "propertyNames": {"$ref": "#"},
    "definitions": {"$ref": "#/definitions/map"}, "properties": {"$ref": "#/definitions/map"},
    "patternProperties": {"$ref": "#/definitions/map"},
    "dependencies": {"$ref": "#/definitions/dependencies"},
    "type": {"$ref": "#/definitions/types"},
    "allOf": {"$ref": "#/definitions/schemas"}, "anyOf": {"$ref": "#/definitions/schemas"},
    "oneOf": {"$ref": "#/definitions/schemas"}, "not": {"$ref": "#"}
  }
})json";

constexpr std::string_view k2020Metaschema = R"json({
  "type": ["object", "boolean"],
  "definitions": {
    "schemas": {"type": "array", "minItems": 1, "items": {"$ref": "#"}},
    "map": {"type": "object", "additionalProperties": {"$ref": "#"}},
    "count": {"type": "number", "multipleOf": 1.0, "minimum": 0},
    "strings": {"type": "array", "items": {"type": "string"}},
    "dependencies": {"type": "object", "additionalProperties": {
      "anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/strings"}]}},
    "type": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]},
    "types": {"anyOf": [{"$ref": "#/definitions/type"},
      {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/type"}}]}
  },
  "properties": {
    "if": {"$ref": "#"}, "then": {"$ref": "#"}, "else": {"$ref": "#"},
    "readOnly": {"type": "boolean"}, "contentMediaType": {"type": "string"},
    "contentEncoding": {"type": "string"}, "enum": {"type": "array"},
    "writeOnly": {"type": "boolean"}, "deprecated": {"type": "boolean"},
    "$anchor": {"type": "string"},
    "$defs": {"$ref": "#/definitions/map"}, "contentSchema": {"$ref": "#"},
    "$vocabulary": {"type": "object", "additionalProperties": {"type": "boolean"}},
    "dependentSchemas": {"$ref": "#/definitions/map"},
    "dependentRequired": {"type": "object",
      "additionalProperties": {"$ref": "#/definitions/strings"}},
    "minContains": {"$ref": "#/definitions/count"}, "maxContains": {"$ref": "#/definitions/count"},
    "unevaluatedItems": {"$ref": "#"}, "unevaluatedProperties": {"$ref": "#"},
    "$dynamicRef": {"type": "string"},
    "$dynamicAnchor": {"type": "string"},
    "$id": {"type": "string"}, "$schema": {"type": "string"}, "$ref": {"type": "string"},
    "$comment": {"type": "string"}, "title": {"type": "string"},
    "description": {"type": "string"}, "examples": {"type": "array"},
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    "maximum": {"type": "number"}, "exclusiveMaximum": {"type": "number"},
    "minimum": {"type": "number"}, "exclusiveMinimum": {"type": "number"},
    "maxLength": {"$ref": "#/definitions/count"}, "minLength": {"$ref": "#/definitions/count"},
    "pattern": {"type": "string"}, "format": {"type": "string"},
    "prefixItems": {"$ref": "#/definitions/schemas"}, "items": {"$ref": "#"},
    "maxItems": {"$ref": "#/definitions/count"}, "minItems": {"$ref": "#/definitions/count"},
    "uniqueItems": {"type": "boolean"}, "contains": {"$ref": "#"},
    "maxProperties": {"$ref": "#/definitions/count"},
    "minProperties": {"$ref": "#/definitions/count"},
    "required": {"$ref": "#/definitions/strings"},
    "additionalProperties": {"$ref": "#"}, "propertyNames": {"$ref": "#"},
    "definitions": {"$ref": "#/definitions/map"}, "properties": {"$ref": "#/definitions/map"},
    "patternProperties": {"$ref": "#/definitions/map"},
    "dependencies": {"$ref": "#/definitions/dependencies"},
    "type": {"$ref": "#/definitions/types"},
    "allOf": {"$ref": "#/definitions/schemas"}, "anyOf": {"$ref": "#/definitions/schemas"},
    "oneOf": {"$ref": "#/definitions/schemas"}, "not": {"$ref": "#"}
  }
})json";

}  // namespace

std::string_view metaschema_text(SchemaDialect dialect) {
  switch (dialect) {
    case SchemaDialect::kDraft04:
      return kDraft04Metaschema;
    case SchemaDialect::kDraft06:
      return kDraft06Metaschema;
    case SchemaDialect::kDraft07:
      return kDraft07Metaschema;
    case SchemaDialect::k2019:
      return k2019Metaschema;
    case SchemaDialect::k2020:
      return k2020Metaschema;
  }
  return kDraft07Metaschema;
}

}  // namespace pawl
