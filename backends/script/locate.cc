#include <algorithm>
#include <cstdint>

#include "backends/script/examine.h"

namespace pawl {
namespace {

// Bytes to parse before giving up, at some 50 MB/s: an error in one huge line keeps a worker for a
// fraction of a second and is told without its column.
constexpr std::uint64_t kStepwiseMax = std::uint64_t{2} << 20;
constexpr std::uint64_t kBisectMax = std::uint64_t{16} << 20;

struct Line {
  std::size_t start = 0;
  std::size_t end = 0;  // before its terminator
};

// The length of the line terminator of JavaScript at `at`; 0 if there is none.
std::size_t terminator_at(std::string_view text, std::size_t at) {
  if (text[at] == '\n') return 1;
  if (text[at] == '\r') return text.substr(at + 1, 1) == "\n" ? 2 : 1;
  const std::string_view three = text.substr(at, 3);
  return three == "\xE2\x80\xA8" || three == "\xE2\x80\xA9" ? 3 : 0;
}

std::optional<Line> find_line(std::string_view text, std::uint32_t number) {
  std::uint32_t current = 1;
  Line line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t terminator = terminator_at(text, at);
    if (terminator != 0 && current == number) {
      line.end = at;
      return line;
    }
    at += std::max<std::size_t>(terminator, 1);
    if (terminator != 0) {
      ++current;
      line.start = at;
    }
  }
  line.end = text.size();
  if (current != number) return std::nullopt;
  return line;
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

// Where the token that ends at `end` starts. Engines quote the one that they did not expect.
std::size_t token_start(std::string_view text, std::size_t line_start, std::size_t end,
                        std::string_view message) {
  const std::string_view before = text.substr(line_start, end - line_start);
  const std::size_t open = message.find_first_of("'\"");
  const std::size_t close = open == message.npos ? open : message.find(message[open], open + 1);
  if (close != message.npos && close > open + 1) {
    const std::string_view token = message.substr(open + 1, close - open - 1);
    if (before.ends_with(token)) return end - token.size();
    const char last = before.empty() ? '\0' : before.back();
    const bool is_quoted = last == '"' || last == '\'';
    if (is_quoted && before.substr(0, before.size() - 1).ends_with(token)) {
      return end - std::min(before.size(), token.size() + 2);
    }
  }
  std::size_t start = end;
  while (start > line_start && is_word(text[start - 1])) --start;
  return start < end ? start : std::max(line_start, end - 1);
}

class Search {
 public:
  Search(std::string_view script, ScriptGoal goal, const ParseError& error,
         const ParseScript& parse)
      : script_(script), goal_(goal), error_(error), parse_(parse) {}

  // The least `end` in the line from which on every prefix of the script has this error: with
  // `end` moving back step by step, or, in a long line, by halves.
  std::optional<std::size_t> run(Line line) const {
    const std::uint64_t steps = line.end - line.start + 1;
    if (line.end > kBisectMax / 32) return std::nullopt;
    if (!has_error(line.end)) return std::nullopt;
    if (steps * line.end > kStepwiseMax) return bisect(line);
    std::size_t end = line.end;
    while (end > line.start) {
      const std::size_t shorter = step_back(end);
      if (!has_error(shorter)) return end;
      end = shorter;
    }
    return line.start;
  }

 private:
  bool has_error(std::size_t end) const { return parse_(script_.substr(0, end), goal_) == error_; }

  std::size_t step_back(std::size_t end) const {
    --end;
    while (end > 0 && is_continuation(script_[end])) --end;
    return end;
  }

  std::size_t bisect(Line line) const {
    std::size_t without = line.start;
    std::size_t with = line.end;
    while (without < with) {
      std::size_t middle = without + (with - without) / 2;
      while (middle > without && is_continuation(script_[middle])) --middle;
      if (has_error(middle)) {
        with = middle;
      } else {
        without = middle + 1;
        while (without < with && is_continuation(script_[without])) ++without;
      }
    }
    return with;
  }

  std::string_view script_;
  ScriptGoal goal_;
  const ParseError& error_;
  const ParseScript& parse_;
};

}  // namespace

std::optional<std::size_t> locate_error(std::string_view script, ScriptGoal goal,
                                        const ParseError& error, const ParseScript& parse) {
  const std::optional<Line> line = find_line(script, error.line);
  if (!line) return std::nullopt;
  const std::optional<std::size_t> end = Search(script, goal, error, parse).run(*line);
  if (!end) return std::nullopt;
  // The error is there before anything of its line is: something is missing at the end.
  if (*end == line->start) return line->end;
  return token_start(script, line->start, *end, error.text);
}

}  // namespace pawl
