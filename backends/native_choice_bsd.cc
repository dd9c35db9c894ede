#include "backends/native_backend.h"
#include "backends/recursive_backend.h"

namespace pawl {

std::unique_ptr<Backend> make_native_backend(uv_loop_t* loop, HintSink& sink, NativeOptions options) {
#ifdef __APPLE__
  (void)options;
  return std::make_unique<RecursiveBackend>(loop, sink, RecursiveOptions{.names = {.gathered = true}, .deaf_ms = 500});
#else
  // kqueue watches a directory by itself, and has no queue that could run over.
  options.queue_max = 0;
  return std::make_unique<NativeBackend>(loop, sink, options);
#endif
}

}  // namespace pawl
