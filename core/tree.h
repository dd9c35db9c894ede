// The tree: what every watched directory held at the last look.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/change.h"
#include "core/coverage.h"
#include "core/directory_id.h"
#include "core/entry_table.h"
#include "core/name_set.h"
#include "core/stamp.h"
#include "core/time.h"

namespace pawl {

// What is still to be looked at in a directory.
struct Pending {
  NameSet names;
  bool list = false;
  bool verify = false;
  bool background = false;  // nothing but the background reconcile asks
  Via via = Via::kScan;     // how it came to be pending; the most telling where there are several
  Instant hinted_at{};      // of the first hint by name; zero: there was none

  bool any() const { return list || verify || !names.empty(); }
};

struct Directory {
  DirectoryId id;
  DirectoryId parent;  // invalid: a root, or detached and being forgotten
  std::uint32_t root = 0;
  std::uint32_t lane = 0;
  std::string name;  // the last component; of a root, its path
  EntryTable entries;

  Stamp self;  // when it was last listed
  bool self_unsettled = false;
  bool listed = false;       // at least once
  bool link = false;         // reached through a symbolic link
  bool counted = false;      // among those that the root's readiness waits for no more
  bool in_flight = false;    // a look is out, or its answer is being applied
  bool queued = false;       // in the lane's queue of urgent looks
  bool sweep_queued = false;
  bool missed = false;       // late to be seen: its first listing is told (SeenNotice)
  bool rearm = false;        // its watch may be on another directory, or dead
  bool dying = false;
  bool any_unsettled = false;  // some entry is unsettled
  bool part_unsettled = false;  // some that the comparison under way has been over is
  std::uint32_t look_number = 0;  // an answer with another is of what was there before
  bool holds_mounts = false;   // some entry may be a directory on another device
  std::uint32_t compared = 0;  // entries that the comparison under way has been over
  bool in_sweep = false;       // in the root's Sweep
  std::uint32_t lost_hints = 0;  // how many it had; no more are counted than matter
  std::uint8_t failures = 0;   // looks in a row that failed; no more are counted than matter
  Instant retry_at = kNever;   // when it is tried again because of that

  Via look_via = Via::kScan;     // of the look in flight
  Instant hinted_at{};           // what it follows: see Pending
  bool look_background = false;  // it was the background reconcile's own
  bool sweeping = false;         // counted in its root's round
  Mode told_mode = Mode::kNone;        // the one that consumers were last told
  Coverage coverage;
  Instant coverage_since{};
  Instant changed_at{};
  std::unique_ptr<Pending> pending;

  bool is_root() const { return !parent.valid() && !dying; }
};

class Tree {
 public:
  Directory& add(DirectoryId parent, std::uint32_t root, std::string name);
  // REQUIRES: it exists; nothing refers to it any more.
  void remove(DirectoryId id);

  // Null if it is forgotten.
  Directory* find(DirectoryId id) {
    return const_cast<Directory*>(std::as_const(*this).find(id));
  }
  const Directory* find(DirectoryId id) const {
    return id.index < slots_.size() && generations_[id.index] == id.generation
               ? slots_[id.index].get()
               : nullptr;
  }

  // The directory in slot `index`, or null: for walks over all of them, `index` below slots().
  Directory* at(std::uint32_t index) const { return slots_[index].get(); }
  std::uint32_t slots() const { return static_cast<std::uint32_t>(slots_.size()); }
  std::size_t size() const { return slots_.size() - free_.size(); }

  // Absolute path.
  std::string path(const Directory& directory) const;
  // Path below the root, without a leading slash; empty for the root itself.
  std::string relative(const Directory& directory) const;
  // The directory at `relative` below `root`, or null.
  const Directory* descend(const Directory& root, std::string_view relative) const;

 private:
  std::vector<std::unique_ptr<Directory>> slots_;
  std::vector<std::uint32_t> generations_;
  std::vector<std::uint32_t> free_;
};

}  // namespace pawl
