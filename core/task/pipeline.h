// From changes of files to events of tasks: which task a change belongs to, when it has rested for
// long enough, when it is loaded again and how often, which of several paths serves an identity,
// and what all of that means for those who follow the registry. One pipeline serves all sources.
//
// It is stepped. Inputs are calls; step() returns what is to be done as values, and carries nothing
// out. After any input, and at next_deadline(), call step(). The outcome depends on what is on the
// disk in the end, not on the order in which it was noticed or loaded.
//
// Threading: one thread, the loop's. Loads are carried out by workers, on the values handed out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/change.h"
#include "core/task/debouncer.h"
#include "core/task/load.h"
#include "core/task/reload_queue.h"
#include "core/task/task_ledger.h"
#include "core/task/task_tree.h"
#include "core/time.h"

namespace pawl {

struct SourceOptions {
  std::string name;
  std::string root;                    // absolute, without a slash at the end
  Duration quiet = milliseconds(500);  // how long a task must rest before it is loaded
  std::optional<Duration> delay_max;   // see Debouncer
  std::uint32_t max_concurrent_reloads = 5;
  // What could not be read is tried again (see retry_delay() in reload_queue.h), and is shown as
  // invalid from the third failure on. False: it is invalid at once, until it changes.
  bool retry_on_error = true;
  Duration retry_delay = seconds(1);
  Duration recheck_delay = milliseconds(50);  // before what was read unsettled is read again
  // Handed to the loader with each request: see LoadRequest.
  TaskLimits limits;
  bool follow_symlinks = false;
  std::function<bool(std::string_view relative, bool is_directory)> ignore;
  Duration granularity = milliseconds(20);
};

// One task as the database knows it.
struct RestoredTask {
  std::string source;
  std::string path;
  TaskPtr task;  // the last good one; null if there never was one
  bool valid = true;
  std::vector<Diagnostic> errors;  // if it is not valid
  std::uint64_t stamp_digest = 0;
};

// The task was read, and is what it was; only its stamps differ. Storing the new digest saves
// reading it at the next start.
struct Restamp {
  std::string source;
  std::string path;
  TaskPtr task;  // null if there is no good one
  std::uint64_t stamp_digest = 0;
};

struct Effects {
  std::vector<LoadRequest> loads;  // for the workers; each comes back through loaded()
  std::vector<TaskEvent> events;   // one batch: removals first, then by source and path
  std::vector<Restamp> restamps;   // for the database; nothing that a subscriber is told
  // Where the disk turned out to hold no task though the tree says so: a hint for the reconciler,
  // which finds either that it is gone or that the whole source is out of sight. Until then the
  // task stays.
  std::vector<TaskKey> looks;
};

class TaskPipeline {
 public:
  // `tree` outlives the pipeline.
  explicit TaskPipeline(const TaskTree& tree) : tree_(tree) {}

  // The order of the sources decides which of two serves an identity that both hold. A new source
  // is unavailable until source_ready().
  SourceIndex add_source(SourceOptions options);

  // What the database holds, after add_source and before any other input. Tasks of sources that
  // were not added are left out. Returns what an empty registry has to be told; to the database
  // and to subscribers it is no news.
  std::vector<TaskEvent> restore(std::span<const RestoredTask> tasks);

  // The tree knows all of this source: for the first time, or again after it was unavailable, or
  // after a rescan. Tasks whose stamps are as known are not read, the others are loaded at once,
  // and those that are not there any more are removed.
  void source_ready(SourceIndex source);

  // The root can't be seen. Until source_ready nothing of this source is removed or loaded.
  void source_unavailable(SourceIndex source);

  // Its tasks are removed with the next step, and its name is free. Its index is not used again.
  // REQUIRES: no result of a load of it comes any more.
  void remove_source(SourceIndex source);

  void changed(SourceIndex source, const Change& change, Instant now);

  // REQUIRES: `result.request` is as it was handed out, and comes back once.
  void loaded(LoadResult result, Instant now);

  // What waits for a rest or for another try is due at once.
  void flush(Instant now);

  Effects step(Instant now);

  // When step() is to be called next if nothing comes in; Instant::min(): at once.
  Instant next_deadline() const;

  // Nothing is dirty, loading or waiting for another try, and all news has been told. What failed
  // so often that it is shown as invalid does not count, though it is still tried now and then.
  bool idle() const;

  // Of a source, for status and metrics.
  std::size_t pending(SourceIndex source) const { return sources_[source].debouncer.size(); }
  std::uint32_t loading(SourceIndex source) const { return sources_[source].queue.loading(); }
  const TaskLedger& ledger() const { return ledger_; }

 private:
  struct Source {
    SourceOptions options;
    Debouncer debouncer;
    ReloadQueue queue;
    bool available = false;
    std::vector<std::string> settled;  // by flush(), for the next step
    std::set<std::string> awaited;     // being loaded for the first time
  };

  std::optional<std::string> place_to_note(SourceIndex source, const Change& change) const;
  void reconsider_around(SourceIndex source, const std::string& path);
  void reconsider(SourceIndex source, const std::string& path);
  void drop(SourceIndex source, const std::string& path);

  void start_loads(SourceIndex source, Instant now, Effects& effects);
  std::optional<LoadRequest> request_for(SourceIndex source, const std::string& path);
  std::string relative_path(SourceIndex source, std::string_view path) const;

  bool is_task(const TaskKey& key) const;
  static bool matches_tree(const LoadResult& result, std::uint64_t now);
  bool settled(const TaskKey& key, const LoadResult& result, std::uint64_t now) const;
  void take_result(const TaskKey& key, LoadResult& result, Instant now);
  void take_valid(const TaskKey& key, LoadResult& result, std::uint64_t stamp_digest);
  void take_unchanged(const TaskKey& key, const LoadResult& result, std::uint64_t stamp_digest);
  void take_gone(const TaskKey& key);
  void take_failure(const TaskKey& key, LoadResult& result, Instant now);
  void take_invalid(const TaskKey& key, LoadResult& result, std::uint64_t stamp_digest);

  void restamp_from(const TaskKey& key, std::uint64_t before);

  const TaskTree& tree_;
  TaskLedger ledger_;
  std::vector<Source> sources_;
  std::unordered_map<std::string, SourceIndex> by_name_;
  std::vector<Restamp> restamps_;
  std::vector<TaskKey> looks_;
  bool attention_ = false;  // an input came since the last step
};

}  // namespace pawl
