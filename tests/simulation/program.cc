#include "tests/simulation/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <variant>

namespace pawl {
namespace {

// As the reconciler has it: fewer names are never given up for a look at the whole directory.
constexpr std::size_t kPendingNamesMin = 4096;
// What a workload of a few names in each of a few hundred directories can make.
constexpr std::size_t kTaskPlacesMax = 600;
constexpr std::size_t kIdentitiesMax = 18;

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

// As sync/restocker.h does: what the database lacks is read and given to it.
void Program::restock() {
  for (const TaskPtr& task : sync_->take_wanted()) {
    world_.trace.add(now_, "wanted", std::string(task->uuid()));
    wanted_.emplace(std::string(task->uuid()), std::string(task->version()));
    restock_due_ = now_;
  }
  if (now_ < restock_due_) return;
  for (const auto& identity : std::set<std::pair<std::string, std::string>>(wanted_))
    restock(identity);
  restock_due_ = wanted_.empty() ? kNever : now_ + seconds(2);
}

void Program::restock(const std::pair<std::string, std::string>& identity) {
  const TaskPtr task = registry_.snapshot()->get(identity.first, identity.second);
  if (!task) {
    wanted_.erase(identity);
    return;
  }
  const SourceIndex source = std::string(task->source()) == source_name(0) ? 0 : 1;
  const auto place = tasks_.task_of(source, std::string(task->path()));
  if (!place || place->path != std::string(task->path())) return;
  LoadRequest request;
  request.source = std::string(task->source());
  request.root = root_path(source);
  if (std::string(task->path()) != request.root) request.relative = std::string(task->path()).substr(request.root.size() + 1);
  request.archive = place->archive;
  request.follow_symlinks = world_.scenario.follows;
  request.ignore = [&scenario = world_.scenario](std::string_view relative, bool directory) {
    return scenario.is_ignored(relative, directory);
  };
  loads_.push_back(Load{std::move(request), now_ + draw_delay(), nullptr, true});
}

void Program::restocked(LoadResult result) {
  const SourceIndex source = result.request.source == source_name(0) ? 0 : 1;
  const std::string path = task_path(result.request);
  const TaskPtr served = result.outcome == LoadOutcome::kValid
                             ? registry_.snapshot()->get(result.task->uuid(), result.task->version())
                             : nullptr;
  if (!served || served->checksum() != result.checksum || served->path() != path ||
      wanted_.erase({std::string(served->uuid()), std::string(served->version())}) == 0)
    return;
  TaskEvent event;
  event.kind = TaskEventKind::kAdded;
  event.task = served;
  event.content = std::move(result.content);
  event.source = served->source();
  event.path = path;
  if (const KnownTask* known = pipeline_.ledger().find({source, path}))
    event.stamp_digest = known->stamp_digest;
  std::vector<TaskEvent> events;
  events.push_back(std::move(event));
  sync_->submit(std::move(events), now_);
}

bool Program::is_hung(const std::string& path) const { return world_.disk.would_hang(path); }

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
    if (request.at_once && !would_hang(request)) {
      reconciler_.answered(std::move(*perform_look(std::move(request))));
      due_ = true;
      continue;
    }
    if (request.at_once && knows_mounts())
      world_.tree_oracle.violated("the loop would wait for the mount of " + request.path);
    lanes_[index].looks.push_back(Look{std::move(request), now_ + draw_delay(), tables_read_});
  }
  looks.clear();
}

