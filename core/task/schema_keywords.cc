#include "core/task/schema_keywords.h"

#include <algorithm>

namespace pawl {
namespace {

struct Keyword {
  std::string_view name;
  KeywordKind kind;
  SchemaDialect since = SchemaDialect::kDraft04;
  SchemaDialect until = SchemaDialect::k2020;
};

using enum KeywordKind;
using enum SchemaDialect;

// Sorted by name; a name whose kind changed stands once for each. Keywords that a later dialect
// dropped are kept where its metaschema still checks them.
constexpr Keyword kKeywords[] = {
    {"$anchor", kAnchor, k2019},
    {"$comment", kString, kDraft07},
    {"$defs", kSchemaMap, k2019},
    {"$dynamicAnchor", kAnchor, k2020},
    {"$dynamicRef", kReference, k2020},
    {"$id", kString, kDraft06},
    {"$recursiveAnchor", kBoolean, k2019, k2019},
    {"$recursiveRef", kReference, k2019, k2019},
    {"$ref", kReference},
    {"$schema", kString},
    {"$vocabulary", kBooleanMap, k2019},
    {"additionalItems", kSchema, kDraft04, k2019},
    {"additionalProperties", kSchema},
    {"allOf", kSchemas},
    {"anyOf", kSchemas},
    {"contains", kSchema, kDraft06},
    {"contentEncoding", kString, kDraft07},
    {"contentMediaType", kString, kDraft07},
    {"contentSchema", kSchema, k2019},
    {"definitions", kSchemaMap},
    {"dependencies", kDependencies},
    {"dependentRequired", kNamesMap, k2019},
    {"dependentSchemas", kSchemaMap, k2019},
    {"deprecated", kBoolean, k2019},
    {"description", kString},
    {"else", kSchema, kDraft07},
    {"enum", kList},
    {"examples", kList, kDraft06},
    {"exclusiveMaximum", kBoolean, kDraft04, kDraft04},
    {"exclusiveMaximum", kNumber, kDraft06},
    {"exclusiveMinimum", kBoolean, kDraft04, kDraft04},
    {"exclusiveMinimum", kNumber, kDraft06},
    {"format", kString},
    {"id", kString, kDraft04, kDraft04},
    {"if", kSchema, kDraft07},
    {"items", kSchemaOrList, kDraft04, k2019},
    {"items", kSchema, k2020},
    {"maxContains", kCount, k2019},
    {"maxItems", kCount},
    {"maxLength", kCount},
    {"maxProperties", kCount},
    {"maximum", kNumber},
    {"minContains", kCount, k2019},
    {"minItems", kCount},
    {"minLength", kCount},
    {"minProperties", kCount},
    {"minimum", kNumber},
    {"multipleOf", kPositive},
    {"not", kSchema},
    {"oneOf", kSchemas},
    {"pattern", kString},
    {"patternProperties", kSchemaMap},
    {"prefixItems", kSchemas, k2020},
    {"properties", kSchemaMap},
    {"propertyNames", kSchema, kDraft06},
    {"readOnly", kBoolean, kDraft07},
    {"required", kNames},
    {"then", kSchema, kDraft07},
    {"title", kString},
    {"type", kType},
    {"unevaluatedItems", kSchema, k2019},
    {"unevaluatedProperties", kSchema, k2019},
    {"uniqueItems", kBoolean},
    {"writeOnly", kBoolean, k2019},
};

constexpr std::string_view kSchemaText = "a schema (an object or a boolean)";
constexpr std::string_view kTypeText =
    "one of \"array\", \"boolean\", \"integer\", \"null\", \"number\", \"object\", \"string\"";

bool is_index(const std::string& token) {
  return std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view wanted(KeywordKind kind) {
  switch (kind) {
    case kData:
      return "something else";
    case kSchema:
      return kSchemaText;
    case kSchemas:
      return "a list of at least one schema";
    case kSchemaMap:
      return "an object whose values are schemas";
    case kSchemaOrList:
      return "a schema or a list of at least one schema";
    case kSchemaOrNames:
      return "a schema or a list of strings";
    case kDependencies:
      return "an object whose values are schemas or lists of names";
    case kNames:
      return "a list of strings";
    case kNamesMap:
      return "an object whose values are lists of strings";
    case kType:
      return kTypeText;
    case kList:
      return "a list";
    case kString:
    case kReference:
    case kAnchor:
      return "a string";
    case kBoolean:
      return "true or false";
    case kBooleanMap:
      return "an object whose values are true or false";
    case kNumber:
      return "a number";
    case kPositive:
      return "a number above 0";
    case kCount:
      return "an integer of at least 0";
  }
  return "something else";
}

}  // namespace

KeywordKind keyword_kind(std::string_view keyword, SchemaDialect dialect) {
  const Keyword* const end = std::end(kKeywords);
  const Keyword* found =
      std::lower_bound(std::begin(kKeywords), end, keyword,
                       [](const Keyword& a, std::string_view name) { return a.name < name; });
  for (; found != end && found->name == keyword; ++found) {
    if (dialect >= found->since && dialect <= found->until) return found->kind;
  }
  return kData;
}

std::string_view wanted_at(std::span<const std::string> pointer, SchemaDialect dialect) {
  KeywordKind kind = kSchema;
  for (const std::string& token : pointer) {
    switch (kind) {
      case kSchema:
        kind = keyword_kind(token, dialect);
        break;
      case kSchemas:
      case kSchemaMap:
        kind = kSchema;
        break;
      case kSchemaOrList:
        kind = is_index(token) ? kSchema : keyword_kind(token, dialect);
        break;
      case kDependencies:
        kind = kSchemaOrNames;
        break;
      case kSchemaOrNames:
        kind = is_index(token) ? kString : keyword_kind(token, dialect);
        break;
      case kNames:
        kind = kString;
        break;
      case kNamesMap:
        kind = kNames;
        break;
      case kType:
        break;
      case kBooleanMap:
        kind = kBoolean;
        break;
      default:
        return wanted(kData);
    }
  }
  if (dialect == kDraft04 && kind == kSchema) return "a schema (an object)";
  if (dialect == kDraft04 && kind == kNames) return "a list of at least one string";
  if (dialect <= kDraft06 && kind == kList) return "a list of at least one value";
  return wanted(kind);
}

}  // namespace pawl
