#include "core/task/schema_plain.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "core/task/json_text.h"
#include "core/task/padded_text.h"
#include "core/task/schema_dialect.h"
#include "core/task/schema_keywords.h"

namespace pawl {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::SUCCESS;

// Names are compared each with each: beyond so many that is left to walk_schema, which sorts them.
constexpr std::size_t kNamesMax = 32;

bool is_type_name(std::string_view name) {
  constexpr std::string_view kTypes[] = {"string", "object", "array",  "integer",
                                         "number", "null",   "boolean"};
  return std::find(std::begin(kTypes), std::end(kTypes), name) != std::end(kTypes);
}

// Walks the whole text, since simdjson checks on demand only what is asked for: each function takes
// one value, all of it.
class PlainCheck {
 public:
  explicit PlainCheck(SchemaDialect dialect) : dialect_(dialect) {}

  template <class Value>
  bool is_schema_object(Value& value) {
    return each_member(value, [this](std::string_view name, ondemand::value& inner) {
      return name.starts_with('$') ? is_plain_core(name, inner)
                                   : is_right(keyword_kind(name, dialect_), inner);
    });
  }

 private:
  // `visit(name, value)` and `visit(value)` take their value, or say no.
  template <class Value, class Visit>
  bool each_member(Value& value, const Visit& visit) {
    ondemand::object object;
    if (depth_ == kJsonDepthMax || value.get_object().get(object) != SUCCESS) return false;
    ++depth_;
    for (auto member : object) {
      std::string_view name;
      ondemand::value inner;
      if (member.unescaped_key().get(name) != SUCCESS || member.value().get(inner) != SUCCESS ||
          !visit(name, inner)) {
        return false;
      }
    }
    --depth_;
    return true;
  }

  template <class Visit>
  bool each_element(ondemand::value& value, const Visit& visit) {
    ondemand::array array;
    if (depth_ == kJsonDepthMax || value.get_array().get(array) != SUCCESS) return false;
    ++depth_;
    for (auto element : array) {
      ondemand::value inner;
      if (element.get(inner) != SUCCESS || !visit(inner)) return false;
    }
    --depth_;
    return true;
  }

  static bool is(ondemand::value& value, ondemand::json_type wanted) {
    ondemand::json_type type;
    return value.type().get(type) == SUCCESS && type == wanted;
  }
  static bool is_array(ondemand::value& value) { return is(value, ondemand::json_type::array); }

  static bool is_text(ondemand::value& value, std::string_view& text) {
    return value.get_string().get(text) == SUCCESS;
  }
  static bool is_string(ondemand::value& value) {
    std::string_view ignored;
    return is_text(value, ignored);
  }
  static bool is_bool(ondemand::value& value) {
    bool ignored = false;
    return value.get_bool().get(ignored) == SUCCESS;
  }
  static bool is_number(ondemand::value& value) {
    ondemand::number ignored;
    return value.get_number().get(ignored) == SUCCESS;
  }

  bool is_schema(ondemand::value& value) {
    return is(value, ondemand::json_type::object) ? is_schema_object(value) : is_bool(value);
  }

  // Identifiers, anchors and references take a walk through the whole schema.
  bool is_plain_core(std::string_view name, ondemand::value& value) {
    if (name == "$schema") {
      // Written in another way than accepts() has found it, or once more and differently.
      std::string_view uri;
      return is_text(value, uri) && (depth_ > 1 || dialect_of(uri) == dialect_);
    }
    if (name == "$comment") return is_string(value);
    return name == "$defs" && dialect_ >= SchemaDialect::k2019 && is_schema_map(value);
  }

