// One line of pawl's JSON: an object, whose fields keep their order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pawl {

class JsonLine {
 public:
  // Nothing: it is not one whole object.
  static std::optional<JsonLine> parse(std::string_view line);

  // The names of the fields, as they come, separated by spaces.
  std::string keys() const;
  bool has(std::string_view key) const { return find(key) != nullptr; }
  // A string, as bytes: \udcNN is the byte 0xNN. "" if there is no such string.
  std::string text(std::string_view key) const;
  // -1 if there is no such number.
  std::int64_t number(std::string_view key) const;
  // The value as it is written; "" if there is none.
  std::string raw(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;

 private:
  const std::string* find(std::string_view key) const;

  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace pawl
