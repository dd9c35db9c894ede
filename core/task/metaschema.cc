#include "core/task/metaschema.h"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "core/task/schema_keywords.h"

namespace pawl {
namespace {

using Adapter = valijson::adapters::RapidJsonAdapter;

// valijson's way to a value is a list of `<root>`, `["name"]` and `[3]`.
JsonPointer to_pointer(const std::vector<std::string>& context) {
  JsonPointer pointer;
  for (const std::string& step : context) {
    if (step.starts_with("[\"") && step.ends_with("\"]")) {
      pointer.push_back(step.substr(2, step.size() - 4));
    } else if (step.starts_with('[') && step.ends_with(']')) {
      pointer.push_back(step.substr(1, step.size() - 2));
    }
  }
  return pointer;
}

const JsonValue* value_at(const JsonValue& root, const JsonPointer& pointer) {
  const JsonValue* value = &root;
  for (const std::string& token : pointer) {
    if (value->IsObject()) {
      const JsonValue name(rapidjson::StringRef(token.data(), token.size()));
      const auto member = value->FindMember(name);
      if (member == value->MemberEnd()) return nullptr;
      value = &member->value;
    } else if (value->IsArray()) {
      rapidjson::SizeType index = 0;
      std::from_chars(token.data(), token.data() + token.size(), index);
      if (index >= value->Size()) return nullptr;
      value = &(*value)[index];
    } else {
      return nullptr;
    }
  }
  return value;
}

std::string described(const JsonValue& value) {
  constexpr rapidjson::SizeType kShownMax = 40;
  switch (value.GetType()) {
    case rapidjson::kNullType:
      return "null";
    case rapidjson::kFalseType:
      return "false";
    case rapidjson::kTrueType:
      return "true";
    case rapidjson::kObjectType:
      return "an object";
    case rapidjson::kArrayType:
      return value.Empty() ? "an empty list" : "a list";
    case rapidjson::kStringType:
      if (value.GetStringLength() > kShownMax) return "another string";
      return fmt::format("\"{}\"", value.GetString());
    case rapidjson::kNumberType:
      return fmt::format("{}", value.GetDouble());
  }
  return "something else";
}

std::string explain(const JsonValue& root, const JsonPointer& pointer, SchemaDialect dialect,
                    const std::string& description) {
  const JsonValue* value = value_at(root, pointer);
  // What is missing from a schema is not explained by what a schema has to be.
  if (value == nullptr || description.starts_with("Missing")) return "is not right: " + description;
  return fmt::format("must be {} and is {}", wanted_at(pointer, dialect), described(*value));
}

bool is_proper_prefix(const JsonPointer& a, const JsonPointer& b) {
  return a.size() < b.size() && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace

struct Metaschema::State {
  SchemaDialect dialect = SchemaDialect::kDraft07;
  valijson::Schema schema;
  valijson::Validator validator;
};

Metaschema::Metaschema(SchemaDialect dialect) : state_(std::make_unique<State>()) {
  state_->dialect = dialect;
  const std::string_view text = metaschema_text(dialect);
  rapidjson::Document document;
  document.Parse(text.data(), text.size());
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(Adapter(document), state_->schema);
}

Metaschema::~Metaschema() = default;

void Metaschema::check(const JsonValue& schema, SchemaProblems& problems) {
  const Adapter adapter(schema);
  // Without a list of errors valijson stops at the first and builds no texts.
  if (state_->validator.validate(state_->schema, adapter, nullptr)) return;
  valijson::ValidationResults results;
  state_->validator.validate(state_->schema, adapter, &results);
  std::map<JsonPointer, std::string> errors;
  for (const auto& error : results) errors.emplace(to_pointer(error.context), error.description);
  // An error deep inside is repeated for each level around it, and an alternative that was not
  // meant fails higher up than the one that was: only the deepest errors say something. In this
  // order whatever lies below a pointer follows it at once.
  for (auto error = errors.begin(); error != errors.end(); ++error) {
    const auto next = std::next(error);
    if (next != errors.end() && is_proper_prefix(error->first, next->first)) continue;
    problems.add(error->first, problems.full()
                                   ? std::string()
                                   : explain(schema, error->first, state_->dialect, error->second));
  }
}

}  // namespace pawl
