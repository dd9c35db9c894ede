#include "backends/native_backend.h"
#include "backends/recursive_backend.h"

namespace pawl {

std::unique_ptr<Backend> make_native_backend(uv_loop_t* loop, HintSink& sink, NativeOptions) {
  return std::make_unique<RecursiveBackend>(
      loop, sink, RecursiveOptions{.names = {.backslashes = true, .short_names = true}});
}

}  // namespace pawl
