// A SQLite VFS whose files are in memory and know how much of them has been synced: for a machine
// that loses its power, a process that dies within a commit, and a disk that fails or is full.
//
// It is the default one while it lives, so that the store goes through it unchanged.
//
// A process that dies leaves all that it has written. A power cut leaves what was synced; of the
// rest each sector is as any of the writes to it left it, or as if none had been.
//
// Threading: one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace pawl {

class MemoryVfs {
 public:
  enum class Call : std::uint8_t { kRead, kWrite, kTruncate, kSync, kRemove, kLock };
  // kBusy: of kLock, another process holds it; of others nothing. kFull: of kWrite, there is no
  // room; of others nothing. kIo: the call fails, and nothing of it is done. kDie: as die().
  enum class Fault : std::uint8_t { kNone, kBusy, kFull, kIo, kDie };

  // REQUIRES: no other lives, and no connection is open.
  explicit MemoryVfs(std::uint64_t seed);
  // REQUIRES: no connection is open.
  ~MemoryVfs();
  MemoryVfs(const MemoryVfs&) = delete;

  // Asked before each call that can fail. Empty: none does.
  void set_fault(std::function<Fault(Call)> fault);

  // The process dies here: until revive() every call fails and changes nothing.
  void die();
  bool dead() const;
  // Another process begins. REQUIRES: no connection is open.
  void revive(bool power_cut);
  // A power cut would lose nothing.
  bool all_synced() const;

  // The database `from` with its log and journal, as they are now, under the name `to`.
  void copy(const std::string& from, const std::string& to);
  void remove(const std::string& database);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace pawl
