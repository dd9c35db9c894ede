// One life of the program in the simulation: the reconciler, the hybrid and both backends, the
// pipeline, the registry and the store, with workers that take their time. It ends, by a crash or
// in order, with its destruction; the disk and the database live on.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
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
  SimDatabase* database = nullptr;  // null: there is none
  std::function<void()> interrupt;
  std::function<void(const Change&)> changed = {};  // told of each; may be empty
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
  // The system's table of mounts did.
  void mounts_changed(Instant now);
  void stop_faults();
  // It was killed by what it did last.
  bool dead() const { return world_.database != nullptr && world_.database->dead(); }
  // It is killed now.
  void die() {
    if (sync_) sync_->die();
  }

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
    std::uint64_t tables_read;  // when it was asked for
  };
  // As in backends/lanes.h: one worker a lane, and a second one where looks may be performed together.
  struct Worker {
    std::unique_ptr<LookAnswer> answer;  // found, and not yet handed over
    Instant answer_due{};
  };
  struct Lane {
    std::deque<Look> looks;
    Worker workers[2];
  };
  struct Load {
    LoadRequest request;
    Instant due;
    std::unique_ptr<LoadResult> result;
    bool restocks = false;  // for the database alone, which wants its content
  };

  void restore();
  Duration draw_delay();
  void turn_lanes();
  void start_look(Lane& lane, Worker& worker);
  std::unique_ptr<LookAnswer> perform_look(LookRequest&& request);
  void read_mount_table();
  bool knows_mounts() const;
  void check_lane_hangs_alone(const Look& look);
  void take_looks(std::vector<LookRequest>& looks);
  bool is_hung(const std::string& path) const;
  bool would_hang(const LookRequest& request) const;
  void watch_step();
  void take_notice(const Notice& notice);
  void source_looked_at(std::uint32_t root);
  void turn_loads();
  void restock();
  void restock(const std::pair<std::string, std::string>& identity);
  void restocked(LoadResult result);
  void pump();
  void trace(const TaskEvent& event);
  void check_coverage();
  void check_bounds();
  void check_task_bounds();

  World& world_;
  Random random_;
  SimFileSystem files_;
  LookRoom room_;
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
  // Tasks whose content the database lacks, by identity, until it is given.
  std::set<std::pair<std::string, std::string>> wanted_;
  Instant restock_due_ = kNever;
  std::size_t restored_[kRoots] = {};  // tasks that the database knew at the start
  bool withheld_[kRoots] = {};         // empty, and the database knows tasks of it
  std::size_t directories_max_ = 0;
  bool due_ = true;
  bool faults_ = true;
  Instant now_{};
  // The last table of mounts that it has read, how often it has read one, and when it will again.
  std::vector<MountPoint> mounts_;
  std::uint64_t tables_read_ = 0;
  Instant table_due_ = kNever;
};

}  // namespace pawl