  bool is_right(KeywordKind kind, ondemand::value& value) {
    double number = 0;
    std::uint64_t count = 0;
    switch (kind) {
      case KeywordKind::kData:
        return is_json(value);
      case KeywordKind::kSchema:
        return is_schema(value);
      case KeywordKind::kSchemas:
        return is_schemas(value);
      case KeywordKind::kSchemaMap:
        return is_schema_map(value);
      case KeywordKind::kSchemaOrList:
        return is_array(value) ? is_schemas(value) : is_schema(value);
      case KeywordKind::kNames:
        return is_names(value, /*types=*/false);
      case KeywordKind::kType:
        return is_array(value) ? is_names(value, /*types=*/true) : is_type(value);
      case KeywordKind::kList:
        return is_list(value);
      case KeywordKind::kString:
        return is_string(value);
      case KeywordKind::kBoolean:
        return is_bool(value);
      case KeywordKind::kNumber:
        return is_number(value);
      case KeywordKind::kPositive:
        return value.get_double().get(number) == SUCCESS && number > 0;
      case KeywordKind::kCount:
        return value.get_uint64().get(count) == SUCCESS &&
               count <= std::numeric_limits<std::uint32_t>::max();
      default:
        return false;
    }
  }

  bool is_json(ondemand::value& value) {
    ondemand::json_type type;
    bool is_null = false;
    if (value.type().get(type) != SUCCESS) return false;
    switch (type) {
      case ondemand::json_type::object:
        return each_member(
            value, [this](std::string_view, ondemand::value& inner) { return is_json(inner); });
      case ondemand::json_type::array:
        return is_list(value);
      case ondemand::json_type::string:
        return is_string(value);
      case ondemand::json_type::number:
        return is_number(value);
      case ondemand::json_type::boolean:
        return is_bool(value);
      case ondemand::json_type::null:
        return value.is_null().get(is_null) == SUCCESS && is_null;
    }
    return false;
  }

  bool is_list(ondemand::value& value) {
    return each_element(value, [this](ondemand::value& inner) { return is_json(inner); });
  }

  bool is_schemas(ondemand::value& value) {
    bool empty = true;
    return each_element(value,
                        [&](ondemand::value& inner) {
                          empty = false;
                          return is_schema(inner);
                        }) &&
           !empty;
  }

  bool is_schema_map(ondemand::value& value) {
    return each_member(
        value, [this](std::string_view, ondemand::value& inner) { return is_schema(inner); });
  }

  static bool is_type(ondemand::value& value) {
    std::string_view name;
    return is_text(value, name) && is_type_name(name);
  }

  // `types`: the names of types, and at least one.
  bool is_names(ondemand::value& value, bool types) {
    std::array<std::string_view, kNamesMax> seen;
    std::size_t count = 0;
    const bool right = each_element(value, [&](ondemand::value& inner) {
      std::string_view name;
      if (count == kNamesMax || !is_text(inner, name) || (types && !is_type_name(name)))
        return false;
      if (std::find(seen.begin(), seen.begin() + count, name) != seen.begin() + count) return false;
      seen[count++] = name;
      return true;
    });
    return right && (count > 0 || !types);
  }

  SchemaDialect dialect_;
  std::size_t depth_ = 0;  // of objects and arrays that are being walked
};

}  // namespace

struct PlainSchemas::Parser {
  ondemand::parser json;
  PaddedText padded;
};

PlainSchemas::PlainSchemas() : parser_(std::make_unique<Parser>()) {}
PlainSchemas::~PlainSchemas() = default;

bool PlainSchemas::accepts(std::string_view text) {
  ondemand::document document;
  if (parser_->json.iterate(parser_->padded.hold(text)).get(document) != SUCCESS) return false;
  ondemand::json_type type;
  if (document.type().get(type) != SUCCESS || type != ondemand::json_type::object) return false;
  SchemaDialect dialect = SchemaDialect::kDraft07;
  // Mostly it comes first, and nothing else is looked at here.
  std::string_view uri;
  const simdjson::error_code named = document.find_field_unordered("$schema").get(uri);
  if (named == SUCCESS) {
    const std::optional<SchemaDialect> known = dialect_of(uri);
    if (!known) return false;
    dialect = *known;
  } else if (named != simdjson::NO_SUCH_FIELD) {
    return false;
  }
  if (dialect < SchemaDialect::kDraft07) return false;
  document.rewind();
  if (!PlainCheck(dialect).is_schema_object(document)) return false;
  const char* rest = nullptr;
  return document.current_location().get(rest) == simdjson::OUT_OF_BOUNDS;
}

}  // namespace pawl
