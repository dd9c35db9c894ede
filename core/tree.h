// The tree: what every watched directory held at the last look.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/change.h"
#include "core/common_names.h"
#include "core/coverage.h"
#include "core/directory_id.h"
#include "core/entry_table.h"
#include "core/name_set.h"
#include "core/packed_text.h"
#include "core/stamp.h"
#include "core/time.h"

namespace pawl {

// What is still to be looked at in a directory. Names are of few directories at a time, but a first
// scan or a sweep asks for all of them.
class Pending {
 public:
  bool any() const { return list || verify || has_names(); }
  bool has_names() const { return hinted_ && !hinted_->names.empty(); }
  bool contains(std::string_view name) const { return hinted_ && hinted_->names.contains(name); }
  std::size_t names_size() const { return hinted_ ? hinted_->names.size() : 0; }
  NameSet& names() { return hinted().names; }

  // When the first hint by name came; zero: there was none.
  Instant hinted_at() const { return hinted_ ? hinted_->at : Instant{}; }
  void hint(Instant at) {
    if (hinted().at == Instant{}) hinted_->at = at;
  }

 private:
  struct Hinted {
    NameSet names;
    Instant at{};
  };
  Hinted& hinted() {
    if (!hinted_) hinted_ = std::make_unique<Hinted>();
    return *hinted_;
  }

  std::unique_ptr<Hinted> hinted_;

 public:
  Via via = Via::kScan;     // how it came to be pending; the most telling where there are several
  bool list : 1 = false;
  bool verify : 1 = false;
  bool background : 1 = false;  // nothing but the background reconcile asks
};

// There may be 100,000 of them: what is in all of them is kept small, and what is in few is in RarelySet.
struct Directory {
  DirectoryId id;      // invalid: its slot is free
  DirectoryId parent;  // invalid: a root, or detached and being forgotten
  std::uint32_t root = 0;
  std::uint32_t lane = 0;
  EntryTable entries;
  StampDigest self;  // when it was last listed
  Instant coverage_since{};
  Instant changed_at{};
  [[no_unique_address]] Pending pending;  // what follows lies in the rest of its last word
  Mode told_mode = Mode::kNone;  // the one that consumers were last told
  Via look_via = Via::kScan;     // of the look in flight
  std::uint8_t failures = 0;     // looks in a row that failed; no more are counted than matter

  bool large = false;         // by the size that it had when it was last seen
  bool missed = false;        // late to be seen: its first listing is told (SeenNotice)
  bool sweeping = false;      // counted in its root's round
  bool self_unsettled : 1 = false;
  bool listed : 1 = false;    // at least once
  bool link : 1 = false;      // reached through a symbolic link
  bool counted : 1 = false;   // among those that the root's readiness waits for no more
  bool in_flight : 1 = false;  // a look is out, or its answer is being applied
  bool queued : 1 = false;    // in the lane's queue of urgent looks
  bool sweep_queued : 1 = false;
  bool rearm : 1 = false;     // its watch may be on another directory, or dead
  bool dying : 1 = false;
  bool disbelieved : 1 = false;  // the last answer was of another root than the one that is known
  bool any_unsettled : 1 = false;   // some entry is unsettled
  bool part_unsettled : 1 = false;  // some that the comparison under way has been over is
  bool holds_mounts : 1 = false;    // some entry may be a directory on another device
  bool in_sweep : 1 = false;        // in the root's Sweep
  bool look_background : 1 = false;  // the look in flight is the background reconcile's own

  std::uint32_t look_number = 0;  // an answer with another is of what was there before
  Coverage coverage;

  bool is_root() const { return !parent.valid() && !dying; }

  // The last component; of a root, its path.
  std::string_view name() const { return name_.view(); }

 private:
  friend class Tree;
  PackedText name_;
};

// What only some directories have ever had.
struct RarelySet {
  Instant retry_at = kNever;     // when it is tried again because looks failed
  std::uint32_t compared = 0;    // entries that the comparison under way, in parts, has been over
  std::uint32_t lost_hints = 0;  // how many it had; no more are counted than matter
};

class Tree {
 public:
  // What is returned stays where it is until it is removed.
  Directory& add(DirectoryId parent, std::uint32_t root, std::string_view name);
  // REQUIRES: it exists; nothing refers to it any more.
  void remove(DirectoryId id);

  // Null if it is forgotten.
  Directory* find(DirectoryId id) {
    return const_cast<Directory*>(std::as_const(*this).find(id));
  }
  const Directory* find(DirectoryId id) const {
    if (id.index >= slots()) return nullptr;
    const Directory& directory = slot(id.index);
    return directory.id == id ? &directory : nullptr;
  }

  // The directory in slot `index`, or null: for walks over all of them, `index` below slots().
  Directory* at(std::uint32_t index) const {
    Directory& directory = slot(index);
    return directory.id.valid() ? &directory : nullptr;
  }
  std::uint32_t slots() const { return slots_; }
  std::size_t size() const { return slots_ - free_.size(); }

  RarelySet& rarely_set(const Directory& directory) { return rarely_set_[directory.id.index]; }
  // Null where all of it is as it is at first.
  RarelySet* find_rarely_set(const Directory& directory) {
    const auto at = rarely_set_.find(directory.id.index);
    return at == rarely_set_.end() ? nullptr : &at->second;
  }

  CommonNames& common_names() { return common_names_; }

  // Absolute path.
  std::string path(const Directory& directory) const;
  // Path below the root, without a leading slash; empty for the root itself.
  std::string relative(const Directory& directory) const;
  // The directory at `relative` below `root`, or null.
  const Directory* descend(const Directory& root, std::string_view relative) const;

 private:
  static constexpr std::uint32_t kBlock = 64;
  Directory& slot(std::uint32_t index) const { return blocks_[index / kBlock][index % kBlock]; }

  CommonNames common_names_;
  std::vector<std::unique_ptr<Directory[]>> blocks_;  // of kBlock slots each
  std::uint32_t slots_ = 0;                           // those that were ever in use
  std::vector<std::uint32_t> free_;
  std::unordered_map<std::uint32_t, RarelySet> rarely_set_;  // by DirectoryId::index
};

}  // namespace pawl
