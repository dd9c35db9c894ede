// The half of the tasks: loads, the registry, and what the database lacks.
#include <fmt/format.h>

#include "tests/simulation/program.h"

namespace pawl {

// As sync/restocker.h does: what the database lacks is read and given to it.
void Program::restock() {
  for (const TaskPtr& task : sync_->take_wanted()) {
    world_.trace.add(now_, "wanted", std::string(task->uuid()));
    wanted_.emplace(std::string(task->uuid()), std::string(task->version()));
    restock_due_ = now_;
  }
  if (now_ < restock_due_) return;
  for (const auto& identity : std::set<std::pair<std::string, std::string>>(wanted_))
    restock(identity);
  restock_due_ = wanted_.empty() ? kNever : now_ + seconds(2);
}

void Program::restock(const std::pair<std::string, std::string>& identity) {
  const TaskPtr task = registry_.snapshot()->get(identity.first, identity.second);
  if (!task) {
    wanted_.erase(identity);
    return;
  }
  const SourceIndex source = std::string(task->source()) == source_name(0) ? 0 : 1;
  const auto place = tasks_.task_of(source, std::string(task->path()));
  if (!place || place->path != std::string(task->path())) return;
  LoadRequest request;
  request.source = std::string(task->source());
  request.root = root_path(source);
  if (std::string(task->path()) != request.root) request.relative = std::string(task->path()).substr(request.root.size() + 1);
  request.archive = place->archive;
  request.follow_symlinks = world_.scenario.follows;
  request.ignore = [&scenario = world_.scenario](std::string_view relative, bool directory) {
    return scenario.is_ignored(relative, directory);
  };
  loads_.push_back(Load{std::move(request), now_ + draw_delay(), nullptr, true});
}

void Program::restocked(LoadResult result) {
  const SourceIndex source = result.request.source == source_name(0) ? 0 : 1;
  const std::string path = task_path(result.request);
  const TaskPtr served = result.outcome == LoadOutcome::kValid
                             ? registry_.snapshot()->get(result.task->uuid(), result.task->version())
                             : nullptr;
  if (!served || served->checksum() != result.checksum || served->path() != path ||
      wanted_.erase({std::string(served->uuid()), std::string(served->version())}) == 0)
    return;
  TaskEvent event;
  event.kind = TaskEventKind::kAdded;
  event.task = served;
  event.content = std::move(result.content);
  event.source = served->source();
  event.path = path;
  if (const KnownTask* known = pipeline_.ledger().find({source, path}))
    event.stamp_digest = known->stamp_digest;
  std::vector<TaskEvent> events;
  events.push_back(std::move(event));
  sync_->submit(std::move(events), now_);
}

void Program::turn_loads() {
  for (std::size_t i = 0; i < loads_.size();) {
    Load& load = loads_[i];
    if (load.due > now_) {
      ++i;
      continue;
    }
    if (load.result) {
      LoadResult result = std::move(*load.result);
      const bool restocks = load.restocks;
      loads_.erase(loads_.begin() + static_cast<std::ptrdiff_t>(i));
      restocks ? restocked(std::move(result)) : pipeline_.loaded(std::move(result), now_);
      continue;
    }
    const std::string path = task_path(load.request);
    if (is_hung(path) || is_hung(load.request.root)) {
      load.due = now_ + milliseconds(100);
      continue;
    }
    if (files_.settled) load.request.granularity = Duration::zero();
    load.result = std::make_unique<LoadResult>(loader_.load(files_, std::move(load.request)));
    world_.trace.add(
        now_, "load",
        fmt::format("{} outcome {}{} {}", path, static_cast<int>(load.result->outcome),
                    load.result->unsettled ? " unsettled" : "", load.result->checksum));
    world_.task_oracle.loaded(*load.result);
    load.due = now_ + draw_delay();
  }
}

void Program::trace(const TaskEvent& event) {
  world_.trace.add(now_, task_event_name(event.kind),
                   event.path + (event.task ? " " + std::string(event.task->uuid()).substr(35) + "@" +
                                                  std::string(event.task->version()) + " " + std::string(event.task->checksum())
                                            : std::string()));
}

void Program::pump() {
  Effects effects = pipeline_.step(now_);
  for (LoadRequest& request : effects.loads)
    loads_.push_back(Load{std::move(request), now_ + draw_delay(), nullptr, false});
  for (const TaskKey& key : effects.looks) {
    const Directory* root = reconciler_.root_directory(key.source);
    const std::string parent = key.path == root->name() ? key.path : parent_path(key.path);
    const std::string below = parent == root->name() ? "" : parent.substr(root->name().size() + 1);
    const std::string name = key.path == root->name() ? "." : base_name(key.path);
    if (const Directory* holder = reconciler_.tree().descend(*root, below))
      reconciler_.hint(holder->id, name, HintKind::kTouched, Via::kScan);
    due_ = true;
  }
  if (world_.broken == Break::kLastGood)
    for (TaskEvent& event : effects.events)
      if (event.kind == TaskEventKind::kInvalid && event.task) {
        const TaskEvent removed{
            TaskEventKind::kRemoved, event.task, {}, event.source, event.path, {}, {}, 0, {}};
        registry_.apply({&removed, 1});
      }
  for (const TaskEvent& event : effects.events) trace(event);
  world_.task_oracle.told(effects.events, *registry_.snapshot(), now_);
  registry_.apply(effects.events);
  world_.task_oracle.applied(effects.events, *registry_.snapshot());
  check_task_bounds();
  if (!sync_) return;
  for (const TaskEvent& event : effects.events)
    if (event.task && event.content) wanted_.erase({std::string(event.task->uuid()), std::string(event.task->version())});
  if (!effects.events.empty()) sync_->submit(std::move(effects.events), now_);
  if (effects.restamps.empty()) return;
  std::vector<StampUpdate> stamps;
  for (Restamp& restamp : effects.restamps)
    stamps.push_back(StampUpdate{std::move(restamp.path), restamp.stamp_digest});
  sync_->submit_stamps(std::move(stamps), now_);
}

}  // namespace pawl
