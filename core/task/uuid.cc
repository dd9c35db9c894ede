#include "core/task/uuid.h"

#include <cstddef>

#include "core/task/checksum.h"

namespace pawl {
namespace {

constexpr std::size_t kUuidSize = 36;

bool is_dash_place(std::size_t at) {
  return at == 8 || at == 13 || at == 18 || at == 23;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::optional<std::string> normalize_uuid(std::string_view text) {
  if (text.size() != kUuidSize) return std::nullopt;
  std::string uuid;
  uuid.reserve(kUuidSize);
  for (std::size_t i = 0; i < kUuidSize; ++i) {
    const char c = to_lower(text[i]);
    if (is_dash_place(i) ? c != '-' : !is_hex(c)) return std::nullopt;
    uuid.push_back(c);
  }
  return uuid;
}

std::string derive_uuid(std::string_view source_name, std::string_view relative_path) {
  Checksum checksum;
  checksum.add("pawl task");
  checksum.add(source_name);
  checksum.add(relative_path);
  std::string digits = checksum.hex();
  digits[12] = '8';  // version
  const int nibble = digits[16] <= '9' ? digits[16] - '0' : digits[16] - 'a' + 10;
  digits[16] = "89ab"[nibble & 3];  // variant
  return digits.substr(0, 8) + '-' + digits.substr(8, 4) + '-' + digits.substr(12, 4) + '-' +
         digits.substr(16, 4) + '-' + digits.substr(20);
}

}  // namespace pawl
