#include "backends/native_backend.h"

namespace pawl {

std::unique_ptr<Backend> make_native_backend(uv_loop_t* loop, HintSink& sink, NativeOptions options) {
  return std::make_unique<NativeBackend>(loop, sink, options);
}

}  // namespace pawl
