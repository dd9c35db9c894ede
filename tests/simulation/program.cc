#include "tests/simulation/program.h"

#include <algorithm>
#include <cerrno>

namespace pawl {
namespace {

ReconcilerOptions reconciler_options(const World& world) {
  ReconcilerOptions options;
  options.answer_timeout = seconds(2);
  options.background_pass_min = seconds(5);
  if (world.scenario.holds) options.large_directory = 0;
  if (!world.scenario.background || world.broken == Break::kBackground)
    options.background_pass_min = Duration::zero();
  if (world.broken == Break::kRootGuard) options.root_interval = seconds(1'000'000);
  return options;
}

SimNativeOptions native_options(const World& world) {
  SimNativeOptions options;
  options.watches_max = world.scenario.watches_max;
  options.queue_max = world.scenario.queue_max;
  options.drop = world.scenario.faults.drop;
  options.twice = world.scenario.faults.twice;
  options.late = world.scenario.faults.late;
  options.dies = world.scenario.faults.dies;
  options.refused = world.scenario.faults.refused;
  options.deaf_to_overflow = world.broken == Break::kOverflow;
  if (world.broken == Break::kWatchFirst) options.arms_late = milliseconds(200);
  return options;
}

HybridOptions hybrid_options(const World& world) {
  HybridOptions options;
  options.watches_max = [max = world.scenario.watches_max] { return max; };
  return options;
}

}  // namespace

Program::Program(World& world, Instant now, std::uint64_t seed)
    : world_(world),
      random_(seed),
      files_(world.disk),
      native_(world.disk, relay_, native_options(world), seed ^ 1),
      poll_(world.disk, relay_, seconds(1)),
      hybrid_(native_, poll_, hybrid_options(world)),
      coverer_(hybrid_, world.broken == Break::kRearm),
      reconciler_(coverer_, reconciler_options(world)),
      tasks_(reconciler_),
      pipeline_(tasks_),
      loader_(scripts_),
      now_(now) {
  relay_.to = &reconciler_;
  relay_.due = &due_;
  // The loop's thread, and libuv's pool of four, wait for no mount that does not answer.
  native_.looks_up = poll_.looks_up = [this](const std::string& path) {
    if (is_hung(path) && knows_mounts() && world_.scenario.backend != BackendChoice::kNative)
      world_.tree_oracle.violated("all would wait for the mount of " + path);
  };
  files_.settled = world.broken == Break::kUnsettled;
  files_.interrupt = [this] {
    if (faults_ && random_.chance(world_.scenario.faults.interrupt)) world_.interrupt();
  };
  files_.fault = [this](const std::string&, bool listed) {
    if (faults_ && random_.chance(world_.scenario.faults.denied))
      return !listed && random_.below(2) == 0 ? ENOENT : EACCES;
    constexpr int kErrors[] = {EIO, ENOMEM, EMFILE};
    if (!faults_ || !random_.chance(world_.scenario.faults.io_error)) return 0;
    return kErrors[random_.below(3)];
  };
  if (world.scenario.mount_table) read_mount_table();
  for (std::size_t i = 0; i < kRoots; ++i) {
    RootOptions root;
    root.path = root_path(i);
    root.backend = world.scenario.backend;
    root.follow_symlinks = world.scenario.follows;
    const auto ignored = [&scenario = world.scenario](std::string_view relative, bool directory) {
      return scenario.is_ignored(relative, directory);
    };
    if (world.scenario.ignores) root.ignored = ignored;
    const std::uint32_t index = reconciler_.add_root(root, now);
    tasks_.add_source(index, true);
    SourceOptions source;
    source.name = source_name(i);
    source.root = root.path;
    source.quiet = milliseconds(100);
    source.follow_symlinks = world.scenario.follows;
    if (world.scenario.ignores) source.ignore = ignored;
    pipeline_.add_source(source);
  }
  if (world.database == nullptr) return;
  std::unique_ptr<Store> store = world.database->open();
  if (store == nullptr) return;
  SimSync::Options options;
  options.acknowledges_too_early = world.broken == Break::kAcknowledge;
  sync_ = std::make_unique<SimSync>(*world.database, std::move(store), options, seed ^ 2);
  restore();
}

Program::~Program() = default;

void Program::restore() {
  Result<StoredState> state = sync_->load();
  if (!state.ok())
    return world_.tree_oracle.violated("cannot read the database: " + state.status().message());
  std::vector<RestoredTask> restored;
  for (StoredTask& task : state->tasks) {
    world_.task_oracle.restored(*task.task);
    restored.push_back({std::string(task.task->source()), std::string(task.task->path()), task.task, task.valid,
                        std::move(task.errors), task.stamp_digest});
  }
  for (StoredProblem& problem : state->problems)
    restored.push_back({problem.source, problem.path, problem.task,
                        problem.kind == TaskEventKind::kDuplicate, std::move(problem.errors),
                        problem.stamp_digest});
  for (const RestoredTask& task : restored) ++restored_[task.source == source_name(0) ? 0 : 1];
  const std::vector<TaskEvent> told = pipeline_.restore(restored);
  for (const TaskEvent& event : told) trace(event);
  registry_.apply(told);
  sync_->start();
}

// The table is waited for, and read once it has been at rest for a moment.
void Program::mounts_changed(Instant now) {
  if (world_.scenario.mount_table && table_due_ == kNever)
    table_due_ = now + milliseconds(50) + draw_delay();
}

void Program::read_mount_table() {
  table_due_ = kNever;
  ++tables_read_;
  mounts_ = world_.disk.mount_table();
  reconciler_.mounted(mounts_);
  due_ = true;
}

void Program::stop_faults() {
  faults_ = false;
  native_.stop_faults();
  if (world_.database != nullptr) world_.database->stop_faults();
  due_ = true;
}

Duration Program::draw_delay() {
  if (faults_ && random_.chance(world_.scenario.faults.slow))
    return milliseconds(random_.below(1500));
  return Duration(random_.below(random_.below(4) == 0 ? 30'000'000 : 1'000'000));
}

Instant Program::next() const {
  if (due_) return now_;
  Instant next = std::min({reconciler_.next_deadline(), native_.next(), poll_.next(), table_due_});
  for (const Lane& lane : lanes_) {
    bool free = false;
    for (const Worker& worker : lane.workers) {
      if (worker.answer) {
        next = std::min(next, worker.answer_due);
      } else if (!lane.looks.empty() &&
                 (&worker == lane.workers || lane.looks.front().request.together)) {
        free = true;
      }
    }
    if (free) next = std::min(next, lane.looks.front().due);
  }
  if (!world_.scenario.tasks) return next;
  next = std::min(next, pipeline_.next_deadline());
  for (const Load& load : loads_) next = std::min(next, load.due);
  return sync_ ? std::min({next, sync_->next(), restock_due_}) : next;
}

std::string Program::busy() const {
  std::string who;
  if (due_) who += " due";
  if (reconciler_.next_deadline() <= now_) who += " reconciler";
  if (hybrid_.next_deadline() <= now_) who += " hybrid";
  if (native_.next() <= now_) who += " native";
  if (poll_.next() <= now_) who += " poll";
  if (pipeline_.next_deadline() <= now_) who += " pipeline";
  return who;
}

void Program::turn(Instant now) {
  now_ = now;
  native_.turn(now);
  poll_.turn(now);
  if (now >= table_due_) read_mount_table();
  turn_lanes();
  if (due_ || now >= reconciler_.next_deadline()) watch_step();
  if (!world_.scenario.tasks) return;
  turn_loads();
  if (now >= pipeline_.next_deadline()) pump();
  if (!sync_) return;
  sync_->turn(now);
  if (!dead()) restock();
}

}  // namespace pawl
