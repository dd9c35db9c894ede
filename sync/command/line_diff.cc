#include "sync/command/line_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace pawl::command {
namespace {

constexpr std::size_t kContext = 3;
// Cells of the table below. What is larger is shown as replaced whole.
constexpr std::size_t kTableMax = std::size_t{16} << 20;

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

void append(std::string& out, char mark, std::string_view line) {
  out += mark;
  out += line;
  out += '\n';
}

// Lines of `a` from `i` and of `b` from `j` up to their ends.
void compare(const Lines& a, std::size_t i, std::size_t a_end, const Lines& b, std::size_t j,
             std::size_t b_end, std::string& out) {
  const std::size_t rows = a_end - i + 1;
  const std::size_t width = b_end - j + 1;
  if (rows * width <= kTableMax) {
    // longest(y, x): how many lines a from i + y and b from j + x have in common, in order.
    std::vector<std::uint32_t> table(rows * width, 0);
    const std::size_t a0 = i;
    const std::size_t b0 = j;
    const auto longest = [&](std::size_t y, std::size_t x) -> std::uint32_t& {
      return table[(y - a0) * width + (x - b0)];
    };
    for (std::size_t y = a_end; y-- > a0;) {
      for (std::size_t x = b_end; x-- > b0;) {
        longest(y, x) = a[y] == b[x] ? longest(y + 1, x + 1) + 1
                                     : std::max(longest(y + 1, x), longest(y, x + 1));
      }
    }
    while (i < a_end && j < b_end) {
      if (a[i] == b[j]) {
        append(out, ' ', a[i++]);
        ++j;
      } else if (longest(i + 1, j) >= longest(i, j + 1)) {
        append(out, '-', a[i++]);
      } else {
        append(out, '+', b[j++]);
      }
    }
  }
  for (; i < a_end; ++i) append(out, '-', a[i]);
  for (; j < b_end; ++j) append(out, '+', b[j]);
}

}  // namespace

std::string line_diff(std::string_view before, std::string_view after, std::string_view before_name,
                      std::string_view after_name) {
  if (before == after) return {};
  const Lines a = lines_of(before);
  const Lines b = lines_of(after);
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t head = 0;
  while (head < shorter && a[head] == b[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  const std::size_t first = head - std::min(head, kContext);
  std::string out =
      fmt::format("--- {}\n+++ {}\n@@ line {} @@\n", before_name, after_name, first + 1);
  for (std::size_t i = first; i < head; ++i) append(out, ' ', a[i]);
  compare(a, head, a.size() - tail, b, head, b.size() - tail, out);
  for (std::size_t i = 0; i < std::min(tail, kContext); ++i) {
    append(out, ' ', a[a.size() - tail + i]);
  }
  return out;
}

}  // namespace pawl::command
