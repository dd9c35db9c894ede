// The way into the database, as TaskSyncService goes it, without its thread: a set that waits, and
// commits that come late and may fail.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sync/pending_set.h"
#include "sync/store.h"
#include "tests/simulation/random.h"
#include "tests/simulation/sim_database.h"
#include "tests/simulation/task_oracle.h"

namespace pawl {

class SimSync {
 public:
  struct Options {
    bool acknowledges_too_early = false;  // broken on purpose: before the commit
  };

  // `database` outlives this.
  SimSync(SimDatabase& database, std::unique_ptr<Store> store, Options options, std::uint64_t seed);

  Result<StoredState> load() { return store_->load(); }
  void start();
  void submit(std::vector<TaskEvent> events, Instant now);
  void submit_stamps(std::vector<StampUpdate> stamps, Instant now);
  // The program may die of it: see SimDatabase::dead().
  void turn(Instant now);
  Instant next() const { return due_; }
  void die() { database_.die(*store_); }
  // Tasks whose content the database has to be given, once.
  std::vector<TaskPtr> take_wanted() { return std::exchange(wanted_, {}); }
  bool idle() const { return !pending_ || pending_->empty(); }
  std::size_t waiting() const { return pending_ ? pending_->size() : 0; }

  // In what the database differs from the registry, or its feed from itself; "" if in nothing.
  std::string difference(const RegistrySnapshot& registry, TaskOracle& oracle);

 private:
  SimDatabase& database_;
  std::unique_ptr<Store> store_;
  Options options_;
  Random random_;
  std::optional<PendingSet> pending_;
  std::vector<TaskPtr> wanted_;
  Instant due_ = kNever;
  Status last_error_;
};

}  // namespace pawl
