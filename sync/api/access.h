// From the registry's own values to those that programs are given.
#pragma once

#include <pawl/pawl.h>

#include <vector>

#include "core/task/registry_snapshot.h"
#include "core/task/task.h"

namespace pawl::tasks {

struct Access {
  static Task task(TaskPtr task);
  static const TaskPtr& pointer(const Task& task) { return task.task_; }
  static std::vector<Task> tasks(std::vector<TaskPtr> from);
  static std::vector<Diagnostic> diagnostics(const std::vector<pawl::Diagnostic>& from);
  static std::vector<Trouble> troubles(const RegistrySnapshot& snapshot,
                                       const std::vector<TaskTrouble>& from);
  static Event event(const TaskEvent& event, std::int64_t seq);
};

}  // namespace pawl::tasks
