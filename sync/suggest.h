// "Did you mean …?"
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pawl {

// The one of `known` that `word` is most likely a slip of: at most two letters added, left out,
// changed or swapped, and fewer than half of them. Empty if none is near enough.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

}  // namespace pawl
