// What waits in a Queue.
#pragma once

#include <pawl/watcher.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "core/change.h"
#include "core/coalesce.h"
#include "fallback/api/wake_descriptor.h"

namespace pawl::watch {

// Threading: any number of threads.
struct Queue::State {
  // `notices`: a batch without changes.
  void push(std::vector<pawl::Change> changes, Batch notices);
  void close();
  std::optional<Batch> take();
  std::optional<Batch> wait(std::chrono::milliseconds timeout);
  bool is_closed() const;
  std::uint64_t waiting() const;

  WakeDescriptor wake;

 private:
  bool empty() const { return ordered_.empty() && merged_.empty() && notices_.empty(); }
  std::optional<Batch> take_locked();
  void merge_notices();

  // So many notices of a kind wait one by one; beyond, those about the same thing are merged.
  static constexpr std::size_t kNoticesMax = 4096;
  struct Bounds {
    std::size_t coverage = kNoticesMax;
    std::size_t rescans = kNoticesMax;
    std::size_t roots = kNoticesMax;
  };

  mutable std::mutex mutex_;  // guards everything below, and raising and clearing `wake`
  std::condition_variable came_;
  std::vector<pawl::Change> ordered_;  // while they are few
  Coalescer merged_;
  Batch notices_;
  Bounds bounds_;
  bool closed_ = false;
};

}  // namespace pawl::watch
