#include "tests/task/pipeline_world.h"

#include <algorithm>

namespace pawl {

std::string describe(const TaskEvent& event) {
  std::string text(task_event_name(event.kind));
  text += ' ' + event.path;
  if (event.task) text += ' ' + std::string(event.task->uuid()) + '@' + std::string(event.task->version());
  if (!event.other_path.empty()) text += " of " + event.other_path;
  if (event.kind != TaskEventKind::kInvalid) return text;
  for (const Diagnostic& error : event.errors) text += " (" + error.text + ')';
  return text;
}

void PipelineWorld::add_source(SourceOptions options, bool recursive) {
  disk.add_source(options.root, recursive);
  pipeline_->add_source(options);
  sources_.push_back(std::move(options));
}

SourceIndex PipelineWorld::index_of(const std::string& source) const {
  for (SourceIndex i = 0; i < sources_.size(); ++i)
    if (sources_[i].name == source) return i;
  throw std::invalid_argument("no source " + source);
}

void PipelineWorld::ready(const std::string& source) {
  notice();
  pipeline_->source_ready(index_of(source));
  advance();
}

void PipelineWorld::unavailable(const std::string& source) {
  pipeline_->source_unavailable(index_of(source));
  advance();
}

void PipelineWorld::notice() {
  for (const Change& change : disk.notice()) {
    for (SourceIndex i = 0; i < sources_.size(); ++i) {
      if (change.path.starts_with(sources_[i].root)) pipeline_->changed(i, change, now_);
    }
  }
  advance();
}

void PipelineWorld::restart() {
  loads_.clear();
  pipeline_ = std::make_unique<TaskPipeline>(disk);
  registry_ = std::make_unique<Registry>();
  for (const SourceOptions& options : sources_) pipeline_->add_source(options);
  std::vector<RestoredTask> tasks;
  for (const auto& [identity, row] : rows_) {
    tasks.push_back(
        {std::string(row.task->source()), std::string(row.task->path()), row.task, row.valid, row.errors, row.stamp_digest});
  }
  for (const auto& [place, task] : bad_) tasks.push_back(task);
  registry_->apply(pipeline_->restore(tasks));
  advance();
}

void PipelineWorld::flush() {
  pipeline_->flush(now_);
  advance();
}

void PipelineWorld::wait(Duration duration) {
  const Instant until = now_ + duration;
  while (pipeline_->next_deadline() <= until) {
    now_ = std::max(now_, pipeline_->next_deadline());
    advance();
  }
  now_ = until;
}

void PipelineWorld::release() {
  held_ = false;
  advance();
}

bool PipelineWorld::deliver_one(std::size_t pick) {
  if (loads_.empty()) return false;
  const auto at = loads_.begin() + static_cast<std::ptrdiff_t>(pick % loads_.size());
  const LoadRequest request = *at;
  loads_.erase(at);
  pipeline_->loaded(disk.load(request), now_);
  advance();
  return true;
}

void PipelineWorld::advance() {
  do {
    if (!held_) {
      for (const LoadRequest& request : std::exchange(loads_, {})) {
        pipeline_->loaded(disk.load(request), now_);
      }
    }
    carry_out(pipeline_->step(now_));
  } while ((!held_ && !loads_.empty()) || pipeline_->next_deadline() <= now_);
  check_registry();
}

void PipelineWorld::carry_out(Effects effects) {
  std::string batch;
  for (const TaskEvent& event : effects.events) {
    batch += (batch.empty() ? "" : " | ") + describe(event);
    store(event);
  }
  if (!batch.empty()) output_.push_back(batch);
  registry_->apply(effects.events);
  for (const Restamp& restamp : effects.restamps) {
    output_.push_back("restamp " + restamp.path);
    for (auto& [identity, row] : rows_)
      if (std::string(row.task->path()) == restamp.path) row.stamp_digest = restamp.stamp_digest;
  }
  for (const TaskKey& look : effects.looks) output_.push_back("look " + look.path);
  for (LoadRequest& request : effects.loads) {
    output_.push_back("load " + request.root + (request.relative.empty() ? "" : "/") +
                      request.relative);
    loads_.push_back(std::move(request));
  }
  loading_max_seen_ = std::max(loading_max_seen_, loads_.size());
}

void PipelineWorld::store(const TaskEvent& event) {
  const auto refuse = [&](const std::string& why) {
    violations.push_back(describe(event) + ": " + why);
  };
  const std::pair place(event.source, event.path);
  if (event.kind == TaskEventKind::kDuplicate) {
    bad_.erase(place);
    return;
  }
  if (!event.task) {
    if (event.kind == TaskEventKind::kInvalid) {
      bad_[place] = {event.source, event.path, nullptr, false, event.errors, event.stamp_digest};
    } else if (event.kind == TaskEventKind::kRemoved) {
      bad_.erase(place);
    } else {
      refuse("has no task");
    }
    return;
  }
  const std::pair identity(std::string(event.task->uuid()), std::string(event.task->version()));
  const auto row = rows_.find(identity);
  const bool is_there = row != rows_.end();
  if (is_there == (event.kind == TaskEventKind::kAdded)) refuse("the row is there, or is not");
  if (event.kind == TaskEventKind::kRemoved) {
    if (is_there && std::string(row->second.task->path()) != event.path) refuse("another path serves");
    rows_.erase(identity);
    return;
  }
  if (event.kind == TaskEventKind::kInvalid) {
    if (!is_there) return;
    row->second.valid = false;
    row->second.errors = event.errors;
    row->second.stamp_digest = event.stamp_digest;
    return;
  }
  bad_.erase(place);
  if (!event.content && (!is_there || row->second.content_checksum != std::string(event.task->checksum()))) {
    refuse("has no content, and the row holds another");
  }
  rows_[identity] = {event.task, std::string(event.task->checksum()), true, {}, event.stamp_digest};
}

void PipelineWorld::check_registry() {
  const auto tasks = registry_->snapshot()->list();
  bool same = tasks.size() == rows_.size() && registry_->snapshot()->size() == tasks.size();
  for (const TaskPtr& task : tasks) {
    const auto row = rows_.find({std::string(task->uuid()), std::string(task->version())});
    same = same && row != rows_.end() && std::string(row->second.task->path()) == std::string(task->path()) &&
           std::string(row->second.task->checksum()) == std::string(task->checksum());
  }
  if (!same) violations.push_back("registry and database differ");
}

std::vector<std::string> PipelineWorld::take_output() {
  return std::exchange(output_, {});
}

std::vector<std::string> PipelineWorld::registry_lines() const {
  std::vector<std::string> lines;
  const auto snapshot = registry_->snapshot();
  for (const TaskPtr& task : snapshot->list()) {
    lines.push_back("serves " + std::string(task->uuid()) + '@' + std::string(task->version()) + ' ' + std::string(task->path()));
  }
  for (const TaskTrouble& one : snapshot->invalid()) lines.push_back("is invalid " + one.path);
  for (const TaskTrouble& one : snapshot->duplicates()) {
    lines.push_back("is duplicate " + one.path + " of " + one.other_path);
  }
  return lines;
}

}  // namespace pawl
