// The registry as it was at one moment: what readers hold. It never changes, and taking one copies
// nothing. A TaskPtr from it stays good for as long as it is held, whatever happens meanwhile.
//
// Threading: any number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/task/cow_map.h"
#include "core/task/diagnostic.h"
#include "core/task/task.h"

namespace pawl {

// A path that is there and serves nothing new: it is invalid, or a duplicate.
struct TaskTrouble {
  std::string source;
  std::string path;
  std::vector<Diagnostic> errors;
  TaskPtr task;            // invalid: the last good one, still served, or null; a duplicate: itself
  std::string other_path;  // a duplicate: the path that serves; empty for an invalid task

  bool duplicate() const { return !other_path.empty(); }
};

class RegistrySnapshot {
 public:
  // The latest version of `uuid`, or null.
  TaskPtr get(std::string_view uuid) const;
  TaskPtr get(std::string_view uuid, std::string_view version) const;

  // By semver precedence, the latest at the end.
  std::vector<TaskPtr> versions(std::string_view uuid) const;

  // These look at every task, and give all versions that fit, sorted by uuid and precedence.
  std::vector<TaskPtr> list() const;
  std::vector<TaskPtr> find_by_label(std::string_view label) const;
  std::vector<TaskPtr> find_by_tag(std::string_view tag) const;

  // Sorted by path, then source.
  std::vector<TaskTrouble> invalid() const;
  std::vector<TaskTrouble> duplicates() const;

  // Tasks, each version counted.
  std::size_t size() const { return size_; }

  // Grows by one with each batch that was applied; 0 is the empty registry.
  std::uint64_t number() const { return number_; }

 private:
  friend class Registry;

  // Sorted by precedence, the latest at the end.
  using TaskVersions = std::shared_ptr<const std::vector<TaskPtr>>;

  struct ByUuid {
    static std::string_view key(const TaskPtr& task) { return task->uuid(); }
    static std::string_view key(const TaskVersions& versions) { return versions->front()->uuid(); }
  };
  struct TroubleEntry {
    std::shared_ptr<const std::string> key;  // see trouble_key
    std::shared_ptr<const TaskTrouble> trouble;
  };
  struct ByPlace {
    static std::string_view key(const TroubleEntry& entry) { return *entry.key; }
  };

  template <class Wanted>
  std::vector<TaskPtr> select(const Wanted& wanted) const;
  std::vector<TaskTrouble> troubles(bool duplicates) const;

  CowMap<TaskPtr, ByUuid> tasks_;          // the latest of each uuid
  CowMap<TaskVersions, ByUuid> versions_;  // of the few that have several, all of them
  CowMap<TroubleEntry, ByPlace> troubles_;
  std::size_t size_ = 0;
  std::uint64_t number_ = 0;
};

}  // namespace pawl
