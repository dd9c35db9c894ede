#include "backends/heap.h"

namespace pawl {

void release_free_memory() {}

void reserve_for_thread(std::size_t) {}

}  // namespace pawl
