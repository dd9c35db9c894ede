#include "core/task/schema_plain.h"

#include <algorithm>
#include <string_view>

#include "core/task/schema_keywords.h"

namespace pawl {
namespace {

// Names are compared each with each: beyond so many that is left to walk_schema, which sorts them.
constexpr rapidjson::SizeType kNamesMax = 32;

std::string_view text_of(const JsonValue& value) {
  return {value.GetString(), value.GetStringLength()};
}

bool is_type_name(const JsonValue& value) {
  if (!value.IsString()) return false;
  constexpr std::string_view kTypes[] = {"string", "object", "array",  "integer",
                                         "number", "null",   "boolean"};
  return std::find(std::begin(kTypes), std::end(kTypes), text_of(value)) != std::end(kTypes);
}

class PlainCheck {
 public:
  explicit PlainCheck(SchemaDialect dialect) : dialect_(dialect) {}

  bool is_schema(const JsonValue& value) const {
    if (value.IsBool()) return true;
    if (!value.IsObject()) return false;
    for (const auto& member : value.GetObject()) {
      const std::string_view name = text_of(member.name);
      if (name.starts_with('$') ? !is_plain_core(name, member.value)
                                : !is_right(keyword_kind(name, dialect_), member.value))
        return false;
    }
    return true;
  }

 private:
  // Identifiers, anchors and references take a walk through the whole schema.
  bool is_plain_core(std::string_view name, const JsonValue& value) const {
    if (name == "$schema" || name == "$comment") return value.IsString();
    return name == "$defs" && dialect_ >= SchemaDialect::k2019 && is_schema_map(value);
  }

  bool is_right(KeywordKind kind, const JsonValue& value) const {
    switch (kind) {
      case KeywordKind::kData:
        return true;
      case KeywordKind::kSchema:
        return is_schema(value);
      case KeywordKind::kSchemas:
        return is_schemas(value);
      case KeywordKind::kSchemaMap:
        return is_schema_map(value);
      case KeywordKind::kSchemaOrList:
        return value.IsArray() ? is_schemas(value) : is_schema(value);
      case KeywordKind::kNames:
        return is_names(value);
      case KeywordKind::kType:
        return is_type_name(value) || (is_names(value) && !value.Empty() && are_type_names(value));
      case KeywordKind::kList:
        return value.IsArray();
      case KeywordKind::kString:
        return value.IsString();
      case KeywordKind::kBoolean:
        return value.IsBool();
      case KeywordKind::kNumber:
        return value.IsNumber();
      case KeywordKind::kPositive:
        return value.IsNumber() && value.GetDouble() > 0;
      case KeywordKind::kCount:
        return value.IsUint();
      default:
        return false;
    }
  }

  bool is_schemas(const JsonValue& value) const {
    return value.IsArray() && !value.Empty() &&
           std::all_of(value.Begin(), value.End(),
                       [this](const JsonValue& one) { return is_schema(one); });
  }

  bool is_schema_map(const JsonValue& value) const {
    return value.IsObject() &&
           std::all_of(value.MemberBegin(), value.MemberEnd(),
                       [this](const auto& member) { return is_schema(member.value); });
  }

  static bool is_names(const JsonValue& value) {
    if (!value.IsArray() || value.Size() > kNamesMax) return false;
    for (const JsonValue* one = value.Begin(); one != value.End(); ++one) {
      if (!one->IsString()) return false;
      for (const JsonValue* other = value.Begin(); other != one; ++other)
        if (text_of(*other) == text_of(*one)) return false;
    }
    return true;
  }

  static bool are_type_names(const JsonValue& value) {
    return std::all_of(value.Begin(), value.End(), is_type_name);
  }

  SchemaDialect dialect_;
};

}  // namespace

bool is_plainly_valid(const JsonValue& schema, SchemaDialect dialect) {
  return dialect >= SchemaDialect::kDraft07 && PlainCheck(dialect).is_schema(schema);
}

}  // namespace pawl
