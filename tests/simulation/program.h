// One life of the program in the simulation: the reconciler, the hybrid and both backends, the
// pipeline, the registry and the store, with workers that take their time. It ends, by a crash or
// in order, with its destruction; the disk and the database live on.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/reconciler.h"
#include "core/task/loader.h"
#include "core/task/pipeline.h"
#include "core/task/registry.h"
#include "core/task/watched_tasks.h"
#include "fallback/hybrid.h"
#include "tests/simulation/broken.h"
#include "tests/simulation/sim_file_system.h"
#include "tests/simulation/sim_native.h"
#include "tests/simulation/sim_poll.h"
#include "tests/simulation/sim_sync.h"
#include "tests/simulation/task_oracle.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/tree_oracle.h"

namespace pawl {

struct World {
  Disk& disk;
  const Scenario& scenario;
  Break broken = Break::kNone;
  TreeOracle& tree_oracle;
  TaskOracle& task_oracle;
  Trace& trace;
  std::string database;  // its path
  std::function<void()> interrupt;
};

class Program {
 public:
  Program(World& world, Instant now, std::uint64_t seed);
  Program(const Program&) = delete;
  ~Program();

  // Does what is due by `now`.
  void turn(Instant now);
  // When turn() has something to do, if nothing comes from outside.
  Instant next() const;
  void kernel_event(const Node& directory, KernelEvent kind, std::string_view name, Instant now) {
    native_.event(directory, kind, name, now);
  }
  void stop_faults();

  // Who has something to do at once.
  std::string busy() const;
  // What differs from what should be, once all is quiet; "" if nothing does.
  std::string difference();
  const Reconciler& reconciler() const { return reconciler_; }
  const SimNative& native() const { return native_; }

 private:
  struct Look {
    LookRequest request;
    Instant due;
  };
  // One worker a lane, as in backends/lanes.h.
  struct Lane {
    std::deque<Look> looks;
    std::unique_ptr<LookAnswer> answer;  // found, and not yet handed over
    Instant answer_due{};
  };
  struct Load {
    LoadRequest request;
    Instant due;
    std::unique_ptr<LoadResult> result;
  };

  void restore();
  Duration draw_delay();
  void turn_lanes();
  void take_looks(std::vector<LookRequest>& looks);
  bool is_hung(const std::string& path) const;
  bool would_hang(const LookRequest& request) const;
  void watch_step();
  void take_notice(const Notice& notice);
  void source_looked_at(std::uint32_t root);
  void turn_loads();
  void pump();
  void check_coverage();
  void check_bounds();

  World& world_;
  Random random_;
  SimFileSystem files_;
  ReconcilerRelay relay_;
  SimNative native_;
  SimPoll poll_;
  Hybrid hybrid_;
  BrokenCoverer coverer_;
  Reconciler reconciler_;
  WatchedTasks tasks_;
  TaskPipeline pipeline_;
  Registry registry_;
  GoodScripts scripts_;
  TaskLoader loader_;
  std::unique_ptr<SimSync> sync_;
  std::vector<Lane> lanes_;
  std::vector<Load> loads_;
  std::size_t restored_[kRoots] = {};  // tasks that the database knew at the start
  bool withheld_[kRoots] = {};         // empty, and the database knows tasks of it
  bool due_ = true;
  bool faults_ = true;
  Instant now_{};
};

}  // namespace pawl
