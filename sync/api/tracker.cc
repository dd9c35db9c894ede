#include "sync/api/tracker.h"

#include <utility>

namespace pawl::tasks {

struct Tracker::Shared {
  struct Held {
    std::weak_ptr<const pawl::Task> task;
    std::shared_ptr<const TaskContent> content;
  };

  void released(const TaskPtr& task) {
    const std::lock_guard lock(mutex);
    const auto at = held.find(task.get());
    // It may have been tracked anew between its last holder's going and this.
    if (at == held.end() || !at->second.task.expired()) return;
    held.erase(at);
    if (!on_release) return;
    gone.push_back({task->uuid, task->version, task->checksum});
    on_release();
  }

  mutable std::mutex mutex;  // guards all below
  std::function<void()> on_release;  // empty: nobody wants to know any more
  std::unordered_map<const pawl::Task*, Held> held;
  std::vector<Released> gone;
};

Tracker::Tracker(std::function<void()> on_release) : shared_(std::make_shared<Shared>()) {
  shared_->on_release = std::move(on_release);
}

Tracker::~Tracker() {
  const std::lock_guard lock(shared_->mutex);
  shared_->on_release = nullptr;
}

TaskPtr Tracker::track(const TaskPtr& task, std::shared_ptr<const TaskContent> content) {
  const std::lock_guard lock(shared_->mutex);
  Shared::Held& held = shared_->held[task.get()];
  if (content) held.content = std::move(content);
  if (TaskPtr known = held.task.lock()) return known;
  TaskPtr tracked(task.get(), [task, shared = shared_](const pawl::Task*) { shared->released(task); });
  held.task = tracked;
  return tracked;
}

std::shared_ptr<const TaskContent> Tracker::content(const pawl::Task* task) const {
  const std::lock_guard lock(shared_->mutex);
  const auto at = shared_->held.find(task);
  return at == shared_->held.end() ? nullptr : at->second.content;
}

void Tracker::forget_content(const pawl::Task* task) {
  const std::lock_guard lock(shared_->mutex);
  const auto at = shared_->held.find(task);
  if (at != shared_->held.end()) at->second.content.reset();
}

void Tracker::forget_contents() {
  const std::lock_guard lock(shared_->mutex);
  for (auto& [task, held] : shared_->held) held.content.reset();
}

std::vector<Released> Tracker::take_released() {
  const std::lock_guard lock(shared_->mutex);
  return std::exchange(shared_->gone, {});
}

}  // namespace pawl::tasks
