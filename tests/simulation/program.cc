#include "tests/simulation/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <variant>

namespace pawl {
namespace {

ReconcilerOptions reconciler_options(const World& world) {
  ReconcilerOptions options;
  options.answer_timeout = seconds(2);
  options.background_pass_min = seconds(5);
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
  files_.settled = world.broken == Break::kUnsettled;
  files_.interrupt = [this] {
    if (faults_ && random_.chance(world_.scenario.faults.interrupt)) world_.interrupt();
  };
  files_.fault = [this](const std::string&) {
    constexpr int kErrors[] = {EIO, ENOMEM, EMFILE};
    if (!faults_ || !random_.chance(world_.scenario.faults.io_error)) return 0;
    return kErrors[random_.below(3)];
  };
  for (std::size_t i = 0; i < kRoots; ++i) {
    RootOptions root;
    root.path = root_path(i);
    root.backend = world.scenario.backend;
    const std::uint32_t index = reconciler_.add_root(root, now);
    tasks_.add_source(index, true);
    SourceOptions source;
    source.name = source_name(i);
    source.root = root.path;
    source.quiet = milliseconds(100);
    pipeline_.add_source(source);
  }
  if (!world.scenario.store) return;
  Result<std::unique_ptr<Store>> store = Store::open(world.database, {});
  if (!store.ok()) {
    world.tree_oracle.violated("cannot open the database: " + store.status().message());
    return;
  }
  SimSync::Options options;
  options.failure = world.scenario.faults.commit;
  options.acknowledges_too_early = world.broken == Break::kAcknowledge;
  sync_ = std::make_unique<SimSync>(std::move(*store), options, seed ^ 2);
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
    restored.push_back({task.task->source, task.task->path, task.task, task.valid,
                        std::move(task.errors), task.stamp_digest});
  }
  for (StoredProblem& problem : state->problems)
    restored.push_back({problem.source, problem.path, problem.task,
                        problem.kind == TaskEventKind::kDuplicate, std::move(problem.errors),
                        problem.stamp_digest});
  for (const RestoredTask& task : restored) ++restored_[task.source == source_name(0) ? 0 : 1];
  registry_.apply(pipeline_.restore(restored));
  sync_->start();
}

void Program::stop_faults() {
  faults_ = false;
  native_.stop_faults();
  if (sync_) sync_->stop_faults();
  due_ = true;
}

Duration Program::draw_delay() {
  if (faults_ && random_.chance(world_.scenario.faults.slow))
    return milliseconds(random_.below(1500));
  return Duration(random_.below(random_.below(4) == 0 ? 30'000'000 : 1'000'000));
}

Instant Program::next() const {
  if (due_) return now_;
  Instant next = std::min({reconciler_.next_deadline(), native_.next(), poll_.next()});
  for (const Lane& lane : lanes_) {
    if (lane.answer) {
      next = std::min(next, lane.answer_due);
    } else if (!lane.looks.empty()) {
      next = std::min(next, lane.looks.front().due);
    }
  }
  if (!world_.scenario.tasks) return next;
  next = std::min(next, pipeline_.next_deadline());
  for (const Load& load : loads_) next = std::min(next, load.due);
  return sync_ ? std::min(next, sync_->next()) : next;
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
  turn_lanes();
  if (due_ || now >= reconciler_.next_deadline()) watch_step();
  if (!world_.scenario.tasks) return;
  turn_loads();
  if (now >= pipeline_.next_deadline()) pump();
  if (sync_) sync_->turn(now);
}

bool Program::is_hung(const std::string& path) const {
  const Node* node = world_.disk.find(path, false);
  return node != nullptr && node->device->hung;
}

bool Program::would_hang(const LookRequest& request) const {
  if (is_hung(request.path) || (request.root && is_hung(request.root->path))) return true;
  const Node* node = world_.disk.find(request.path, false);
  if (node == nullptr || request.kind == LookKind::kSelf || request.kind == LookKind::kProbe)
    return false;
  const auto asks_for = [&](const std::string& name) {
    for (std::size_t i = 0; i < request.names.size(); ++i)
      if (request.names[i] == name) return true;
    return request.kind == LookKind::kList;
  };
  for (const auto& [name, entry] : node->entries)
    if (entry->mounted && entry->mounted->device->hung &&
        std::find(request.skip.begin(), request.skip.end(), name) == request.skip.end() &&
        asks_for(name))
      return true;
  return false;
}

void Program::take_looks(std::vector<LookRequest>& looks) {
  for (LookRequest& request : looks) {
    if (world_.broken == Break::kRootGuard) request.root = nullptr;
    if (world_.broken == Break::kUnsettled) request.granularity = Duration::zero();
    const std::uint32_t index = request.lane;
    if (lanes_.size() <= index) lanes_.resize(index + 1);
    lanes_[index].looks.push_back(Look{std::move(request), now_ + draw_delay()});
  }
  looks.clear();
}

void Program::turn_lanes() {
  for (Lane& lane : lanes_) {
    if (lane.answer && lane.answer_due <= now_) {
      reconciler_.answered(std::move(*lane.answer));
      lane.answer.reset();
      due_ = true;
    }
    if (lane.answer || lane.looks.empty() || lane.looks.front().due > now_) continue;
    Look& look = lane.looks.front();
    if (would_hang(look.request)) {
      look.due = now_ + milliseconds(100);
      continue;
    }
    LookRequest request = std::move(look.request);
    lane.looks.pop_front();
    const std::string path = request.path;
    auto answer = std::make_unique<LookAnswer>(perform(files_, std::move(request)));
    answer->cost = Duration(20'000);
    world_.trace.add(
        now_, "look",
        fmt::format("{} kind {} status {} names {}", path, static_cast<int>(answer->kind),
                    static_cast<int>(answer->status.code()), answer->names.size()));
    lane.answer = std::move(answer);
    lane.answer_due = now_ + draw_delay();
    if (!lane.looks.empty()) lane.looks.front().due = lane.answer_due;
  }
}

void Program::watch_step() {
  WatchEffects effects;
  for (int steps = 0;; ++steps) {
    due_ = false;
    effects.more = false;
    reconciler_.step(now_, effects);
    take_looks(effects.looks);
    for (const Change& change : effects.changes) {
      world_.trace.add(now_, kind_name(change.kind), change.path);
      world_.tree_oracle.changed(change, now_);
      if (!world_.scenario.tasks) continue;
      pipeline_.changed(change.root, change, now_);
      if (withheld_[change.root] && !reconciler_.root_directory(change.root)->entries.empty())
        source_looked_at(change.root);
    }
    effects.changes.clear();
    for (const Notice& notice : effects.notices) take_notice(notice);
    effects.notices.clear();
    if (!effects.more) break;
    if (steps > 1000) return world_.tree_oracle.violated("the reconciler never comes to rest");
  }
  check_coverage();
  check_bounds();
}

void Program::take_notice(const Notice& notice) {
  if (const auto* coverage = std::get_if<CoverageNotice>(&notice)) {
    world_.trace.add(now_, mode_name(coverage->coverage.mode), coverage->directory);
  } else if (const auto* rescan = std::get_if<RescanNotice>(&notice)) {
    world_.trace.add(now_, "rescan", rescan_reason_name(rescan->reason));
  } else if (const auto* ready = std::get_if<ReadyNotice>(&notice)) {
    world_.trace.add(now_, "ready", root_path(ready->root));
    world_.tree_oracle.ready(reconciler_, ready->root);
    if (world_.scenario.tasks) source_looked_at(ready->root);
  } else if (const auto* seen = std::get_if<SeenNotice>(&notice)) {
    world_.trace.add(now_, "seen", seen->directory);
    if (!world_.scenario.tasks) return;
    pipeline_.changed(seen->root,
                      Change{.kind = ChangeKind::kCreated,
                             .type = FileType::kDirectory,
                             .via = Via::kScan,
                             .root = seen->root,
                             .path = seen->directory,
                             .known_at = now_},
                      now_);
  } else if (const auto* root = std::get_if<RootNotice>(&notice)) {
    world_.trace.add(now_, root->available ? "available" : "unavailable", root->path);
    if (!world_.scenario.tasks) return;
    if (!root->available) {
      pipeline_.source_unavailable(root->root);
    } else if (reconciler_.ready(root->root)) {
      source_looked_at(root->root);
    }
  }
}

// As the service does.
void Program::source_looked_at(std::uint32_t root) {
  withheld_[root] = reconciler_.root_directory(root)->entries.empty() && restored_[root] > 0;
  if (withheld_[root]) {
    pipeline_.source_unavailable(root);
  } else {
    pipeline_.source_ready(root);
  }
}

void Program::turn_loads() {
  for (std::size_t i = 0; i < loads_.size();) {
    Load& load = loads_[i];
    if (load.due > now_) {
      ++i;
      continue;
    }
    if (load.result) {
      const LoadResult result = std::move(*load.result);
      loads_.erase(loads_.begin() + static_cast<std::ptrdiff_t>(i));
      pipeline_.loaded(result, now_);
      continue;
    }
    const std::string path = task_path(load.request);
    if (is_hung(path) || is_hung(load.request.root)) {
      load.due = now_ + milliseconds(100);
      continue;
    }
    if (files_.settled) load.request.granularity = Duration::zero();
    load.result = std::make_unique<LoadResult>(loader_.load(files_, std::move(load.request)));
    world_.trace.add(
        now_, "load",
        fmt::format("{} outcome {}{} {}", path, static_cast<int>(load.result->outcome),
                    load.result->unsettled ? " unsettled" : "", load.result->checksum));
    world_.task_oracle.loaded(*load.result);
    load.due = now_ + draw_delay();
  }
}

void Program::pump() {
  Effects effects = pipeline_.step(now_);
  for (LoadRequest& request : effects.loads)
    loads_.push_back(Load{std::move(request), now_ + draw_delay(), nullptr});
  for (const TaskKey& key : effects.looks) {
    const Directory* root = reconciler_.root_directory(key.source);
    const std::string parent = key.path == root->name ? key.path : parent_path(key.path);
    const std::string below = parent == root->name ? "" : parent.substr(root->name.size() + 1);
    const std::string name = key.path == root->name ? "." : base_name(key.path);
    if (const Directory* holder = reconciler_.tree().descend(*root, below))
      reconciler_.hint(holder->id, name, HintKind::kTouched, Via::kScan);
    due_ = true;
  }
  if (world_.broken == Break::kLastGood)
    for (TaskEvent& event : effects.events)
      if (event.kind == TaskEventKind::kInvalid && event.task) {
        const TaskEvent removed{
            TaskEventKind::kRemoved, event.task, {}, event.source, event.path, {}, {}, 0, {}};
        registry_.apply({&removed, 1});
      }
  for (const TaskEvent& event : effects.events)
    world_.trace.add(now_, task_event_name(event.kind),
                     event.path + (event.task ? " " + event.task->uuid.substr(35) + "@" +
                                                    event.task->version + " " + event.task->checksum
                                              : std::string()));
  world_.task_oracle.told(effects.events, *registry_.snapshot(), now_);
  registry_.apply(effects.events);
  world_.task_oracle.applied(effects.events, *registry_.snapshot());
  if (!sync_) return;
  if (!effects.events.empty()) sync_->submit(std::move(effects.events), now_);
  if (effects.restamps.empty()) return;
  std::vector<StampUpdate> stamps;
  for (Restamp& restamp : effects.restamps)
    stamps.push_back(StampUpdate{std::move(restamp.path), restamp.stamp_digest});
  sync_->submit_stamps(std::move(stamps), now_);
}

// Each directory is in exactly one state, and its watch is where that says.
void Program::check_coverage() {
  if (world_.broken != Break::kNone) return;
  const Tree& tree = reconciler_.tree();
  std::size_t native = 0, polled = 0;
  for (std::uint32_t i = 0; i < tree.slots(); ++i) {
    const Directory* directory = tree.at(i);
    if (directory == nullptr || directory->dying) continue;
    const Mode mode = directory->coverage.mode;
    native += mode == Mode::kNative;
    polled += poll_.watches(directory->id);
    if (native_.watches(directory->id) != (mode == Mode::kNative))
      return world_.tree_oracle.violated(
          fmt::format("{} is said to be {}, and its native watch {}", tree.path(*directory),
                      mode_name(mode), native_.watches(directory->id) ? "is there" : "is not"));
    if (poll_.watches(directory->id) && mode != Mode::kPolled)
      return world_.tree_oracle.violated(tree.path(*directory) +
                                         " is polled and is said not to be");
  }
  if (native_.handles() != native || poll_.handles() != polled)
    world_.tree_oracle.violated("a watch of a forgotten directory is left");
}

// What waits is bounded by what is watched, however much happens.
void Program::check_bounds() {
  const Tree& tree = reconciler_.tree();
  for (std::uint32_t i = 0; i < tree.slots(); ++i) {
    const Directory* directory = tree.at(i);
    if (directory == nullptr || !directory->pending) continue;
    if (directory->pending->names.size() > std::max<std::size_t>(4096, directory->entries.size()))
      world_.tree_oracle.violated("pending names beyond their bound in " + tree.path(*directory));
  }
  if (reconciler_.metrics().looks_queued > 2 * tree.slots() + 1000)
    world_.tree_oracle.violated("more looks are queued than there are directories");
}

std::string Program::difference() {
  std::string wrong = world_.tree_oracle.difference(
      reconciler_, native_.lost() || world_.scenario.faults.late != 0);
  if (!wrong.empty()) return wrong;
  if (!world_.scenario.tasks) return {};
  const std::shared_ptr<const RegistrySnapshot> registry = registry_.snapshot();
  wrong = world_.task_oracle.difference(*registry);
  if (wrong.empty() && !pipeline_.idle()) wrong = "the pipeline is busy";
  if (wrong.empty() && sync_) wrong = sync_->difference(*registry, world_.task_oracle);
  return wrong;
}

}  // namespace pawl
