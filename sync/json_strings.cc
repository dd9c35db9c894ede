#include "sync/json_strings.h"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

namespace pawl {
namespace {

// The length of the valid UTF-8 sequence at the start of `text`, or 0. Overlong forms, surrogates
// and what is above U+10FFFF are not valid (RFC 3629).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool bad = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f);
    return !bad && tail(1) && tail(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool bad = (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f);
    return !bad && tail(1) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text[0]);
    std::size_t length = utf8_length(text);
    if (length == 0) {
      fmt::format_to(std::back_inserter(out), "\\udc{:02x}", first);
      length = 1;
    } else if (first == '"' || first == '\\') {
      out += '\\';
      out += text[0];
    } else if (first < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", first);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  out += '"';
}

void append_code_point(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  bool take(char c) {
    skip_space();
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool at_end() {
    skip_space();
    return text_.empty();
  }

  bool string(std::string& out) {
    if (!take('"')) return false;
    while (!text_.empty()) {
      const char c = text_[0];
      text_.remove_prefix(1);
      if (c == '"') return true;
      if (c != '\\') {
        out += c;
      } else if (!escape(out)) {
        return false;
      }
    }
    return false;
  }

 private:
  void skip_space() {
    const std::size_t n = text_.find_first_not_of(" \t\r\n");
    text_.remove_prefix(n == std::string_view::npos ? text_.size() : n);
  }

  bool escape(std::string& out) {
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    if (text_.empty()) return false;
    const char c = text_[0];
    text_.remove_prefix(1);
    if (c == 'u') return unicode(out);
    const std::size_t at = kNames.find(c);
    if (at == std::string_view::npos) return false;
    out += kValues[at];
    return true;
  }

  std::optional<std::uint32_t> hex4() {
    if (text_.size() < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : text_.substr(0, 4)) {
      const std::size_t digit = std::string_view("0123456789abcdefABCDEF").find(c);
      if (digit == std::string_view::npos) return std::nullopt;
      value = value << 4 | static_cast<std::uint32_t>(digit < 16 ? digit : digit - 6);
    }
    text_.remove_prefix(4);
    return value;
  }

  bool unicode(std::string& out) {
    const std::optional<std::uint32_t> code = hex4();
    if (!code) return false;
    if (*code >= 0xdc80 && *code <= 0xdcff) {  // a byte that was not UTF-8
      out += static_cast<char>(*code & 0xff);
      return true;
    }
    if (*code < 0xd800 || *code > 0xdfff) {
      append_code_point(out, *code);
      return true;
    }
    if (*code > 0xdbff || !text_.starts_with("\\u")) return false;
    text_.remove_prefix(2);
    const std::optional<std::uint32_t> low = hex4();
    if (!low || *low < 0xdc00 || *low > 0xdfff) return false;
    append_code_point(out, 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00));
    return true;
  }

  std::string_view text_;
};

}  // namespace

std::string json_strings(std::span<const std::string> strings) {
  std::string out = "[";
  for (const std::string& string : strings) {
    if (out.size() > 1) out += ',';
    append_quoted(out, string);
  }
  return out + "]";
}

std::optional<std::vector<std::string>> parse_json_strings(std::string_view json) {
  Parser parser(json);
  std::vector<std::string> strings;
  if (!parser.take('[')) return std::nullopt;
  if (parser.take(']')) return parser.at_end() ? std::optional(strings) : std::nullopt;
  do {
    if (!parser.string(strings.emplace_back())) return std::nullopt;
  } while (parser.take(','));
  if (!parser.take(']') || !parser.at_end()) return std::nullopt;
  return strings;
}

}  // namespace pawl
