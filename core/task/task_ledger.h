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
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/task/known_paths.h"
#include "core/task/pointer_table.h"
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
  std::string path;                // its own, for where no task is known that has it
};

// One path of a source. There are as many as tasks, so it is kept small.
struct KnownTask {
  enum class Told : std::uint8_t { kNothing, kServed, kInvalid, kDuplicate };

  TaskPtr task;  // as last valid; null if it never was, or if that is served by another path
  std::unique_ptr<Fault> fault;  // there, if `task` is not
  std::uint64_t stamp_digest = 0;
  SourceIndex source = 0;
  bool valid : 1 = false;
  bool news : 1 = false;       // invalid: not told yet, or told with other errors
  bool unfetched : 1 = false;  // to be loaded with its content, even if that is what it was
  // The first of its identity that was restored: it is what the database serves, though another may
  // serve now.
  bool restored : 1 = false;
  bool claims : 1 = false;  // it stands among those that hold the identity of `task`
  // And no other does, and it is what was told, or will be by announce_restored(): it stands in alone_.
  bool alone : 1 = false;
  Told told = Told::kNothing;

  std::string_view path() const { return task ? task->path() : std::string_view(fault->path); }
};

// A uuid and a version, and who holds it. For nearly all of them there is one path, which serves and was
// told; that stands in TaskLedger::alone_, and has none of these.
struct TaskIdentity {
  TaskPtr named;  // some task of it, for its name
  TaskPtr told;   // as served; null: nothing was told
  std::vector<KnownTask*> claims;  // in the order in which they serve
  SourceIndex told_source = 0;
  bool told_faulty = false;  // its path was told invalid, and is gone
  bool touched = false;      // it stands in touched_
};

struct Announcement {
  std::vector<TaskEvent> events;   // removals first, then by source and path
  std::vector<TaskKey> unfetched;  // about to serve, but the content is not at hand: load them
};

// Threading: one thread at a time.
class TaskLedger {
 public:
  SourceIndex add_source(std::string name);
  const KnownPaths& paths(SourceIndex source) const { return sources_[source].paths; }
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
    KnownPaths paths;
  };
  using Identity = TaskIdentity;
  struct Pass;  // one call of announce()

  // What an identity is found by.
  struct Name {
    std::string_view uuid;
    std::string_view version;
    bool operator==(const Name&) const = default;
  };
  struct NameHash {
    using is_transparent = void;
    // Nothing depends on the order that comes of it, so it is the quickest that there is.
    std::size_t operator()(const Name& name) const noexcept {
      constexpr std::hash<std::string_view> hash;
      return hash(name.uuid) * 31 + hash(name.version);
    }
    std::size_t operator()(const Identity& identity) const noexcept {
      return (*this)(name_of(*identity.named));
    }
  };
  struct SameName {
    using is_transparent = void;
    static Name name(const Identity& identity) { return name_of(*identity.named); }
    static Name name(const Name& name) { return name; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return name(a) == name(b);
    }
  };
  static Name name_of(const Task& task) { return {task.uuid(), task.version()}; }
  struct AloneByName {
    static std::size_t hash(const Name& name) { return NameHash()(name); }
    static std::size_t hash(const KnownTask& known) { return hash(name_of(*known.task)); }
    static bool same(const KnownTask& known, const Name& name) {
      return name_of(*known.task) == name;
    }
  };

  KnownTask* find_known(const TaskKey& key);
  void claim(KnownTask& known, TaskPtr task);
  void leave(KnownTask& known);
  void unclaim(KnownTask& known);
  Identity* find_identity(const Name& name);
  Identity& identity_of(const TaskPtr& task);
  Identity& expand(KnownTask& known);
  void collapse(const Task& named);
  void touch(Identity& identity);
  std::vector<TaskPtr> take_touched();
  bool serves(const Identity& identity, const KnownTask& known) const;
  TaskEvent event_of(TaskEventKind kind, const KnownTask& known) const;
  std::shared_ptr<const TaskContent> take_content(const KnownTask& known);

  void settle(const TaskPtr& named, Pass& pass);
  void tell_restored(Identity& identity, Pass& pass);
  void settle_vacant(Identity& identity, Pass& pass);
  bool tell_server(Identity& identity, KnownTask& server, Pass& pass);
  bool tell_renamed(const Identity& identity, const KnownTask& server, Pass& pass);
  void tell_duplicate(KnownTask& known, std::string_view serving, Pass& pass);
  void tell_others(const Identity& identity, const KnownTask& server, Pass& pass);
  void tell_invalid(Pass& pass);
  void tell_gone(Pass& pass);

  std::vector<Source> sources_;
  PointerTable<KnownTask, AloneByName> alone_;
  std::unordered_set<Identity, NameHash, SameName> identities_;  // the others
  std::vector<TaskPtr> touched_;  // some task of each identity to settle
  struct ByName {
    bool operator()(const TaskPtr& a, const TaskPtr& b) const {
      return std::pair(a->uuid(), a->version()) < std::pair(b->uuid(), b->version());
    }
  };
  std::map<TaskPtr, Instant, ByName> vacant_;  // identities that are kept, and until when
  std::set<TaskKey> faulty_;                   // invalid paths with news
  std::set<TaskKey> gone_;                     // paths erased that were told invalid or duplicate
  // Of tasks, between their load and announce().
  std::unordered_map<const KnownTask*, std::shared_ptr<const TaskContent>> contents_;
};

}  // namespace pawl
