// Merging what happened to each path into what became of it: one change per path for a burst.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/change.h"

namespace pawl {

// Per path, what is pending and what is new become:
//
//   pending \ new | created              modified      attributes    removed
//   --------------+---------------------------------------------------------
//   nothing       | created              modified      attributes    removed
//   created       | created              created       created       nothing
//   modified      | modified *           modified *    modified *    removed
//   attributes    | modified *           modified *    attributes *  removed
//   removed       | modified *           modified *    modified *    removed
//
// * If the type is another than at the beginning (a file where a directory was), it is the removal
// of the old and then the creation of the new, and both are told; removed again, only the removal.
//
// The change that is told takes type, inode, via and known_at from the last one: latency is
// measured from when the state that is told became known. A removal tells type and inode of what
// was there when the batch began, as far as that is known.
//
// Roots are kept apart: the same path seen by two overlapping roots is two changes.
class Coalescer {
 public:
  void add(Change change);

  // Paths with something pending.
  std::size_t size() const { return pending_.size(); }
  bool empty() const { return pending_.empty(); }

  // About how much memory it holds: for a bound on it.
  std::size_t bytes() const { return bytes_; }

  // All that is pending, sorted by the bytes of the path, then by root; a removal before the
  // creation of the same path. Renames are linked (`from`). Nothing is pending afterwards.
  std::vector<Change> take();

 private:
  // Of a change, all but its kind and path.
  struct Seen {
    FileType type = FileType::kFile;
    Via via = Via::kNative;
    std::uint64_t inode = 0;
    std::uint64_t device = 0;
    Instant known_at{};
  };
  struct Pending {
    bool existed = false;      // there was something when the batch began: `before`
    bool present = false;      // there is something now: `last`
    bool content = false;      // more than attributes changed
    bool before_held = false;  // `before` is what was removed or of another type; else a guess
    Seen before;
    Seen last;
  };
  using Key = std::pair<std::string, std::uint32_t>;

  static Seen seen(const Change& change);
  static Pending first(ChangeKind kind, const Seen& last);
  static void merge(Pending& pending, ChangeKind kind, const Seen& last);
  static void tell(const Key& key, const Pending& pending, std::vector<Change>& changes);
  static std::size_t bytes_of(const Key& key);

  std::map<Key, Pending> pending_;
  std::size_t bytes_ = 0;
};

// Fills `from` of a kCreated with the path of the kRemoved in the same batch that had the same
// inode, device and type. Only where that is unambiguous: of hard links that come and go together
// none is linked. A path that comes and goes within the batch is passed over where another fits, so
// that the end of a chain of renames names its beginning. What `from` held before is cleared, and
// an inode of 0 is not known.
//
// A file system may give the inode of a removed file to a new one at once: `from` is a fact about
// inodes, and only nearly always one about renames.
void link_renames(std::vector<Change>& changes);

}  // namespace pawl
