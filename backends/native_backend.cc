#include "backends/native_backend.h"

#include <algorithm>

#include "backends/watch_error.h"

namespace pawl {

NativeBackend::NativeBackend(uv_loop_t* loop, HintSink& sink, NativeOptions options)
    : loop_(loop), sink_(sink), options_(options), check_(this) {
  uv_check_init(loop, check_.get());
  uv_check_start(check_.get(), [](uv_check_t* handle) {
    if (NativeBackend* self = Handle<uv_check_t, NativeBackend>::owner_of(handle)) self->turn_ends();
  });
  uv_unref(reinterpret_cast<uv_handle_t*>(check_.get()));
}

NativeBackend::~NativeBackend() = default;

Status NativeBackend::watch(DirectoryId directory, const std::string& path) {
  Watch watch(this, directory);
  uv_fs_event_init(loop_, watch.get());
  if (const int error = uv_fs_event_start(watch.get(), on_event, path.c_str(), 0))
    return Status(watch_error(error), "watch", path, {}, watch_errno(error));
  if (watches_.size() <= directory.index) watches_.resize(directory.index + 1);
  watches_[directory.index] = std::move(watch);
  return {};
}

void NativeBackend::unwatch(DirectoryId directory) {
  if (directory.index < watches_.size() && watches_[directory.index] &&
      Watch::more_of(watches_[directory.index].get()) == directory) {
    watches_[directory.index].reset();
    ++burst_;  // by its IN_IGNORED, which fills the queue as others do and reaches no callback
  }
}

void NativeBackend::on_event(uv_fs_event_t* handle, const char* name, int events, int status) {
  NativeBackend* self = Watch::owner_of(handle);
  if (self == nullptr) return;
  ++self->burst_;
  const bool renamed = (events & UV_RENAME) != 0;
  self->sink_.hint(Watch::more_of(handle), status < 0 || name == nullptr ? "" : name,
                  renamed ? HintKind::kRenamed : HintKind::kTouched, Via::kNative);
}

void NativeBackend::turn_ends() {
  burst_max_ = std::max(burst_max_, burst_);
  if (options_.queue_max != 0 && static_cast<double>(burst_) >=
                                     options_.alarm_share * static_cast<double>(options_.queue_max))
    sink_.suspect();
  burst_ = 0;
}

}  // namespace pawl
