// The way into the database, as TaskSyncService goes it, without its thread: a set that waits, and
// commits that come late and may fail.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/pending_set.h"
#include "sync/store.h"
#include "tests/simulation/random.h"
#include "tests/simulation/task_oracle.h"

namespace pawl {

class SimSync {
 public:
  struct Options {
    std::uint32_t failure = 0;            // of a million commits
    bool acknowledges_too_early = false;  // broken on purpose: before the commit
  };

  SimSync(std::unique_ptr<Store> store, Options options, std::uint64_t seed);

  Result<StoredState> load() { return store_->load(); }
  void start();
  void submit(std::vector<TaskEvent> events, Instant now);
  void submit_stamps(std::vector<StampUpdate> stamps, Instant now);
  void turn(Instant now);
  Instant next() const { return due_; }
  void stop_faults() { options_.failure = 0; }
  bool idle() const { return !pending_ || pending_->empty(); }

  // In what the database differs from the registry, or its feed from itself; "" if in nothing.
  std::string difference(const RegistrySnapshot& registry, TaskOracle& oracle);
  const Status& last_error() const { return last_error_; }

 private:
  std::unique_ptr<Store> store_;
  Options options_;
  Random random_;
  std::optional<PendingSet> pending_;
  Instant due_ = kNever;
  Status last_error_;
};

}  // namespace pawl
