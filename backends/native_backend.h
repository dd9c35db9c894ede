// uv_fs_event as a Backend where a handle watches one directory: one inotify descriptor a loop.
#pragma once

#include <uv.h>

#include <cstdint>
#include <deque>
#include <memory>

#include "backends/handle.h"
#include "core/backend.h"

namespace pawl {

struct NativeOptions {
  // fs.inotify.max_queued_events: what the kernel's queue holds before it drops events. 0: unknown,
  // and then no burst is an alarm.
  std::uint64_t queue_max = 16384;
  // Callbacks in one turn of the loop, as a share of queue_max, that count as a sign of overflow.
  double alarm_share = 0.5;
};

// Overflow: libuv drops IN_Q_OVERFLOW (src/unix/linux-inotify.c, uv__inotify_read: its wd of -1
// belongs to no watcher). But the whole queue is read in one turn, so a queue that ran full shows as
// a burst of callbacks. Half of it is enough for an alarm: events of handles that were stopped
// meanwhile arrive uncounted.
class NativeBackend : public Backend {
 public:
  // `loop` and `sink` outlive this.
  NativeBackend(uv_loop_t* loop, HintSink& sink, NativeOptions options);
  ~NativeBackend() override;
  NativeBackend(const NativeBackend&) = delete;

  Status watch(DirectoryId directory, const std::string& path) override;
  void unwatch(DirectoryId directory) override;

  // The most callbacks that one turn of the loop has brought.
  std::uint64_t burst_max() const { return burst_max_; }

 private:
  using Watch = Handle<uv_fs_event_t, NativeBackend, DirectoryId>;

  static void on_event(uv_fs_event_t* handle, const char* name, int events, int status);
  void turn_ends();

  uv_loop_t* loop_;
  HintSink& sink_;
  NativeOptions options_;
  std::deque<Watch> watches_;  // by DirectoryId::index; grows without room to spare
  Handle<uv_check_t, NativeBackend> check_;
  std::uint64_t burst_ = 0;  // events of this turn, and watches stopped since the last
  std::uint64_t burst_max_ = 0;
};

// The native backend of this platform: this one, or where a handle watches a whole tree, the
// RecursiveBackend. `loop` and `sink` outlive it.
std::unique_ptr<Backend> make_native_backend(uv_loop_t* loop, HintSink& sink, NativeOptions options);

}  // namespace pawl
