// The system's table of mounts, and when it changes.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backends/handle.h"
#include "core/mount_point.h"

namespace pawl {

// A table as Linux writes it to /proc/self/mountinfo (proc(5)). Mounts that others hide are left
// out; of several at one place the one that is seen is told.
std::vector<MountPoint> parse_mount_table(std::string_view table);

// The table, and from then on every change of it. Where the system has none that can be waited for
// (anywhere but on Linux), it is empty and stays so: then mounts are found by looking at them.
//
// Threading: the loop thread, on which `changed` is called too. No mount is touched, and nothing
// blocks.
class MountTable {
 public:
  // `loop` outlives this. `changed` is called some 50 ms after a change, however many there were,
  // and never before this returns.
  MountTable(uv_loop_t* loop, std::function<void(std::vector<MountPoint>)> changed);
  MountTable(const MountTable&) = delete;

  std::vector<MountPoint> read();

 private:
  void watch(uv_loop_t* loop);
  void wait_for_more();

  std::function<void(std::vector<MountPoint>)> changed_;
  struct Source;  // what the platform reads and waits for
  std::shared_ptr<Source> source_;
  Handle<uv_timer_t, MountTable> timer_;
};

}  // namespace pawl
