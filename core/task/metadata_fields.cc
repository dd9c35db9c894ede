#include "core/task/metadata_fields.h"

#include <utility>

#include "core/task/padded_text.h"

namespace pawl {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::SUCCESS;

std::optional<Field>* find_field(MetadataFields& fields, std::string_view key) {
  if (key == "uuid") return &fields.uuid;
  if (key == "version") return &fields.version;
  if (key == "label") return &fields.label;
  if (key == "name") return &fields.name;
  if (key == "description") return &fields.description;
  if (key == "tags") return &fields.tags;
  return nullptr;
}

// JSON's grammar of numbers, for those that no machine type holds.
bool is_json_number(std::string_view token) {
  std::size_t at = 0;
  const auto take = [&](std::string_view set) {
    if (at >= token.size() || set.find(token[at]) == std::string_view::npos) return false;
    ++at;
    return true;
  };
  const auto take_digits = [&] {
    const std::size_t start = at;
    while (take("0123456789")) {
    }
    return at > start;
  };
  take("-");
  if (!take("0") && !take_digits()) return false;
  if (take(".") && !take_digits()) return false;
  if (take("eE")) {
    take("+-");
    if (!take_digits()) return false;
  }
  return token.find_first_not_of(" \t\r\n", at) == std::string_view::npos;
}

// Walks the whole document, since simdjson checks on demand only what is asked for. A value that
// nobody wants is checked all the same, and its Field is null.
class Walk {
 public:
  explicit Walk(const char* start) : start_(start) {}

  // `fields` receives the known keys of the outermost object, and is null inside it.
  template <class Value>
  bool object(Value& value, MetadataFields* fields) {
    ondemand::object object;
    if (value.get_object().get(object) != SUCCESS) return false;
    for (auto member : object) {
      std::string_view key;
      ondemand::value inner;
      if (member.unescaped_key().get(key) != SUCCESS) return false;
      std::optional<Field>* known = fields == nullptr ? nullptr : find_field(*fields, key);
      if (member.value().get(inner) != SUCCESS) return false;
      if (!this->value(inner, known == nullptr ? nullptr : &known->emplace())) return false;
    }
    return true;
  }

 private:
  bool value(ondemand::value& value, Field* field) {
    ondemand::json_type type;
    if (value.type().get(type) != SUCCESS) return false;
    if (field != nullptr) {
      field->offset = static_cast<std::size_t>(value.raw_json_token().data() - start_);
      field->kind = kind_of(type);
    }
    switch (type) {
      case ondemand::json_type::object:
        return object(value, nullptr);
      case ondemand::json_type::array:
        return array(value, field);
      case ondemand::json_type::string:
        return string(value, field);
      case ondemand::json_type::number:
        return number(value);
      case ondemand::json_type::boolean:
        return boolean(value);
      case ondemand::json_type::null:
        return null(value);
    }
    return false;
  }

  static std::string_view kind_of(ondemand::json_type type) {
    switch (type) {
      case ondemand::json_type::object:
        return "an object";
      case ondemand::json_type::array:
        return "a list";
      case ondemand::json_type::string:
        return "a string";
      case ondemand::json_type::number:
        return "a number";
      case ondemand::json_type::boolean:
        return "a boolean";
      case ondemand::json_type::null:
        return "null";
    }
    return "unknown";
  }

  bool array(ondemand::value& value, Field* field) {
    ondemand::array array;
    if (value.get_array().get(array) != SUCCESS) return false;
    for (auto element : array) {
      ondemand::value inner;
      if (element.get(inner) != SUCCESS) return false;
      Field* wanted = field == nullptr ? nullptr : &field->elements.emplace_back();
      if (!this->value(inner, wanted)) return false;
    }
    return true;
  }

  bool string(ondemand::value& value, Field* field) {
    std::string_view text;
    if (value.get_string().get(text) != SUCCESS) return false;
    if (field != nullptr) field->text = std::string(text);
    return true;
  }

  bool number(ondemand::value& value) {
    const std::string_view token = value.raw_json_token();
    ondemand::number ignored;
    return value.get_number().get(ignored) == SUCCESS || is_json_number(token);
  }

  bool boolean(ondemand::value& value) {
    bool ignored = false;
    return value.get_bool().get(ignored) == SUCCESS;
  }

  bool null(ondemand::value& value) {
    bool is_null = false;
    return value.is_null().get(is_null) == SUCCESS && is_null;
  }

  const char* start_;
};

}  // namespace

struct FieldsReader::Parser {
  ondemand::parser json;
  PaddedText padded;
};

FieldsReader::FieldsReader() : parser_(std::make_unique<Parser>()) {}
FieldsReader::~FieldsReader() = default;

FieldsOutcome FieldsReader::read(std::string_view text, MetadataFields& fields,
                                 std::size_t& error_offset) {
  error_offset = text.size();
  const simdjson::padded_string_view padded = parser_->padded.hold(text);
  ondemand::document document;
  if (parser_->json.iterate(padded).get(document) != SUCCESS) return FieldsOutcome::kNotJson;
  ondemand::json_type type;
  if (document.type().get(type) != SUCCESS) return FieldsOutcome::kNotJson;
  if (type != ondemand::json_type::object) return FieldsOutcome::kNoObject;
  const bool walked = Walk(padded.data()).object(document, &fields);
  const char* rest = nullptr;
  const simdjson::error_code end = document.current_location().get(rest);
  if (walked && end == simdjson::OUT_OF_BOUNDS) return FieldsOutcome::kRead;
  if (end == SUCCESS) error_offset = static_cast<std::size_t>(rest - padded.data());
  return FieldsOutcome::kNotJson;
}

}  // namespace pawl
