#include "sync/restocker.h"

#include <algorithm>
#include <optional>

namespace pawl {
namespace {

constexpr std::uint32_t kThreads = 2;
// After so many tries nobody waits for a content any more.
constexpr std::uint32_t kAwaitedTries = 3;

TaskEvent event_of(TaskEventKind kind, const TaskPtr& task) {
  TaskEvent event;
  event.kind = kind;
  event.task = task;
  event.source = task->source();
  event.path = task->path();
  return event;
}

TaskEvent event_of(const TaskTrouble& trouble) {
  TaskEvent event;
  event.kind = trouble.duplicate() ? TaskEventKind::kDuplicate : TaskEventKind::kInvalid;
  event.task = trouble.task;
  event.source = trouble.source;
  event.path = trouble.path;
  event.other_path = trouble.other_path;
  event.errors = trouble.errors;
  return event;
}

}  // namespace

Restocker::Restocker(uv_loop_t* loop, std::shared_ptr<FileSystem> file_system,
                     const Registry& registry, const TaskPipeline& pipeline,
                     const WatchedTasks& tasks, std::function<void(std::vector<TaskEvent>)> submit)
    : loop_(loop),
      file_system_(std::move(file_system)),
      registry_(registry),
      pipeline_(pipeline),
      tasks_(tasks),
      submit_(std::move(submit)) {}

void Restocker::add_source(const SourceConfig& config,
                           std::function<bool(std::string_view, bool)> ignore) {
  sources_.push_back({config, std::move(ignore), nullptr});
}

void Restocker::remove_source(std::string_view name) {
  // Its place stays: others are known by theirs.
  for (Source& source : sources_)
    if (source.config.name == name) source.config.name.clear();
}

bool Restocker::is_ours(std::string_view source) const {
  return std::any_of(sources_.begin(), sources_.end(),
                     [&](const Source& one) { return one.config.name == source; });
}

Restocker::Identity Restocker::identity_of(const Task& task) {
  return {std::string(task.uuid()), std::string(task.version())};
}

bool Restocker::idle() const {
  return std::all_of(wanted_.begin(), wanted_.end(),
                     [](const auto& wanted) { return wanted.second >= kAwaitedTries; });
}

void Restocker::compare(const StoredState& stored, bool all,
                        std::span<const std::pair<TaskEvent, std::int64_t>> newer) {
  std::set<Identity> committed;
  for (const auto& [event, seq] : newer) {
    if (event.task) committed.insert(identity_of(*event.task));
  }
  std::map<Identity, const StoredTask*> rows;
  for (const StoredTask& row : stored.tasks) rows[identity_of(*row.task)] = &row;
  std::vector<TaskEvent> events;
  for (const TaskPtr& task : registry_.snapshot()->list()) {
    const Identity identity = identity_of(*task);
    const auto row = rows.find(identity);
    const bool there = row != rows.end();
    const bool same = there && row->second->task->checksum() == task->checksum() &&
                      row->second->task->path() == task->path();
    if (there) rows.erase(row);
    // Without its content: the database may have it as a revision, and says so if it has not.
    if (same || (there && !all) || committed.contains(identity)) continue;
    events.push_back(event_of(TaskEventKind::kAdded, task));
  }
  if (all) {
    for (const auto& [identity, row] : rows) {
      if (!is_ours(row->task->source()) || committed.contains(identity)) continue;
      events.push_back(event_of(TaskEventKind::kRemoved, row->task));
    }
    compare_problems(stored, events);
  }
  if (!events.empty()) submit_(std::move(events));
}

void Restocker::compare_problems(const StoredState& stored, std::vector<TaskEvent>& events) const {
  const std::shared_ptr<const RegistrySnapshot> snapshot = registry_.snapshot();
  std::map<std::string, TaskEventKind> known;
  for (const StoredProblem& problem : stored.problems) known[problem.path] = problem.kind;
  for (const StoredTask& task : stored.tasks) {
    if (!task.valid) known[std::string(task.task->path())] = TaskEventKind::kInvalid;
  }
  std::set<std::string> paths;
  for (const auto& troubles : {snapshot->invalid(), snapshot->duplicates()}) {
    for (const TaskTrouble& trouble : troubles) {
      paths.insert(trouble.path);
      TaskEvent event = event_of(trouble);
      const auto same = known.find(event.path);
      if (same == known.end() || same->second != event.kind) events.push_back(std::move(event));
    }
  }
  for (const StoredProblem& problem : stored.problems) {
    if (paths.contains(problem.path) || !is_ours(problem.source)) continue;
    TaskEvent gone;
    gone.kind = TaskEventKind::kRemoved;
    gone.source = problem.source;
    gone.path = problem.path;
    events.push_back(std::move(gone));
  }
}

void Restocker::want(const std::vector<TaskPtr>& tasks) {
  for (const TaskPtr& task : tasks) {
    const Identity identity = identity_of(*task);
    wanted_.emplace(identity, 0);
    load(identity);
  }
}

void Restocker::forget(const std::vector<TaskEvent>& events) {
  if (wanted_.empty()) return;
  for (const TaskEvent& event : events) {
    if (event.task && event.content) wanted_.erase(identity_of(*event.task));
  }
}

void Restocker::retry() {
  std::vector<Identity> wanted;
  wanted.reserve(wanted_.size());
  for (const auto& [identity, tries] : wanted_) wanted.push_back(identity);
  for (const Identity& identity : wanted) load(identity);
}

void Restocker::load(const Identity& identity) {
  const TaskPtr task = registry_.snapshot()->get(identity.first, identity.second);
  if (!task) {
    wanted_.erase(identity);
    return;
  }
  for (SourceIndex i = 0; i < sources_.size(); ++i) {
    Source& source = sources_[i];
    if (source.config.name != task->source()) continue;
    const std::string path(task->path());
    if (loading_.contains(path)) return;
    ++wanted_[identity];
    const auto place = tasks_.task_of(i, path);
    if (!place || place->path != path) return;
    loading_.insert(path);
    LoadRequest request;
    request.source = source.config.name;
    request.root = source.config.root;
    if (path != source.config.root) {
      request.relative = path.substr(source.config.root.size() +
                                           (source.config.root.ends_with('/') ? 0 : 1));
    }
    request.archive = place->archive;
    request.limits = source.config.limits;
    request.follow_symlinks = source.config.follow_symlinks;
    request.ignore = source.ignore;
    if (!source.pool) {
      source.pool = std::make_unique<LoaderPool>(loop_, file_system_, kThreads,
                                                 [this](std::vector<LoadResult> results) {
                                                   for (LoadResult& result : results)
                                                     loaded(std::move(result));
                                                 });
    }
    return source.pool->submit(std::move(request));
  }
  wanted_.erase(identity);  // its source is not watched any more
}

void Restocker::loaded(LoadResult result) {
  const std::string path = task_path(result.request);
  loading_.erase(path);
  // Anything else is a change, which is noticed and comes by the ordinary way, or it passes. It is
  // tried again all the same, for the files may become what they were before that is noticed.
  if (result.outcome != LoadOutcome::kValid) return;
  const Identity identity = identity_of(*result.task);
  const TaskPtr task = registry_.snapshot()->get(identity.first, identity.second);
  if (!task || task->checksum() != result.checksum || !wanted_.erase(identity)) return;
  TaskEvent event = event_of(TaskEventKind::kAdded, task);
  event.content = std::move(result.content);
  for (SourceIndex i = 0; i < sources_.size(); ++i) {
    if (sources_[i].config.name != task->source()) continue;
    if (const KnownTask* known = pipeline_.ledger().find({i, path})) {
      event.stamp_digest = known->stamp_digest;
    }
  }
  std::vector<TaskEvent> events;
  events.push_back(std::move(event));
  submit_(std::move(events));
}

}  // namespace pawl
