#include "backends/heap.h"

#include <cstdlib>  // says whose C library it is
#include <memory>
#include <vector>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace pawl {

void release_free_memory() {
#if defined(__GLIBC__)
  ::malloc_trim(0);
#endif
}

// glibc makes the pages of an arena usable by an mprotect() for each request that they are too few
// for, and leaves them usable when what was allocated there is freed. In pieces below the size
// (128 KiB) from which on each would get a mapping of its own.
void reserve_for_thread([[maybe_unused]] std::size_t bytes) {
#if defined(__GLIBC__)
  if constexpr (sizeof(void*) < 8) return;  // an arena is of 1 MB, and there is one after another
  constexpr std::size_t kPiece = std::size_t{96} << 10;
  std::vector<std::unique_ptr<void, decltype(&std::free)>> pieces;
  pieces.reserve(bytes / kPiece);
  for (std::size_t i = 0; i < bytes / kPiece; ++i) pieces.emplace_back(std::malloc(kPiece), &std::free);
#endif
}

}  // namespace pawl
