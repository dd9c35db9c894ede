// A SQLite VFS that lets a disk fail, or a machine lose its power, at the n-th write or sync.
//
// It stands in front of the ordinary one, as the default, so that all that is opened afterwards
// goes through it. What it is asked to write to a file is counted: writes, truncations, syncs,
// removals.
//
// kFail: that operation, and as many after it as are told, return an error of the disk; nothing of
// it is done. kCrash: everything from that operation on is lost, as if the process had died there:
// every later operation that changes a file fails and does nothing, until reset().
//
// Threading: one thread at a time.
#pragma once

#include <cstdint>

namespace pawl::testing {

enum class Fault : std::uint8_t { kNone, kFail, kFull, kCrash };

// Registers itself at construction and goes at destruction. REQUIRES: no connection is open then.
class FaultyVfs {
 public:
  FaultyVfs();
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;

  // From now on operations are counted from 1, and `fault` comes with the `at`-th; for kFail and
  // kFull it lasts for `count` operations.
  void arm(Fault fault, std::uint64_t at, std::uint64_t count = 1);
  // No more faults.
  void reset() { arm(Fault::kNone, 0); }
  // Operations since arm().
  std::uint64_t operations() const;
  // The fault has come.
  bool happened() const;
};

}  // namespace pawl::testing
