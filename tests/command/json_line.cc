#include "tests/command/json_line.h"

#include <charconv>

#include "sync/json_strings.h"

namespace pawl {
namespace {

// The length of the JSON value at the start of `text`: up to the comma or brace after it.
std::size_t value_length(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (depth == 0 && (c == ',' || c == '}' || c == ':')) {
      return i;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return text.size();
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

std::string take_value(std::string_view& text) {
  const std::size_t length = value_length(text);
  std::string value(text.substr(0, length));
  text.remove_prefix(length);
  return value;
}

std::optional<std::string> string_of(const std::string& quoted) {
  const auto strings = parse_json_strings("[" + quoted + "]");
  if (!strings || strings->size() != 1) return std::nullopt;
  return strings->front();
}

}  // namespace

std::optional<JsonLine> JsonLine::parse(std::string_view line) {
  JsonLine parsed;
  if (!take(line, '{')) return std::nullopt;
  do {
    const std::optional<std::string> key = string_of(take_value(line));
    if (!key || !take(line, ':')) return std::nullopt;
    std::string value = take_value(line);
    if (value.empty()) return std::nullopt;
    parsed.fields_.emplace_back(*key, std::move(value));
  } while (take(line, ','));
  if (line != "}") return std::nullopt;
  return parsed;
}

const std::string* JsonLine::find(std::string_view key) const {
  for (const auto& [name, value] : fields_)
    if (name == key) return &value;
  return nullptr;
}

std::string JsonLine::keys() const {
  std::string keys;
  for (const auto& [name, value] : fields_) keys += (keys.empty() ? "" : " ") + name;
  return keys;
}

std::string JsonLine::text(std::string_view key) const {
  const std::string* value = find(key);
  return value == nullptr ? std::string() : string_of(*value).value_or("");
}

std::int64_t JsonLine::number(std::string_view key) const {
  const std::string* value = find(key);
  std::int64_t number = -1;
  if (value == nullptr) return number;
  const char* end = value->data() + value->size();
  const auto result = std::from_chars(value->data(), end, number);
  return result.ec == std::errc() && result.ptr == end ? number : -1;
}

std::string JsonLine::raw(std::string_view key) const {
  const std::string* value = find(key);
  return value == nullptr ? std::string() : *value;
}

std::vector<std::string> JsonLine::texts(std::string_view key) const {
  const std::string* value = find(key);
  return value == nullptr ? std::vector<std::string>()
                          : parse_json_strings(*value).value_or(std::vector<std::string>());
}

}  // namespace pawl
