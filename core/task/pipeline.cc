#include "core/task/pipeline.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace pawl {

SourceIndex TaskPipeline::add_source(SourceOptions options) {
  const SourceIndex source = ledger_.add_source(options.name);
  by_name_.emplace(options.name, source);
  ReloadQueue::Options queue;
  queue.loading_max = std::max(1u, options.max_concurrent_reloads);
  queue.retry_delay = options.retry_delay;
  queue.recheck_delay = options.recheck_delay;
  Debouncer debouncer(options.quiet, options.delay_max);
  sources_.push_back({std::move(options), std::move(debouncer), ReloadQueue(queue), false, {}, {}});
  return source;
}

std::vector<TaskEvent> TaskPipeline::restore(std::span<const RestoredTask> tasks) {
  for (const RestoredTask& task : tasks) {
    const auto source = by_name_.find(task.source);
    if (source == by_name_.end()) continue;
    ledger_.restore({source->second, task.path}, task.task, task.valid, task.errors,
                    task.stamp_digest);
  }
  return ledger_.announce_restored();
}

void TaskPipeline::flush(Instant now) {
  for (Source& source : sources_) {
    for (std::string& path : source.debouncer.take_all()) {
      source.settled.push_back(std::move(path));
    }
    source.queue.hurry(now);
  }
  ledger_.hurry();
  attention_ = true;
}

Effects TaskPipeline::step(Instant now) {
  attention_ = false;
  Effects effects;
  for (SourceIndex i = 0; i < sources_.size(); ++i) {
    Source& source = sources_[i];
    std::vector<std::string> settled = std::exchange(source.settled, {});
    for (std::string& path : source.debouncer.take_settled(now)) settled.push_back(std::move(path));
    for (const std::string& path : settled) reconsider_around(i, path);
  }
  Announcement announcement = ledger_.announce(
      now, [this](SourceIndex source) { return !sources_[source].awaited.empty(); });
  effects.events = std::move(announcement.events);
  for (const TaskKey& key : announcement.unfetched) {
    if (sources_[key.source].available) sources_[key.source].queue.want(key.path);
  }
  for (SourceIndex i = 0; i < sources_.size(); ++i) start_loads(i, now, effects);
  effects.restamps = std::exchange(restamps_, {});
  effects.looks = std::exchange(looks_, {});
  return effects;
}

Instant TaskPipeline::next_deadline() const {
  if (attention_ || ledger_.has_news()) return Instant::min();
  Instant next = ledger_.next_deadline();
  for (const Source& source : sources_) {
    next = std::min(next, source.debouncer.next_deadline());
    if (source.queue.loading() < std::max(1u, source.options.max_concurrent_reloads)) {
      next = std::min(next, source.queue.next_deadline());
    }
  }
  return next;
}

bool TaskPipeline::idle() const {
  if (attention_ || ledger_.has_news() || ledger_.has_vacant()) return false;
  return std::all_of(sources_.begin(), sources_.end(), [](const Source& source) {
    return source.debouncer.size() == 0 && source.settled.empty() && source.queue.idle();
  });
}

std::string TaskPipeline::relative_path(SourceIndex source, std::string_view path) const {
  const std::string& root = sources_[source].options.root;
  if (path == root) return {};
  const std::size_t start = root.ends_with('/') ? root.size() : root.size() + 1;
  assert(path.size() > start);
  return std::string(path.substr(start));
}

void TaskPipeline::start_loads(SourceIndex source, Instant now, Effects& effects) {
  Source& state = sources_[source];
  while (auto path = state.queue.take(now)) {
    if (auto request = request_for(source, *path)) {
      effects.loads.push_back(std::move(*request));
    } else {
      state.queue.finish(*path);
      state.awaited.erase(*path);
    }
  }
}

// Nothing, if there is nothing to load after all.
std::optional<LoadRequest> TaskPipeline::request_for(SourceIndex source, const std::string& path) {
  const Source& state = sources_[source];
  const auto place = tree_.task_of(source, path);
  if (!place || place->path != path) return std::nullopt;  // a change of it has yet to settle
  LoadRequest request;
  request.stamp_digest = tree_.stamp_digest(source, path);
  if (const KnownTask* known = ledger_.find({source, path})) {
    if (!known->unfetched) {
      if (request.stamp_digest != 0 && request.stamp_digest == known->stamp_digest) {
        return std::nullopt;
      }
      request.checksum = known->valid ? known->task->checksum() : known->fault->checksum;
    }
  }
  request.source = state.options.name;
  request.root = state.options.root;
  request.relative = relative_path(source, path);
  request.archive = place->archive;
  request.limits = state.options.limits;
  request.follow_symlinks = state.options.follow_symlinks;
  request.ignore = state.options.ignore;
  request.granularity = state.options.granularity;
  // A followed link is a file like any other to the tree, and is read in another way.
  if (!request.archive && !request.follow_symlinks) request.known = tree_.known_names(source, path);
  return request;
}

}  // namespace pawl
