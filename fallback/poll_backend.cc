#include "fallback/poll_backend.h"

#include <algorithm>
#include <utility>

#include "backends/fs_path.h"
#include "backends/watch_error.h"

namespace pawl {
namespace {

// 256 stats in libuv's pool cost 1.1 ms. The sweeps keep to their share of a core and see all that these
// do; not even with the shortest interval are these to take more than half a percent beside it.
constexpr Duration kIntervalMin = milliseconds(250);

}  // namespace

PollBackend::PollBackend(uv_loop_t* loop, HintSink& sink, PollOptions options)
    : loop_(loop), sink_(sink), options_(std::move(options)) {}

Status PollBackend::watch(DirectoryId directory, const std::string& path) {
  if (handles_ >= options_.handles_max) return {};
  auto watch = std::make_unique<Watch>();
  watch->backend = this;
  watch->directory = directory;
  watch->handle = Handle<uv_fs_poll_t, Watch>(watch.get());
  uv_fs_poll_init(loop_, watch->handle.get());
  const Duration wanted = options_.interval ? options_.interval(directory) : seconds(1);
  const auto interval = std::chrono::ceil<milliseconds>(std::max(wanted, kIntervalMin)).count();
  if (const int error = uv_fs_poll_start(watch->handle.get(), on_poll, watched_path(path).c_str(),
                                         static_cast<unsigned int>(interval)))
    return Status::from_errno(watch_errno(error), "poll", path);
  if (watches_.size() <= directory.index) watches_.resize(directory.index + 1);
  watches_[directory.index] = std::move(watch);
  ++handles_;
  return {};
}

void PollBackend::unwatch(DirectoryId directory) {
  if (directory.index >= watches_.size() || !watches_[directory.index] ||
      watches_[directory.index]->directory != directory)
    return;
  watches_[directory.index].reset();
  --handles_;
}

void PollBackend::on_poll(uv_fs_poll_t* handle, int status, const uv_stat_t*, const uv_stat_t*) {
  Watch* watch = Handle<uv_fs_poll_t, Watch>::owner_of(handle);
  if (watch == nullptr) return;
  // An error: it is gone, or can't be seen, and its parent knows more. Else names came or went. A
  // handle goes by the path, so in neither case need there be a new one.
  watch->backend->sink_.hint(watch->directory, status < 0 ? "." : "", HintKind::kTouched,
                             Via::kPoll);
}

}  // namespace pawl
