// The half of TaskPipeline that asks where tasks are: what a change may have done to them.
//
// A metadata.json that comes or goes turns directories into tasks and back, and takes the tasks
// below in or lets them out. So a change is never interpreted: what it touches is noted, and once
// that has rested, the tasks that are there are compared with those that are known there.
#include <algorithm>
#include <set>

#include "core/task/pipeline.h"

namespace pawl {

// The path whose rest is waited for, or nothing if the change has to do with no task. That is the
// task now there, so that all files of a task rest together; or the known one, which may be going;
// or, when tasks come or go further down, the path itself.
std::optional<std::string> TaskPipeline::place_to_note(SourceIndex source,
                                                       const Change& change) const {
  if (auto place = tree_.task_of(source, change.path)) return std::move(place->path);
  if (auto known = ledger_.known_above(source, change.path); !known.empty()) return known;
  // Elsewhere only coming and going matters, and whether a directory lets itself be read.
  const bool reopened =
      change.kind == ChangeKind::kAttributes && change.type == FileType::kDirectory;
  if (change.kind != ChangeKind::kCreated && change.kind != ChangeKind::kRemoved && !reopened) {
    return std::nullopt;
  }
  bool any = ledger_.knows_below(source, change.path);
  if (!any) {
    tree_.visit(source, change.path, [&](const TaskPlace&) {
      any = true;
      return false;
    });
  }
  if (any) return change.path;
  // The directory of a metadata.json that is gone again may still hold tasks that it had hidden.
  if (!change.path.ends_with(kMetadataName)) return std::nullopt;
  const std::size_t slash = change.path.rfind('/');
  if (slash == 0 || slash + 1 + kMetadataName.size() != change.path.size()) return std::nullopt;
  return change.path.substr(0, slash);
}

void TaskPipeline::changed(SourceIndex source, const Change& change, Instant now) {
  if (!sources_[source].available) return;  // source_ready will compare everything
  attention_ = true;
  if (const auto place = place_to_note(source, change)) {
    sources_[source].debouncer.note(*place, now);
    // It is read again even if its stamps come back to what they were: a file that came and went
    // may have been read in between.
    ledger_.distrust({source, *place});
  }
}

void TaskPipeline::reconsider_around(SourceIndex source, const std::string& path) {
  std::set<std::string> places;
  if (auto above = tree_.task_of(source, path)) places.insert(std::move(above->path));
  tree_.visit(source, path, [&](const TaskPlace& place) {
    places.insert(place.path);
    return true;
  });
  for (const std::string& known : ledger_.known_around(source, path)) {
    if (places.contains(known)) continue;
    if (!is_task({source, known}) && tree_.in_sight(source, known)) drop(source, known);
  }
  for (const std::string& place : places) {
    // What is still busy comes when it has rested.
    if (!sources_[source].debouncer.pending(place)) reconsider(source, place);
  }
}

void TaskPipeline::reconsider(SourceIndex source, const std::string& path) {
  Source& state = sources_[source];
  const KnownTask* known = ledger_.find({source, path});
  if (known && !known->unfetched && known->stamp_digest != 0 && !state.queue.has(path) &&
      known->stamp_digest == tree_.stamp_digest(source, path)) {
    return;
  }
  if (!known) state.awaited.insert(path);
  state.queue.want(path);
}

void TaskPipeline::drop(SourceIndex source, const std::string& path) {
  ledger_.erase({source, path});
  sources_[source].queue.forget(path);
  sources_[source].awaited.erase(path);
}

void TaskPipeline::source_ready(SourceIndex source) {
  Source& state = sources_[source];
  state.available = true;
  state.settled.clear();
  state.debouncer.take_all();
  attention_ = true;

  std::vector<std::string> places;
  tree_.visit(source, state.options.root, [&](const TaskPlace& place) {
    places.push_back(place.path);
    return true;
  });
  std::sort(places.begin(), places.end());
  std::vector<std::string> gone;
  for (const KnownTask& known : ledger_.paths(source)) {
    const std::string_view path = known.path();
    if (!std::binary_search(places.begin(), places.end(), path) && tree_.in_sight(source, path))
      gone.emplace_back(path);
  }
  for (const std::string& path : gone) drop(source, path);
  for (const std::string& path : places) reconsider(source, path);
}

void TaskPipeline::remove_source(SourceIndex source) {
  source_unavailable(source);
  std::vector<std::string> paths;
  for (const KnownTask& known : ledger_.paths(source)) paths.emplace_back(known.path());
  for (const std::string& path : paths) ledger_.erase({source, path});
  by_name_.erase(sources_[source].options.name);
}

void TaskPipeline::source_unavailable(SourceIndex source) {
  Source& state = sources_[source];
  state.available = false;
  state.settled.clear();
  state.debouncer.take_all();
  state.queue.forget_all();
  state.awaited.clear();
  attention_ = true;
}

}  // namespace pawl
