// What waits to be committed. It holds the net effect of what came since the last commit, by task,
// so that it is bounded by the tasks there are and not by how often they change.
//
// An event that serves (kAdded, kUpdated, kRecovered), or any event with a task but kDuplicate,
// belongs to its identity. What waits for an identity is at most: the removal of what the database
// has, the task as it is now, and that this is invalid. What the next event makes of it:
//
//   waits \ next       added, updated, recovered     invalid         removed
//   nothing            it                            it              it
//   added              added                         added, invalid  nothing
//   updated            updated                       updated, inv.   removed
//   recovered          recovered                     recov., inv.    removed
//   …, invalid         … as above, now valid         …, invalid      as above
//   invalid            recovered                     invalid         removed
//   removed            same path: updated            removed, inv.   removed
//                      else: removed, it
//   removed, added     removed, added                …, invalid      removed
//
// The newer content, path, errors and stamp always win. All other events (kDuplicate, and those
// without a task) belong to their path: the newest wins, and a removal of what the database never
// heard of is nothing. A path that comes to serve a task has no problem any more: one that is still
// waiting is forgotten, one that the database has is dropped from it, and the feed tells neither.
//
// What changed last comes last, so events of one identity or path keep their order.
//
// Threading: one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/task/task.h"
#include "sync/store.h"
#include "sync/stored.h"

namespace pawl {

class PendingSet {
 public:
  // `problem_paths`: those that the database has a problem for.
  explicit PendingSet(std::vector<std::string> problem_paths);

  // Events that belong together (a removal and the addition that follows it) come in one call.
  void add(std::vector<TaskEvent> events);
  void add_stamps(std::vector<StampUpdate> stamps);
  void set_sources(std::vector<SourceState> sources);

  // All of it; nothing is left. Either committed() or put_back() has to follow.
  SyncBatch take();
  void committed(const SyncBatch& batch);
  // It was not committed: it is merged with what came since.
  void put_back(SyncBatch batch);

  bool empty() const;
  // Tasks, paths and stamps that wait.
  std::size_t size() const { return entries_.size() + stamps_.size() + settled_.size(); }

 private:
  struct Entry {
    std::string key;
    std::optional<TaskEvent> removed;  // what the database has
    std::optional<TaskEvent> put;
    std::optional<TaskEvent> mark;  // kInvalid; or the one event of a path
  };
  using Entries = std::list<Entry>;
  using Contents = std::unordered_map<std::string, TaskEvent>;

  SyncBatch drain();
  void merge(SyncBatch newer);
  void add_one(TaskEvent event, Contents& dropped);
  void add_to_identity(TaskEvent event, Contents& dropped);
  void add_to_path(TaskEvent event);
  Entry& touch(std::string key);
  void erase(const std::string& key);
  void put(Entry& entry, TaskEvent event);
  void remove(Entry& entry, TaskEvent event, Contents& dropped);
  void settle(const std::string& path);

  Entries entries_;  // by last change
  std::unordered_map<std::string_view, Entries::iterator> index_;  // by the entries' own keys
  std::size_t paths_ = 0;                                          // entries that belong to a path
  std::map<std::string, std::uint64_t> stamps_;
  std::set<std::string> settled_;
  std::optional<std::vector<SourceState>> sources_;
  std::set<std::string> problem_paths_;   // that the database has, or will have if take() succeeds
  std::vector<std::string> taken_paths_;  // of these, the latter
};

}  // namespace pawl