std::unique_ptr<LookAnswer> Program::perform_look(LookRequest&& request) {
  const std::string path = request.path;
  files_.seen = [this](const std::string& at, const Node& node) {
    world_.tree_oracle.looked(at, node);
  };
  auto answer = std::make_unique<LookAnswer>(perform(files_, std::move(request), room_));
  files_.seen = nullptr;
  answer->cost = Duration(20'000);
  world_.trace.add(now_, "look",
                   fmt::format("{} kind {} status {} names {}", path,
                               static_cast<int>(answer->kind),
                               static_cast<int>(answer->status.code()), answer->names.size()));
  return answer;
}

void Program::turn_lanes() {
  for (Lane& lane : lanes_) {
    for (Worker& worker : lane.workers) {
      if (!worker.answer || worker.answer_due > now_) continue;
      reconciler_.answered(std::move(*worker.answer));
      worker.answer.reset();
      due_ = true;
    }
    for (Worker& worker : lane.workers) start_look(lane, worker);
  }
}

// What links lead to, the table of mounts does not tell; nor is anybody told to read it again when a
// directory that holds a mount is moved.
bool Program::knows_mounts() const {
  return world_.scenario.mount_table && !world_.scenario.follows &&
         world_.broken == Break::kNone && mounts_ == world_.disk.mount_table();
}

// A look that waits for a mount holds up all others of its lane, which must be of that mount too.
void Program::check_lane_hangs_alone(const Look& look) {
  if (look.tables_read != tables_read_ || !knows_mounts()) return;
  const Tree& tree = reconciler_.tree();
  for (std::uint32_t i = 0; i < tree.slots(); ++i) {
    const Directory* other = tree.at(i);
    if (other != nullptr && !other->dying && other->lane == look.request.lane &&
        !is_hung(tree.path(*other)))
      return world_.tree_oracle.violated(
          fmt::format("a look at {}, whose mount does not answer, holds up {}", look.request.path,
                      tree.path(*other)));
  }
}

void Program::start_look(Lane& lane, Worker& worker) {
  if (worker.answer || lane.looks.empty() || lane.looks.front().due > now_) return;
  Look& look = lane.looks.front();
  if (&worker != lane.workers && !look.request.together) return;
  if (would_hang(look.request)) {
    check_lane_hangs_alone(look);
    look.due = now_ + milliseconds(100);
    return;
  }
  LookRequest request = std::move(look.request);
  lane.looks.pop_front();
  worker.answer = perform_look(std::move(request));
  worker.answer_due = now_ + draw_delay();
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
      if (world_.changed) world_.changed(change);
      if (!world_.scenario.tasks) continue;
      pipeline_.changed(change.root, change, now_);
      if (withheld_[change.root] && !reconciler_.root_directory(change.root)->entries.empty())
        source_looked_at(change.root);
    }
    effects.changes.clear();
    for (const Notice& notice : effects.notices) take_notice(notice);
    effects.notices.clear();
    if (!effects.more && !due_) break;
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
      LoadResult result = std::move(*load.result);
      const bool restocks = load.restocks;
      loads_.erase(loads_.begin() + static_cast<std::ptrdiff_t>(i));
      restocks ? restocked(std::move(result)) : pipeline_.loaded(std::move(result), now_);
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

void Program::trace(const TaskEvent& event) {
  world_.trace.add(now_, task_event_name(event.kind),
                   event.path + (event.task ? " " + std::string(event.task->uuid()).substr(35) + "@" +
                                                  std::string(event.task->version()) + " " + std::string(event.task->checksum())
                                            : std::string()));
}

void Program::pump() {
  Effects effects = pipeline_.step(now_);
  for (LoadRequest& request : effects.loads)
    loads_.push_back(Load{std::move(request), now_ + draw_delay(), nullptr, false});
  for (const TaskKey& key : effects.looks) {
    const Directory* root = reconciler_.root_directory(key.source);
    const std::string parent = key.path == root->name() ? key.path : parent_path(key.path);
    const std::string below = parent == root->name() ? "" : parent.substr(root->name().size() + 1);
    const std::string name = key.path == root->name() ? "." : base_name(key.path);
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
  for (const TaskEvent& event : effects.events) trace(event);
  world_.task_oracle.told(effects.events, *registry_.snapshot(), now_);
  registry_.apply(effects.events);
  world_.task_oracle.applied(effects.events, *registry_.snapshot());
  check_task_bounds();
  if (!sync_) return;
  for (const TaskEvent& event : effects.events)
    if (event.task && event.content) wanted_.erase({std::string(event.task->uuid()), std::string(event.task->version())});
  if (!effects.events.empty()) sync_->submit(std::move(effects.events), now_);
  if (effects.restamps.empty()) return;
  std::vector<StampUpdate> stamps;
  for (Restamp& restamp : effects.restamps)
    stamps.push_back(StampUpdate{std::move(restamp.path), restamp.stamp_digest});
  sync_->submit_stamps(std::move(stamps), now_);
}

// Each directory is in exactly one state, its watch is where that says, and the counts agree.
void Program::check_coverage() {
  if (world_.broken != Break::kNone) return;
  const Tree& tree = reconciler_.tree();
  std::size_t native = 0, polled = 0;
  std::array<std::uint64_t, 4> counts{};
  for (std::uint32_t i = 0; i < tree.slots(); ++i) {
    const Directory* directory = tree.at(i);
    if (directory == nullptr) continue;
    const Mode mode = directory->coverage.mode;
    const Mode shown = reconciler_.mode_of(*directory);
    if (shown != Mode::kNone) ++counts[static_cast<std::size_t>(shown)];
    native += mode == Mode::kNative;
    polled += poll_.watches(directory->id);
    if (native_.watches(directory->id) != (mode == Mode::kNative))
      return world_.tree_oracle.violated(
          fmt::format("{} is said to be {}, and its native watch {}", tree.path(*directory),
                      mode_name(mode), native_.watches(directory->id) ? "is there" : "is not"));
    if (poll_.watches(directory->id) && mode != Mode::kPolled)
      return world_.tree_oracle.violated(tree.path(*directory) +
                                         " is polled and is said not to be");
    if (directory->dying) continue;
    // In none only before its first look, or while it is to be covered anew.
    const bool excused = !directory->listed || directory->failures > 0 || directory->rearm ||
                         directory->in_flight || !reconciler_.available(directory->root);
    if (mode == Mode::kNone && !excused)
      return world_.tree_oracle.violated(tree.path(*directory) + " is not covered at all");
  }
  if (native_.handles() != native || poll_.handles() != polled)
    return world_.tree_oracle.violated("a watch of a forgotten directory is left");
  if (reconciler_.metrics().directories != counts)
    world_.tree_oracle.violated("the counts of directories by mode are wrong");
}

// What waits is bounded by what is watched, however much happens.
void Program::check_bounds() {
  const Tree& tree = reconciler_.tree();
  directories_max_ = std::max(directories_max_, tree.size());
  // Those that go and those that come may be there at the same time.
  if (tree.slots() > 2 * directories_max_ + 16)
    world_.tree_oracle.violated("the tree has more slots than there ever were directories");
  for (std::uint32_t i = 0; i < tree.slots(); ++i) {
    const Directory* directory = tree.at(i);
    if (directory == nullptr || !directory->pending) continue;
    if (directory->pending->names.size() >
        std::max<std::size_t>(kPendingNamesMin, directory->entries.size()))
      world_.tree_oracle.violated("pending names beyond their bound in " + tree.path(*directory));
  }
  // A root's guard is out beside those.
  const std::size_t out_max = ReconcilerOptions().looks_in_flight_max + kRoots;
  for (const Lane& lane : lanes_) {
    std::size_t looks = lane.looks.size();
    for (const Worker& worker : lane.workers) looks += worker.answer ? 1 : 0;
    if (looks > out_max) world_.tree_oracle.violated("more looks are out than may be");
  }
  const std::size_t places = tree.slots() + kRoots + lanes_.size();
  if (reconciler_.metrics().looks_queued > 2 * places)
    world_.tree_oracle.violated("more looks are queued than there are directories");
}

// The same for tasks, by what is known of them.
void Program::check_task_bounds() {
  std::size_t known = 0;
  for (std::uint32_t i = 0; i < kRoots; ++i) {
    known += pipeline_.ledger().paths(i).size();
    if (pipeline_.loading(i) > SourceOptions().max_concurrent_reloads)
      world_.tree_oracle.violated("more tasks are being loaded than may be");
    if (pipeline_.pending(i) > kTaskPlacesMax)
      world_.tree_oracle.violated("more places are waiting for a rest than there ever were");
  }
  if (loads_.size() > kRoots * SourceOptions().max_concurrent_reloads + wanted_.size())
    world_.tree_oracle.violated("more loads are out than may be");
  // An identity has at most one entry, a path another, and stamps a third.
  if (sync_ && sync_->waiting() > kIdentitiesMax + 3 * (known + kTaskPlacesMax))
    world_.tree_oracle.violated("more waits for the database than there is to tell");
}

std::string Program::difference() {
  std::string wrong = world_.tree_oracle.difference(
      reconciler_, [this](const Node& directory, const std::string& name) {
        return native_.is_untold(directory, name);
      });
  if (!wrong.empty()) return wrong;
  if (!world_.scenario.tasks) return {};
  const std::shared_ptr<const RegistrySnapshot> registry = registry_.snapshot();
  wrong = world_.task_oracle.difference(*registry);
  if (wrong.empty() && !pipeline_.idle()) wrong = "the pipeline is busy";
  if (wrong.empty() && sync_) wrong = sync_->difference(*registry, world_.task_oracle);
  return wrong;
}

}  // namespace pawl
