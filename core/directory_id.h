#pragma once

#include <compare>
#include <cstdint>

namespace pawl {

// Names one directory of the tree for as long as it is known. The generation tells it from a later
// directory in the same slot, so that a late answer about a forgotten directory is recognised.
struct DirectoryId {
  std::uint32_t index = UINT32_MAX;
  std::uint32_t generation = 0;

  bool valid() const { return index != UINT32_MAX; }
  auto operator<=>(const DirectoryId&) const = default;
};

}  // namespace pawl
