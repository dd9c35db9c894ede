// The watching half: looks, and what comes of them.
#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "tests/simulation/program.h"

namespace pawl {

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

}  // namespace pawl
