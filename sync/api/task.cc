#include "core/task/task.h"

#include <utility>

#include "sync/api/access.h"

namespace pawl::tasks {

Task::Task(std::shared_ptr<const pawl::Task> task) : task_(std::move(task)) {}
Task::Task(const Task&) = default;
Task::Task(Task&&) noexcept = default;
Task& Task::operator=(const Task&) = default;
Task& Task::operator=(Task&&) noexcept = default;
Task::~Task() = default;

std::string Task::uuid() const { return std::string(task_->uuid()); }
std::string Task::version() const { return std::string(task_->version()); }
std::string Task::label() const { return std::string(task_->label()); }
std::string Task::description() const { return std::string(task_->description()); }
std::vector<std::string> Task::tags() const { return task_->tags(); }
std::string Task::source() const { return std::string(task_->source()); }
std::string Task::path() const { return std::string(task_->path()); }
std::string Task::checksum() const { return std::string(task_->checksum()); }

bool Task::operator==(const Task& other) const {
  if (task_ == other.task_) return true;
  return task_ && other.task_ && task_->same_identity(*other.task_) &&
         task_->checksum() == other.task_->checksum();
}

Snapshot::Snapshot(std::shared_ptr<const RegistrySnapshot> snapshot)
    : snapshot_(std::move(snapshot)) {}
Snapshot::Snapshot(const Snapshot&) = default;
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot& Snapshot::operator=(const Snapshot&) = default;
Snapshot& Snapshot::operator=(Snapshot&&) noexcept = default;
Snapshot::~Snapshot() = default;

Task Snapshot::get(std::string_view uuid) const { return Task(snapshot_->get(uuid)); }
Task Snapshot::get(std::string_view uuid, std::string_view version) const {
  return Task(snapshot_->get(uuid, version));
}
std::vector<Task> Snapshot::versions(std::string_view uuid) const {
  return Access::tasks(snapshot_->versions(uuid));
}
std::vector<Task> Snapshot::list() const { return Access::tasks(snapshot_->list()); }
std::vector<Task> Snapshot::find_by_label(std::string_view label) const {
  return Access::tasks(snapshot_->find_by_label(label));
}
std::vector<Task> Snapshot::find_by_tag(std::string_view tag) const {
  return Access::tasks(snapshot_->find_by_tag(tag));
}
std::vector<Trouble> Snapshot::invalid() const {
  return Access::troubles(*snapshot_, snapshot_->invalid());
}
std::vector<Trouble> Snapshot::duplicates() const {
  return Access::troubles(*snapshot_, snapshot_->duplicates());
}
std::size_t Snapshot::size() const { return snapshot_->size(); }
std::uint64_t Snapshot::number() const { return snapshot_->number(); }

std::string_view name_of(EventKind kind) {
  return task_event_name(static_cast<TaskEventKind>(kind));
}

Task Access::task(TaskPtr task) { return Task(std::move(task)); }

std::vector<Task> Access::tasks(std::vector<TaskPtr> from) {
  std::vector<Task> tasks;
  tasks.reserve(from.size());
  for (TaskPtr& task : from) tasks.push_back(Task(std::move(task)));
  return tasks;
}

std::vector<Diagnostic> Access::diagnostics(const std::vector<pawl::Diagnostic>& from) {
  std::vector<Diagnostic> diagnostics;
  diagnostics.reserve(from.size());
  for (const pawl::Diagnostic& one : from)
    diagnostics.push_back({one.path, one.line, one.column, one.text});
  return diagnostics;
}

std::vector<Trouble> Access::troubles(const RegistrySnapshot& snapshot,
                                      const std::vector<TaskTrouble>& from) {
  std::vector<Trouble> troubles;
  troubles.reserve(from.size());
  for (const TaskTrouble& one : from) {
    // What serves is asked for: only a pointer of the registry's own is one whose holders count.
    TaskPtr serving = one.task && !one.duplicate()
                          ? snapshot.get(one.task->uuid(), one.task->version())
                          : nullptr;
    troubles.push_back({one.source, one.path, diagnostics(one.errors), Task(std::move(serving)),
                        one.other_path});
  }
  return troubles;
}

Event Access::event(const TaskEvent& event, std::int64_t seq) {
  return {static_cast<EventKind>(event.kind),
          Task(event.task),
          event.source,
          event.path,
          event.other_path,
          diagnostics(event.errors),
          seq};
}

}  // namespace pawl::tasks
