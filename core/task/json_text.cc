#include "core/task/json_text.h"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "core/task/text.h"

namespace pawl {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Steps through text that is known to be well formed.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) { skip_space(); }

  std::size_t at() const { return at_; }
  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  void step() {
    ++at_;
    skip_space();
  }

  // The string here, with its quotes and escapes as they are.
  std::string_view take_string() {
    const std::size_t start = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    const std::string_view quoted = text_.substr(start, ++at_ - start);
    skip_space();
    return quoted;
  }

  // Past the value here, without recursion.
  void skip_value() {
    std::size_t depth = 0;
    do {
      const char c = here();
      if (c == '"') {
        take_string();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      step();
    } while (at_ < text_.size() && (depth > 0 || !ends_value(here())));
  }

 private:
  static bool ends_value(char c) { return c == ',' || c == '}' || c == ']'; }

  std::string_view text_;
  std::size_t at_;
};

bool is_name(std::string_view quoted, const std::string& name) {
  if (quoted.find('\\') == std::string_view::npos) {
    return quoted.substr(1, quoted.size() - 2) == name;
  }
  struct Collect : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Collect> {
    bool String(const char* value, rapidjson::SizeType size, bool) {
      text.assign(value, size);
      return true;
    }
    std::string text;
  } collect;
  rapidjson::MemoryStream stream(quoted.data(), quoted.size());
  rapidjson::Reader reader;
  return !reader.Parse(stream, collect).IsError() && collect.text == name;
}

std::optional<std::size_t> locate_member(std::string_view text, std::size_t object,
                                         const std::string& name) {
  std::optional<std::size_t> found;
  Scanner scanner(text, object);
  scanner.step();
  while (scanner.here() == '"') {
    const std::string_view quoted = scanner.take_string();
    scanner.step();  // the colon
    if (is_name(quoted, name)) found = scanner.at();
    scanner.skip_value();
    if (scanner.here() == ',') scanner.step();
  }
  return found;
}

std::optional<std::size_t> locate_element(std::string_view text, std::size_t array,
                                          const std::string& index) {
  Scanner scanner(text, array);
  scanner.step();
  for (std::size_t i = 0; scanner.here() != ']' && scanner.here() != '\0'; ++i) {
    if (std::to_string(i) == index) return scanner.at();
    scanner.skip_value();
    if (scanner.here() == ',') scanner.step();
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> find_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kJsonDepthMax) return i;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return std::nullopt;
}

std::optional<JsonError> find_json_error(std::string_view text) {
  if (const auto bad = find_invalid_utf8(text)) return JsonError{*bad, "this is not UTF-8"};
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return JsonError{0, "the file is empty"};
  }
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::BaseReaderHandler<> ignore;
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, ignore);
  const auto too_deep = find_too_deep(text);
  if (too_deep && (!result.IsError() || *too_deep < result.Offset())) {
    return JsonError{*too_deep, "nested more than " + std::to_string(kJsonDepthMax) + " deep"};
  }
  // rapidjson takes a NUL for the end of its input.
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos && (!result.IsError() || nul <= result.Offset())) {
    return JsonError{nul, "not JSON: a NUL byte"};
  }
  if (!result.IsError()) return std::nullopt;
  std::string why = rapidjson::GetParseError_En(result.Code());
  if (why.ends_with('.')) why.pop_back();
  return JsonError{result.Offset(), "not JSON: " + why};
}

std::optional<std::size_t> locate_json(std::string_view text,
                                       std::span<const std::string> pointer) {
  std::size_t at = Scanner(text, 0).at();
  for (const std::string& token : pointer) {
    std::optional<std::size_t> next;
    if (text[at] == '{') next = locate_member(text, at, token);
    if (text[at] == '[') next = locate_element(text, at, token);
    if (!next) return std::nullopt;
    at = *next;
  }
  return at;
}

}  // namespace pawl
