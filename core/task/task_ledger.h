// What is known of every task's path, which path serves each identity, and what of that has been
// told. announce() compares what should be served with what was told and gives the difference, so
// the outcome depends on what is known in the end and not on the order in which it came.
//
// Who serves an identity (uuid and version): the first valid path, by the order of the sources and
// then by bytes. The other valid ones are duplicates. When no valid path is left, the one that was
// serving keeps its last good version in place, for as long as it exists.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/task/task.h"
#include "core/task/task_tree.h"

namespace pawl {

// One path of a source. Ordered as paths are served: by source, then by bytes.
struct TaskKey {
  SourceIndex source = 0;
  std::string path;

  auto operator<=>(const TaskKey&) const = default;
};

// Why a path does not serve what it holds.
struct Fault {
  std::vector<Diagnostic> errors;  // invalid
  std::string checksum;            // of what was read, or of the duplicate that was told; empty if
                                   // it is not known
  std::string other_path;          // duplicate: which path it was said to stand behind
};

struct TaskIdentity;

struct KnownTask {
  enum class Told : std::uint8_t { kNothing, kServed, kInvalid, kDuplicate };

  TaskPtr task;  // as last valid; null if it never was, or if that is served by another path
  std::uint64_t stamp_digest = 0;
  bool valid = false;
  bool news = false;       // invalid: not told yet, or told with other errors
  bool unfetched = false;  // to be loaded with its content, even if that is what it was
  Told told = Told::kNothing;
  std::unique_ptr<Fault> fault;
  std::shared_ptr<const TaskContent> content;  // of `task`, between its load and announce()
  TaskIdentity* identity = nullptr;            // that of `task`
};

// A path that holds an identity. `path` and `known` are the ledger's own.
struct TaskClaim {
  SourceIndex source;
  const std::string* path;
  KnownTask* known;
};

// A uuid and a version, and who holds it.
struct TaskIdentity {
  const std::string* name = nullptr;  // the key of identities_
  TaskPtr told;                       // as served; null: nothing was told
  SourceIndex told_source = 0;
  bool told_faulty = false;  // its path was told invalid, and is gone
  bool touched = false;      // it stands in touched_
  std::vector<TaskClaim> claims;  // in the order in which they serve
  // The first that was restored: it is what the database serves, though another may serve now.
  const KnownTask* restored = nullptr;
};

struct Announcement {
  std::vector<TaskEvent> events;   // removals first, then by source and path
  std::vector<TaskKey> unfetched;  // about to serve, but the content is not at hand: load them
};

// Threading: one thread at a time.
class TaskLedger {
 public:
  using Paths = std::map<std::string, KnownTask, std::less<>>;

  SourceIndex add_source(std::string name);
  const Paths& paths(SourceIndex source) const { return sources_[source].paths; }
  const KnownTask* find(const TaskKey& key) const;

  // The outermost known path at or above `path`; empty if there is none.
  std::string known_above(SourceIndex source, std::string_view path) const;
  // All known paths above, at and below `path`.
  std::vector<std::string> known_around(SourceIndex source, std::string_view path) const;
  bool knows_below(SourceIndex source, std::string_view path) const;

  void put_valid(const TaskKey& key, TaskPtr task, std::shared_ptr<const TaskContent> content,
                 std::uint64_t stamp_digest);
  void put_invalid(const TaskKey& key, std::vector<Diagnostic> errors, std::string checksum,
                   std::uint64_t stamp_digest);
  // The content is what it was. REQUIRES: the key is known.
  void put_unchanged(const TaskKey& key, std::uint64_t stamp_digest);
  // Its stamps are not to be relied on until it is put again.
  void distrust(const TaskKey& key);
  // As it was told before the start: `task` is the last good one, or null. Quickest in the order of
  // the paths.
  void restore(const TaskKey& key, TaskPtr task, bool valid, std::vector<Diagnostic> errors,
               std::uint64_t stamp_digest);
  void erase(const TaskKey& key);

  // What has to be told now. An identity that no path holds any more, of a source for which
  // `awaits` says that new paths are being loaded, is kept for up to kAwaitMax, since one of them
  // may hold it: so a directory that was renamed is missing at no moment.
  using Awaits = std::function<bool(SourceIndex)>;
  Announcement announce(Instant now, const Awaits& awaits);
  // What restore() has put in. All of it was told before: only an empty registry needs it.
  std::vector<TaskEvent> announce_restored();

  // Something may have to be told.
  bool has_news() const;
  bool has_vacant() const { return !vacant_.empty(); }
  // When an identity that is kept vacant is given up; kNever if there is none.
  Instant next_deadline() const;
  // Gives them up at the next announce().
  void hurry();

  static constexpr Duration kAwaitMax = seconds(1);

 private:
  struct Source {
    std::string name;
    Paths paths;
  };
  using Claim = TaskClaim;
  using Identity = TaskIdentity;
  struct Pass;  // one call of announce()

  KnownTask* find_known(const TaskKey& key);
  void claim(SourceIndex source, const std::string& path, KnownTask& known, TaskPtr task);
  void unclaim(KnownTask& known);
  Identity& identity_of(const Task& task);
  void touch(Identity& identity);
  std::vector<std::string> take_touched();
  bool serves(const Identity& identity, const Claim& claim) const;
  TaskEvent event_of(TaskEventKind kind, const Claim& claim) const;

  void settle(const std::string& name, Pass& pass);
  void tell_restored(Identity& identity, Pass& pass);
  void settle_vacant(const std::string& name, Identity& identity, Pass& pass);
  bool tell_server(Identity& identity, const Claim& server, Pass& pass);
  bool tell_renamed(const Identity& identity, const Claim& server, Pass& pass);
  void tell_duplicate(const Claim& claim, const std::string& serving, Pass& pass);
  void tell_others(const Identity& identity, const Claim& server, Pass& pass);
  void tell_invalid(Pass& pass);
  void tell_gone(Pass& pass);

  std::vector<Source> sources_;
  std::unordered_map<std::string, Identity> identities_;
  std::vector<std::string> touched_;       // names of identities to settle; some more than once
  std::map<std::string, Instant> vacant_;  // names of identities kept, and until when
  std::set<TaskKey> faulty_;               // invalid paths with news
  std::set<TaskKey> gone_;                 // paths erased that were told invalid or duplicate
};

}  // namespace pawl
