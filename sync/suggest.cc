#include "sync/suggest.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace pawl {
namespace {

char plain(char c) {
  if (c == '-' || c == ' ') return '_';
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// Damerau's distance (optimal string alignment), blind to case and to '-' for '_'.
std::size_t distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> cells((a.size() + 1) * width);
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      std::size_t& cell = cells[i * width + j];
      if (i == 0 || j == 0) {
        cell = i + j;
        continue;
      }
      const std::size_t differ = plain(a[i - 1]) == plain(b[j - 1]) ? 0 : 1;
      cell = std::min({cells[(i - 1) * width + j] + 1, cells[i * width + j - 1] + 1,
                       cells[(i - 1) * width + j - 1] + differ});
      if (i > 1 && j > 1 && plain(a[i - 1]) == plain(b[j - 2]) &&
          plain(a[i - 2]) == plain(b[j - 1])) {
        cell = std::min(cell, cells[(i - 2) * width + j - 2] + 1);
      }
    }
  }
  return cells.back();
}

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known) {
  constexpr std::size_t kWordMax = 64;  // no key is longer; keeps the table small
  if (word.size() > kWordMax) return {};
  std::string_view best;
  std::size_t best_distance = 3;
  for (const std::string_view candidate : known) {
    const std::size_t d = distance(word, candidate);
    if (d < best_distance && d * 2 < std::max(word.size(), candidate.size())) {
      best = candidate;
      best_distance = d;
    }
    // "debounce" for "debounce_ms": the unit was forgotten.
    if (best.empty() && word.size() > 2 && candidate.starts_with(word)) best = candidate;
  }
  return best;
}

}  // namespace pawl
