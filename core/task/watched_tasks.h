// The tasks in a watched tree: the TaskTree of a live pipeline.
#pragma once

#include <string_view>
#include <vector>

#include "core/reconciler.h"
#include "core/task/task_stamps.h"
#include "core/task/task_tree.h"

namespace pawl {

// Threading: the loop thread, as the reconciler.
class WatchedTasks : public TaskTree {
 public:
  // `reconciler` outlives this.
  explicit WatchedTasks(const Reconciler& reconciler) : reconciler_(reconciler) {}

  // Source number n, counted in the order of these calls, is the reconciler's `root`. With
  // `recursive` false only the root and its direct children can be tasks.
  void add_source(std::uint32_t root, bool recursive) { sources_.push_back({root, recursive}); }

  std::optional<TaskPlace> task_of(SourceIndex source, std::string_view path) const override;
  bool in_sight(SourceIndex source, std::string_view path) const override;
  void visit(SourceIndex source, std::string_view under,
             const std::function<bool(const TaskPlace&)>& visit) const override;
  std::uint64_t stamp_digest(SourceIndex source, std::string_view path) const override;
  std::optional<KnownNames> known_names(SourceIndex source, std::string_view path) const override;

 private:
  struct Source {
    std::uint32_t root;
    bool recursive;
  };

  bool visit_below(const Source& source, const Directory& directory, const std::string& path,
                   std::uint32_t depth, const std::function<bool(const TaskPlace&)>& visit) const;
  bool add_below(const Directory& directory, std::uint64_t above, TaskStamps& stamps) const;

  const Reconciler& reconciler_;
  std::vector<Source> sources_;
};

}  // namespace pawl
