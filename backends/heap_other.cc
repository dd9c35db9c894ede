#include "backends/heap.h"

namespace pawl {

void release_free_memory() {}

}  // namespace pawl
