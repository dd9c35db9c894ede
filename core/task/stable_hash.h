// A hash that is the same on every platform and run, for what must be repeatable.
#pragma once

#include <cstdint>
#include <string_view>

namespace pawl {

// FNV-1a, with a final mix so that the high bits of short keys are good as well.
inline std::uint64_t stable_hash(std::string_view key) {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (const char c : key) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdu;
  return h ^ (h >> 33);
}

}  // namespace pawl
