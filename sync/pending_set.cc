#include "sync/pending_set.h"

#include <iterator>
#include <utility>

namespace pawl {
namespace {

bool belongs_to_identity(const TaskEvent& event) {
  return event.task != nullptr && event.kind != TaskEventKind::kDuplicate;
}

std::string identity_key(const Task& task) {
  std::string key(task.uuid());
  key += '\0';
  return key += task.version();
}

// No UUID starts with '/', and no path of a task is empty, so keys of both kinds never meet.
std::string path_key(const std::string& path) {
  return "/" + path;
}

bool is_path_key(std::string_view key) {
  return key.starts_with('/');
}

bool same_content(const TaskEvent& a, const TaskEvent& b) {
  return a.task->checksum() == b.task->checksum();
}

}  // namespace

PendingSet::PendingSet(std::vector<std::string> problem_paths)
    : problem_paths_(std::make_move_iterator(problem_paths.begin()),
                     std::make_move_iterator(problem_paths.end())) {}

void PendingSet::add(std::vector<TaskEvent> events) {
  Contents dropped;
  for (TaskEvent& event : events) add_one(std::move(event), dropped);
}

void PendingSet::add_one(TaskEvent event, Contents& dropped) {
  stamps_.erase(event.path);  // the event's own is newer
  if (belongs_to_identity(event)) {
    add_to_identity(std::move(event), dropped);
  } else {
    add_to_path(std::move(event));
  }
}

void PendingSet::add_to_identity(TaskEvent event, Contents& dropped) {
  Entry& entry = touch(identity_key(*event.task));
  switch (event.kind) {
    case TaskEventKind::kRemoved:
      remove(entry, std::move(event), dropped);
      break;
    case TaskEventKind::kInvalid:
      entry.mark = std::move(event);
      break;
    default: {
      // A task that moves, or that a duplicate takes over, comes without the content that is known.
      const auto known = dropped.find(entry.key);
      if (event.content == nullptr && known != dropped.end() &&
          same_content(event, known->second)) {
        event.content = known->second.content;
      }
      put(entry, std::move(event));
    }
  }
  if (!entry.removed && !entry.put && !entry.mark) erase(entry.key);
}

void PendingSet::put(Entry& entry, TaskEvent event) {
  settle(event.path);
  if (entry.put) {
    event.kind = entry.put->kind;
    if (event.content == nullptr && same_content(event, *entry.put)) {
      event.content = entry.put->content;
    }
  } else if (entry.mark) {
    event.kind = TaskEventKind::kRecovered;
  } else if (entry.removed && entry.removed->path == event.path) {
    event.kind = TaskEventKind::kUpdated;
    entry.removed.reset();
  }
  entry.mark.reset();
  entry.put = std::move(event);
}

void PendingSet::remove(Entry& entry, TaskEvent event, Contents& dropped) {
  const bool in_database = !entry.put || entry.put->kind != TaskEventKind::kAdded;
  if (entry.put && entry.put->content != nullptr) dropped[entry.key] = *entry.put;
  entry.put.reset();
  entry.mark.reset();
  if (in_database && !entry.removed) entry.removed = std::move(event);
}

void PendingSet::add_to_path(TaskEvent event) {
  if (event.kind == TaskEventKind::kRemoved && !problem_paths_.contains(event.path)) {
    return erase(path_key(event.path));
  }
  settled_.erase(event.path);
  touch(path_key(event.path)).mark = std::move(event);
}

// The entry of `key`, which is now the last.
PendingSet::Entry& PendingSet::touch(std::string key) {
  const auto found = index_.find(key);
  if (found == index_.end()) {
    Entry& entry = entries_.emplace_back();
    entry.key = std::move(key);
    index_.emplace(entry.key, std::prev(entries_.end()));
    if (is_path_key(entry.key)) ++paths_;
  } else {
    entries_.splice(entries_.end(), entries_, found->second);
  }
  return entries_.back();
}

void PendingSet::erase(const std::string& key) {
  const auto found = index_.find(key);
  if (found == index_.end()) return;
  if (is_path_key(key)) --paths_;
  const Entries::iterator entry = found->second;
  index_.erase(found);  // whose key is the entry's
  entries_.erase(entry);
}

void PendingSet::settle(const std::string& path) {
  if (paths_ > 0) erase(path_key(path));
  if (problem_paths_.contains(path)) settled_.insert(path);
}

void PendingSet::add_stamps(std::vector<StampUpdate> stamps) {
  for (StampUpdate& stamp : stamps) stamps_[std::move(stamp.path)] = stamp.digest;
}

void PendingSet::set_sources(std::vector<SourceState> sources) {
  // What says nothing of the coverage leaves it as it is waiting to be written.
  for (SourceState& source : sources) {
    if (source.coverage || !sources_) continue;
    for (SourceState& waiting : *sources_)
      if (waiting.name == source.name) source.coverage = std::move(waiting.coverage);
  }
  sources_ = std::move(sources);
}

SyncBatch PendingSet::drain() {
  SyncBatch batch;
  batch.settled_paths.assign(settled_.begin(), settled_.end());
  batch.events.reserve(entries_.size());
  for (Entry& entry : entries_) {
    for (std::optional<TaskEvent>* event : {&entry.removed, &entry.put, &entry.mark}) {
      if (*event) batch.events.push_back(std::move(**event));
    }
  }
  for (const auto& [path, digest] : stamps_) batch.stamps.push_back({path, digest});
  batch.sources = std::exchange(sources_, std::nullopt);
  index_.clear();
  entries_.clear();
  paths_ = 0;
  stamps_.clear();
  settled_.clear();
  return batch;
}

SyncBatch PendingSet::take() {
  SyncBatch batch = drain();
  for (const TaskEvent& event : batch.events) {
    if (belongs_to_identity(event)) continue;
    if (problem_paths_.insert(event.path).second) taken_paths_.push_back(event.path);
  }
  return batch;
}

void PendingSet::committed(const SyncBatch& batch) {
  taken_paths_.clear();
  for (const std::string& path : batch.settled_paths) problem_paths_.erase(path);
  for (const TaskEvent& event : batch.events) {
    if (belongs_to_identity(event)) continue;
    if (event.kind == TaskEventKind::kRemoved) {
      problem_paths_.erase(event.path);
    } else {
      problem_paths_.insert(event.path);
    }
  }
}

void PendingSet::put_back(SyncBatch batch) {
  for (const std::string& path : taken_paths_) problem_paths_.erase(path);
  taken_paths_.clear();
  SyncBatch newer = drain();
  merge(std::move(batch));
  merge(std::move(newer));
}

void PendingSet::merge(SyncBatch newer) {
  for (const std::string& path : newer.settled_paths) settle(path);
  add(std::move(newer.events));
  add_stamps(std::move(newer.stamps));
  if (newer.sources) set_sources(std::move(*newer.sources));
}

bool PendingSet::empty() const {
  return size() == 0 && !sources_;
}

}  // namespace pawl
