// uv_fs_poll as a Backend: a stat of the directory every interval, off the loop thread.
#pragma once

#include <uv.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "backends/handle.h"
#include "core/backend.h"
#include "core/time.h"

namespace pawl {

struct PollOptions {
  // How often a directory is looked at, but not more often than every 250 ms; asked when it is first
  // watched. Empty: every second.
  std::function<Duration(DirectoryId)> interval;
  // A handle costs about 1 KB, and 4.4 µs of CPU an interval in libuv's pool. Directories beyond
  // this many have none, and are noticed by the sweeps alone, which look at every directory anyway.
  std::size_t handles_max = 256;
};

// A handle tells that entries of its directory came or went, and never of a write inside a file: the
// reconciler's sweeps see to that. Nor can it tell of a change before its own first stat, which is
// silent: the sweeps compare with the tree, not with that stat, so nothing hides behind it.
//
// Only for file systems that answer: libuv's pool has four threads, and a handle on a mount that
// hangs would hold one of them.
class PollBackend : public Backend {
 public:
  // `loop` and `sink` outlive this.
  PollBackend(uv_loop_t* loop, HintSink& sink, PollOptions options);
  PollBackend(const PollBackend&) = delete;

  Status watch(DirectoryId directory, const std::string& path) override;
  void unwatch(DirectoryId directory) override;

 private:
  struct Watch {
    PollBackend* backend;
    DirectoryId directory;
    Handle<uv_fs_poll_t, Watch> handle;
  };

  static void on_poll(uv_fs_poll_t* handle, int status, const uv_stat_t* before,
                      const uv_stat_t* now);

  uv_loop_t* loop_;
  HintSink& sink_;
  PollOptions options_;
  std::vector<std::unique_ptr<Watch>> watches_;  // by DirectoryId::index
  std::size_t handles_ = 0;
};

}  // namespace pawl
