#include "core/task/registry_snapshot.h"

#include <algorithm>
#include <tuple>

#include "core/task/semver.h"

namespace pawl {
namespace {

bool by_identity(const TaskPtr& a, const TaskPtr& b) {
  if (a->uuid() != b->uuid()) return a->uuid() < b->uuid();
  return compare_versions(a->version(), b->version()) < 0;
}

}  // namespace

TaskPtr RegistrySnapshot::get(std::string_view uuid) const {
  const TaskPtr* latest = tasks_.find(uuid);
  return latest ? *latest : nullptr;
}

TaskPtr RegistrySnapshot::get(std::string_view uuid, std::string_view version) const {
  const TaskPtr* latest = tasks_.find(uuid);
  if (!latest) return nullptr;
  if ((*latest)->version() == version) return *latest;
  const TaskVersions* all = versions_.find(uuid);
  if (!all) return nullptr;
  for (const TaskPtr& task : **all)
    if (task->version() == version) return task;
  return nullptr;
}

std::vector<TaskPtr> RegistrySnapshot::versions(std::string_view uuid) const {
  if (const TaskVersions* all = versions_.find(uuid)) return **all;
  const TaskPtr* latest = tasks_.find(uuid);
  return latest ? std::vector<TaskPtr>{*latest} : std::vector<TaskPtr>();
}

template <class Wanted>
std::vector<TaskPtr> RegistrySnapshot::select(const Wanted& wanted) const {
  std::vector<TaskPtr> tasks;
  const auto take = [&](const TaskPtr& task) {
    if (wanted(*task)) tasks.push_back(task);
  };
  tasks_.for_each(take);
  versions_.for_each([&](const TaskVersions& all) {
    std::for_each(all->begin(), std::prev(all->end()), take);
  });
  std::sort(tasks.begin(), tasks.end(), by_identity);
  return tasks;
}

std::vector<TaskPtr> RegistrySnapshot::list() const {
  return select([](const Task&) { return true; });
}

std::vector<TaskPtr> RegistrySnapshot::find_by_label(std::string_view label) const {
  return select([&](const Task& task) { return task.label() == label; });
}

std::vector<TaskPtr> RegistrySnapshot::find_by_tag(std::string_view tag) const {
  return select([&](const Task& task) {
    return task.has_tag(tag);
  });
}

std::vector<TaskTrouble> RegistrySnapshot::troubles(bool duplicates) const {
  std::vector<TaskTrouble> troubles;
  troubles_.for_each([&](const TroubleEntry& entry) {
    if (entry.trouble->duplicate() == duplicates) troubles.push_back(*entry.trouble);
  });
  std::sort(troubles.begin(), troubles.end(), [](const TaskTrouble& a, const TaskTrouble& b) {
    return std::tie(a.path, a.source) < std::tie(b.path, b.source);
  });
  return troubles;
}

std::vector<TaskTrouble> RegistrySnapshot::invalid() const {
  return troubles(false);
}

std::vector<TaskTrouble> RegistrySnapshot::duplicates() const {
  return troubles(true);
}

}  // namespace pawl
