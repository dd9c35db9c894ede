#include "core/task/registry.h"

#include <algorithm>
#include <utility>

#include "core/task/semver.h"

namespace pawl {
namespace {

// Two sources may hold the same path.
std::string trouble_key(const TaskEvent& event) {
  std::string key = event.source;
  key += '\0';
  key += event.path;
  return key;
}

}  // namespace

Registry::Registry() : published_(std::make_shared<const RegistrySnapshot>()) {}

std::shared_ptr<const RegistrySnapshot> Registry::snapshot() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

void Registry::apply(std::span<const TaskEvent> events) {
  if (events.empty()) return;
  // Its number is also the name under which CowMap keeps the nodes of this batch apart.
  ++working_.number_;
  for (const TaskEvent& event : events) apply_one(event);
  auto next = std::make_shared<const RegistrySnapshot>(working_);
  {
    const std::lock_guard lock(mutex_);
    published_.swap(next);
  }
  // The snapshot before goes here, outside the lock, if no reader holds it.
}

void Registry::apply_one(const TaskEvent& event) {
  switch (event.kind) {
    case TaskEventKind::kAdded:
    case TaskEventKind::kUpdated:
    case TaskEventKind::kRecovered:
      put(event.task);
      return clear_trouble(event);
    case TaskEventKind::kRemoved:
      if (event.task) remove(*event.task);
      return clear_trouble(event);
    case TaskEventKind::kInvalid:
    case TaskEventKind::kDuplicate:
      return put_trouble(event);
  }
}

void Registry::put(const TaskPtr& task) {
  if (working_.tasks_.find(task->uuid()) == nullptr) {
    ++working_.size_;
    return working_.tasks_.put(task, working_.number_);
  }
  std::vector<TaskPtr> all = working_.versions(task->uuid());
  const auto at =
      std::lower_bound(all.begin(), all.end(), task, [](const TaskPtr& a, const TaskPtr& b) {
        return compare_versions(a->version(), b->version()) < 0;
      });
  if (at != all.end() && (*at)->version() == task->version()) {
    *at = task;
  } else {
    all.insert(at, task);
    ++working_.size_;
  }
  set_versions(std::move(all));
}

void Registry::remove(const Task& task) {
  std::vector<TaskPtr> all = working_.versions(task.uuid());
  if (std::erase_if(all, [&](const TaskPtr& one) { return one->version() == task.version(); }) == 0) {
    return;
  }
  --working_.size_;
  if (all.empty()) {
    working_.tasks_.erase(task.uuid(), working_.number_);
  } else {
    set_versions(std::move(all));
  }
}

void Registry::set_versions(std::vector<TaskPtr> all) {
  working_.tasks_.put(all.back(), working_.number_);
  if (all.size() > 1) {
    working_.versions_.put(std::make_shared<const std::vector<TaskPtr>>(std::move(all)),
                           working_.number_);
  } else if (working_.versions_.size() > 0) {
    working_.versions_.erase(all.back()->uuid(), working_.number_);
  }
}

void Registry::put_trouble(const TaskEvent& event) {
  auto trouble = std::make_shared<const TaskTrouble>(
      TaskTrouble{event.source, event.path, event.errors, event.task, event.other_path});
  working_.troubles_.put(
      {std::make_shared<const std::string>(trouble_key(event)), std::move(trouble)},
      working_.number_);
}

void Registry::clear_trouble(const TaskEvent& event) {
  if (working_.troubles_.size() == 0) return;
  const std::string key = trouble_key(event);
  if (event.kind == TaskEventKind::kRemoved && event.task) {
    // The path may hold another identity by now, and be in trouble with that.
    const auto* found = working_.troubles_.find(key);
    if (!found || !found->trouble->task || !found->trouble->task->same_identity(*event.task))
      return;
  }
  working_.troubles_.erase(key, working_.number_);
}

}  // namespace pawl
