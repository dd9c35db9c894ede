#include "backends/heap.h"

#include <cstdlib>  // says whose C library it is

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace pawl {

void release_free_memory() {
#if defined(__GLIBC__)
  ::malloc_trim(0);
#endif
}

}  // namespace pawl
