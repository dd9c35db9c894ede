#include "sync/api/tracker.h"

#include <map>
#include <string>
#include <unordered_map>
#include <utility>

namespace pawl::tasks {

struct Tracker::Shared {
  struct Held {
    std::weak_ptr<const pawl::Task> task;
    std::shared_ptr<const TaskContent> content;
    bool served = false;      // once or now
    bool superseded = false;  // it stands in `superseded`
  };

  void released(const TaskPtr& task) {
    const std::lock_guard lock(mutex);
    const auto at = held.find(task.get());
    // It may have been tracked anew between its last holder's going and this.
    if (at == held.end() || !at->second.task.expired()) return;
    if (at->second.superseded) count_superseded(*task, -1);
    const bool served = at->second.served;
    held.erase(at);
    if (!served || !on_release) return;
    gone.push_back({std::string(task->uuid()), std::string(task->version()),
                    std::string(task->checksum())});
    on_release();
  }

  void count_superseded(const pawl::Task& task, int more) {
    const auto at = superseded.try_emplace(std::string(task.checksum())).first;
    if ((at->second += more) == 0) superseded.erase(at);
  }

  mutable std::mutex mutex;  // guards all below
  std::function<void()> on_release;  // empty: nobody wants to know any more
  std::unordered_map<const pawl::Task*, Held> held;
  std::map<std::string, int, std::less<>> superseded;  // by checksum, how many are held
  std::vector<Released> gone;
};

Tracker::Tracker(std::function<void()> on_release) : shared_(std::make_shared<Shared>()) {
  shared_->on_release = std::move(on_release);
}

void Tracker::silence() {
  const std::lock_guard lock(shared_->mutex);
  shared_->on_release = nullptr;
}

TaskPtr Tracker::track(const TaskPtr& task, std::shared_ptr<const TaskContent> content,
                       bool serves) {
  const std::lock_guard lock(shared_->mutex);
  Shared::Held& held = shared_->held[task.get()];
  held.served |= serves;
  if (serves && std::exchange(held.superseded, false)) shared_->count_superseded(*task, -1);
  if (content) held.content = std::move(content);
  if (TaskPtr known = held.task.lock()) return known;
  TaskPtr tracked(task.get(), [task, shared = shared_](const pawl::Task*) { shared->released(task); });
  held.task = tracked;
  return tracked;
}

void Tracker::supersede(const pawl::Task* task) {
  const std::lock_guard lock(shared_->mutex);
  const auto at = shared_->held.find(task);
  if (at != shared_->held.end() && !std::exchange(at->second.superseded, true))
    shared_->count_superseded(*task, 1);
}

bool Tracker::holds(std::string_view checksum) const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->superseded.contains(checksum);
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
  for (auto& [task, held] : shared_->held)
    if (!held.superseded) held.content.reset();
}

std::vector<Released> Tracker::take_released() {
  const std::lock_guard lock(shared_->mutex);
  return std::exchange(shared_->gone, {});
}

}  // namespace pawl::tasks
