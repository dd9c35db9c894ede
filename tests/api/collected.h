// What a Watcher has told, gathered from whatever thread tells it, and waited for.
#pragma once

#include <pawl/watcher.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace pawl {

class Collected {
 public:
  void add(watch::Batch batch) {
    const std::lock_guard lock(mutex_);
    for (auto& change : batch.changes) batch_.changes.push_back(std::move(change));
    for (auto& coverage : batch.coverage) batch_.coverage.push_back(std::move(coverage));
    for (auto& root : batch.roots) batch_.roots.push_back(std::move(root));
    for (auto& rescan : batch.rescans) batch_.rescans.push_back(std::move(rescan));
    for (auto& ready : batch.ready) batch_.ready.push_back(ready);
    ++batches_;
    came_.notify_all();
  }
  watch::Callback callback() {
    return [this](watch::Batch batch) { add(std::move(batch)); };
  }

  // False: the condition did not hold by the deadline.
  template <class Condition>
  bool wait(const Condition& condition, std::chrono::seconds limit = std::chrono::seconds(20)) {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, limit, [&] { return condition(batch_); });
  }
  bool wait_ready(watch::RootId root) {
    return wait([&](const watch::Batch& seen) {
      return std::find(seen.ready.begin(), seen.ready.end(), root) != seen.ready.end();
    });
  }
  bool wait_for(watch::ChangeKind kind, const std::string& path) {
    return wait([&](const watch::Batch& seen) { return count_in(seen, kind, path) > 0; });
  }

  std::size_t count(watch::ChangeKind kind, const std::string& path) {
    const std::lock_guard lock(mutex_);
    return count_in(batch_, kind, path);
  }
  watch::Batch all() {
    const std::lock_guard lock(mutex_);
    return batch_;
  }
  std::size_t batches() {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

  static std::size_t count_in(const watch::Batch& seen, watch::ChangeKind kind,
                              const std::string& path) {
    return static_cast<std::size_t>(
        std::count_if(seen.changes.begin(), seen.changes.end(), [&](const watch::Change& change) {
          return change.kind == kind && change.path == path;
        }));
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  watch::Batch batch_;
  std::size_t batches_ = 0;
};

}  // namespace pawl
