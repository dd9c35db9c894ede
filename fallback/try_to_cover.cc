// One native watch, started and stopped: what the kernel says counts for more than what was
// counted.
#include <uv.h>

#include <memory>

#include "backends/limits.h"
#include "backends/native_backend.h"
#include "fallback/forecast.h"
#include "fallback/hybrid.h"
#include "fallback/poll_backend.h"

namespace pawl {
namespace {

// Nothing is listened for.
class NoSink : public HintSink {
 public:
  void hint(DirectoryId, std::string_view, HintKind, Via) override {}
  void suspect() override {}
};

Coverage try_on(uv_loop_t* loop, const std::string& path, const Mount& mount) {
  NoSink sink;
  const std::unique_ptr<Backend> native =
      make_native_backend(loop, sink, NativeOptions{.queue_max = 0});
  PollBackend poll(loop, sink, PollOptions{.handles_max = 0});
  Hybrid hybrid(*native, poll, HybridOptions{});
  const DirectoryId directory{0, 1};
  const Result<Coverage> coverage =
      hybrid.cover(directory, path, mount, BackendChoice::kAuto, Instant{});
  if (!coverage.ok())
    return Coverage{Mode::kUnreachable, Reason::kIo, coverage.status().os_error()};
  hybrid.uncover(directory);
  return *coverage;
}

}  // namespace

Coverage try_to_cover(const std::string& path, const Mount& mount) {
  uv_loop_t loop;
  if (const int error = uv_loop_init(&loop))
    return Coverage{Mode::kPolled, Reason::kInstanceLimit, -error};
  const Coverage coverage = try_on(&loop, path, mount);
  // Handles that were closed are freed in one more turn.
  uv_run(&loop, UV_RUN_NOWAIT);
  (void)uv_loop_close(&loop);
  return coverage;
}

}  // namespace pawl
