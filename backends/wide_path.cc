#include "backends/wide_path.h"

#include <algorithm>
#include <cstddef>

namespace pawl {
namespace {

constexpr bool is_high(char32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
constexpr bool is_low(char32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

// Takes one character from the front of `bytes`; 0: there is none such.
char32_t take(std::string_view& bytes) {
  const auto lead = static_cast<unsigned char>(bytes.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (size == 0 || bytes.size() < size) return 0;
  char32_t character = size == 1 ? lead : lead & (0xff >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(bytes[i]);
    if ((next & 0xc0) != 0x80) return 0;
    character = character << 6 | (next & 0x3f);
  }
  // What fits into fewer bytes has one form only, and beyond the last character there is none.
  if ((size == 3 && character < 0x800) || (size == 4 && character < 0x10000) || character > 0x10ffff)
    return 0;
  bytes.remove_prefix(size);
  return character;
}

void put(char32_t character, std::string& bytes) {
  if (character < 0x80) {
    bytes += static_cast<char>(character);
    return;
  }
  const int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
  constexpr unsigned char kLead[] = {0, 0xc0, 0xe0, 0xf0};
  bytes += static_cast<char>(kLead[more] | character >> (6 * more));
  for (int i = more - 1; i >= 0; --i)
    bytes += static_cast<char>(0x80 | (character >> (6 * i) & 0x3f));
}

bool is_drive(std::string_view path) {
  const auto letter = static_cast<unsigned char>(path.empty() ? 0 : path[0] | 0x20);
  return path.size() >= 2 && letter >= 'a' && letter <= 'z' && path[1] == ':' &&
         (path.size() == 2 || path[2] == '/' || path[2] == '\\');
}

bool is_slash(char c) { return c == '/' || c == '\\'; }

}  // namespace

bool to_wide(std::string_view bytes, std::u16string& wide) {
  wide.clear();
  while (!bytes.empty()) {
    const char32_t character = take(bytes);
    if (character == 0) return false;
    if (character < 0x10000) {
      // A pair is written as the one character that it is.
      if (is_low(character) && !wide.empty() && is_high(wide.back())) return false;
      wide += static_cast<char16_t>(character);
    } else {
      wide += static_cast<char16_t>(0xd7c0 + (character >> 10));
      wide += static_cast<char16_t>(0xdc00 | (character & 0x3ff));
    }
  }
  return true;
}

std::string from_wide(std::u16string_view wide) {
  std::string bytes;
  bytes.reserve(wide.size());
  for (std::size_t i = 0; i < wide.size(); ++i) {
    char32_t character = wide[i];
    if (is_high(character) && i + 1 < wide.size() && is_low(wide[i + 1])) {
      character = 0x10000 + ((character & 0x3ff) << 10) + (wide[i + 1] & 0x3ff);
      ++i;
    }
    put(character, bytes);
  }
  return bytes;
}

bool to_verbatim(std::string_view path, std::u16string& verbatim) {
  if (path.size() >= 4 && is_slash(path[0]) && is_slash(path[1]) && (path[2] == '?' || path[2] == '.') &&
      is_slash(path[3])) {
    path.remove_prefix(4);
    if (!to_wide(path, verbatim)) return false;
    verbatim.insert(0, u"\\\\?\\");
  } else if (is_drive(path)) {
    if (!to_wide(path, verbatim)) return false;
    verbatim.insert(0, u"\\\\?\\");
    if (path.size() == 2) verbatim += u'\\';  // the drive, and not where one stands on it
  } else if (path.size() > 2 && is_slash(path[0]) && is_slash(path[1]) && !is_slash(path[2])) {
    if (!to_wide(path.substr(2), verbatim)) return false;
    verbatim.insert(0, u"\\\\?\\UNC\\");
  } else {
    return false;
  }
  std::replace(verbatim.begin(), verbatim.end(), u'/', u'\\');
  return true;
}

std::string from_verbatim(std::u16string_view path) {
  std::u16string plain;
  if (path.starts_with(u"\\\\?\\UNC\\")) {
    plain = u"\\\\";
    path.remove_prefix(8);
  } else if (path.starts_with(u"\\\\?\\") || path.starts_with(u"\\??\\")) {
    path.remove_prefix(4);
    // A link may lead to a server by "\??\UNC\".
    if (path.starts_with(u"UNC\\")) {
      plain = u"\\\\";
      path.remove_prefix(4);
    }
  }
  plain += path;
  std::replace(plain.begin(), plain.end(), u'\\', u'/');
  return from_wide(plain);
}

bool is_drive_root(std::string_view path) {
  if (path.starts_with("//")) {
    const std::size_t server = path.find('/', 2);
    return server == path.npos || path.find('/', server + 1) == path.npos;
  }
  return is_drive(path) && path.size() <= 3;
}

void upper_drive(std::string& path) {
  if (is_drive(path)) path[0] = static_cast<char>(path[0] & ~0x20);
}

std::string_view drive_of(std::string_view path) {
  if (!path.starts_with("//")) return path.substr(0, 2);
  const std::size_t server = path.find('/', 2);
  return path.substr(0, server == path.npos ? server : path.find('/', server + 1));
}

}  // namespace pawl
