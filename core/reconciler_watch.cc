// What the reconciler keeps an eye on by itself: roots that go, mounts that hang, rounds of sweeps,
// overflow, and hints that never came.
#include <algorithm>

#include "core/reconciler.h"

namespace pawl {
namespace {

constexpr Duration kBackgroundTick = seconds(1);
// A polled directory that changed within this is swept among the first.
constexpr Duration kActiveFor = seconds(30);
// A step that comes so much too late says that the process stood still.
constexpr Duration kOversleptMin = seconds(1);
// Lost hints further apart than this are not held against the mount together.
constexpr Duration kLostHintsWithin = seconds(600);

}  // namespace

void Reconciler::keep_watch(Instant now, WatchEffects& effects) {
  follow_mounts(now);
  check_lanes(now, effects);
  guard_roots(now, effects);
  retry_due(now);
  expire_lost_hints(now);
  if (suspect_ && now >= rescan_not_before_) start_rescan(now, effects);
  rescan_roots(now, effects);
  sweep_roots(now);
  if (now >= background_due_) reconcile_background(now);
}

// A root has no watched parent that would tell of it, so it is looked at every now and then.
void Reconciler::guard_roots(Instant now, WatchEffects& effects) {
  for (auto& root : roots_) {
    if (!root || root->probing || now < root->guard_due) continue;
    if (root->ready && !root->options.watch) continue;
    root->guard_due = now + options_.root_interval;
    Directory& directory = *tree_.find(root->directory);
    if (root->identity->inode == 0) {
      if (!directory.in_flight) want_list(directory, Via::kScan);
      continue;
    }
    root->probing = true;
    LookRequest request;
    request.kind = LookKind::kSelf;
    request.directory = directory.id;
    request.number = directory.look_number;
    request.lane = directory.lane;
    request.path = root->identity->path + "/.";
    request.root = root->identity;
    Lane& lane = lanes_[directory.lane];
    if (lane.in_flight++ == 0) lane.waiting_since = now;
    effects.looks.push_back(std::move(request));
  }
}

void Reconciler::root_answered(const LookAnswer& answer, Instant now, WatchEffects& effects) {
  Directory& directory = *tree_.find(answer.directory);
  Root& root = *root_of(directory);
  if (!answer.status.ok()) return root_lost(root, answer.status, now, effects);
  const bool same = answer.self.inode == root.identity->inode &&
                    answer.self.device == root.identity->device;
  if (same && root.available) return;
  if (!same && !believe(root, answer)) {
    const bool moved = answer.self.device != root.identity->device;
    return root_lost(root,
                     Status(Code::kNotFound, "see", root.options.path,
                            moved ? "it is on another device than before, as when it is unmounted"
                                  : "another, empty directory is in its place (if it is to be "
                                    "empty, say so with allow_empty)"),
                     now, effects);
  }
  root.identity = std::make_shared<RootIdentity>(
      RootIdentity{root.identity->path, answer.self.inode, answer.self.device});
  if (!same) {
    move_to_lane(directory, lane_for(answer.self.device));
    root.mount_type = answer.mount.type;
    root.real_path = answer.real_path;
    place_mounts(root);
  }
  directory.missed = directory.missed || !same;
  if (!root.available)
    effects.notices.emplace_back(RootNotice{directory.root, root.options.path, true, {}, now});
  root.available = true;
  effects.notices.emplace_back(
      RescanNotice{RescanReason::kRootBack, root.options.path, tree_.size(), now});
  ++metrics_.rescans;
  rearm_all(root);
}

// Another directory stands where the root was. It is taken for the root unless it looks like what
// is left when a mount goes or a deployment has just begun: then nothing is removed on its word.
bool Reconciler::believe(const Root& root, const LookAnswer& answer) const {
  const Directory& directory = *tree_.find(root.directory);
  // Where nothing was known nothing can be lost: so it is when we start before the mount is there.
  if (directory.entries.empty()) return true;
  const bool empty = answer.names.empty();
  if (empty && !root.options.allow_empty) return false;
  // Network and memory file systems get another device number at every mount, but stay what they are.
  return answer.self.device == root.identity->device || answer.mount.type == root.mount_type;
}

void Reconciler::root_lost(Root& root, const Status& why, Instant now, WatchEffects& effects) {
  root.guard_due = std::max(root.guard_due, now + options_.root_interval / 4);
  if (!root.available) return;
  root.available = false;
  ++metrics_.root_losses;
  effects.notices.emplace_back(
      RootNotice{tree_.find(root.directory)->root, root.options.path, false, why, now});
}

void Reconciler::check_lanes(Instant now, WatchEffects& effects) {
  for (Lane& lane : lanes_) {
    const Duration waited = now - lane.waiting_since;
    if (lane.hung || lane.in_flight == 0 || waited < options_.answer_timeout) continue;
    // An answer is here and waits for its turn; or it is we who did not run, as after SIGSTOP.
    const bool answered = std::any_of(answers_.begin(), answers_.end(), [&](const LookAnswer& answer) {
      return answer.lane == lane.index;
    });
    if (answered || waited > options_.answer_timeout + kOversleptMin) {
      lane.waiting_since = now;
    } else {
      lane_hangs(lane, now, effects);
    }
  }
}

void Reconciler::lane_hangs(Lane& lane, Instant now, WatchEffects& effects) {
  for (std::uint32_t i = 0; i < tree_.slots(); ++i) {
    Directory* directory = tree_.at(i);
    if (directory == nullptr || directory->lane != lane.index) continue;
    Root& root = *root_of(*directory);
    if (directory->is_root()) {
      root_lost(root, Status(Code::kIo, "see", root.options.path, "its mount does not answer"), now,
                effects);
    } else {
      first_look_done(*directory);
    }
    directory->missed = directory->missed || !directory->listed;
    sweep_done(*directory);
    const Mode told = std::exchange(directory->told_mode, Mode::kUnreachable);
    if (told == Mode::kUnreachable) continue;
    directory->coverage_since = now;
    effects.notices.emplace_back(CoverageNotice{directory->root, tree_.path(*directory), told,
                                                Coverage{Mode::kUnreachable, Reason::kNoAnswer, 0},
                                                now});
  }
  lane.hung = true;
  ++coverage_changes_;
}

void Reconciler::lane_answers_again(Lane& lane, Instant now, WatchEffects& effects) {
  lane.hung = false;
  ++coverage_changes_;
  std::uint64_t directories = 0;
  for (std::uint32_t i = 0; i < tree_.slots(); ++i) {
    Directory* directory = tree_.at(i);
    if (directory == nullptr || directory->lane != lane.index || directory->dying) continue;
    ++directories;
    const Coverage coverage = directory->coverage;
    if (coverage.mode != Mode::kNone && directory->told_mode != coverage.mode) {
      directory->told_mode = coverage.mode;
      directory->coverage_since = now;
      effects.notices.emplace_back(CoverageNotice{directory->root, tree_.path(*directory),
                                                  Mode::kUnreachable, coverage, now});
    }
    enqueue_sweep(*directory, coverage.mode == Mode::kPolled ? Via::kPoll : Via::kScan);
  }
  ++metrics_.rescans;
  effects.notices.emplace_back(RescanNotice{RescanReason::kMountBack, {}, directories, now});
}

void Reconciler::sweep_roots(Instant now) {
  for (auto& root : roots_) {
    if (!root || root->sweep.empty() || now < root->sweep.due) continue;
    root->sweep.due = now + root->options.poll_interval;
    if (root->sweep.outstanding > 0) {
      ++metrics_.sweeps_skipped;
      continue;
    }
    root->sweep.round(
        now, root->options.poll_interval, options_.sweep_share, [&](DirectoryId id) {
          Directory* directory = tree_.find(id);
          if (directory == nullptr || directory->dying) return Sweep::Taken::kGone;
          if (directory->coverage.mode != Mode::kPolled) {
            directory->in_sweep = false;
            return Sweep::Taken::kGone;
          }
          if (!lanes_[directory->lane].hung && !directory->sweeping) {
            directory->sweeping = true;
            ++root->sweep.outstanding;
            enqueue_sweep(*directory, Via::kPoll);
          }
          return now - directory->changed_at < kActiveFor && directory->changed_at != Instant{}
                     ? Sweep::Taken::kActive
                     : Sweep::Taken::kResting;
        });
  }
}

// It has been looked at, or will not be in this round.
void Reconciler::sweep_done(Directory& directory) {
  if (!std::exchange(directory.sweeping, false)) return;
  Root& root = *root_of(directory);
  root.sweep.done(root.options.poll_interval, options_.sweep_share);
}

// A slow pass over everything, for ever: what it finds are hints that were lost.
void Reconciler::reconcile_background(Instant now) {
  background_due_ = now + kBackgroundTick;
  if (options_.background_pass_min == Duration::zero()) {
    background_due_ = kNever;
    return;
  }
  if (tree_.size() == 0) return;
  const double everything_ns = static_cast<double>(tree_.size()) * background_cost_ns_;
  const double pass_ns = std::max(static_cast<double>(options_.background_pass_min.count()),
                                  everything_ns / options_.background_share);
  background_debt_ += static_cast<double>(tree_.size()) *
                      static_cast<double>(kBackgroundTick.count()) / pass_ns;
  const std::uint32_t slots = tree_.slots();
  for (std::uint32_t walked = 0; background_debt_ >= 1 && walked < slots; ++walked) {
    background_at_ = background_at_ + 1 < slots ? background_at_ + 1 : 0;
    Directory* directory = tree_.at(background_at_);
    if (directory == nullptr || directory->dying) continue;
    background_debt_ -= 1;
    if (directory->coverage.mode != Mode::kNative || lanes_[directory->lane].hung) continue;
    const bool alone = !directory->pending.any();
    enqueue_sweep(*directory, Via::kScan);
    directory->pending.background = alone;
  }
}

void Reconciler::start_rescan(Instant now, WatchEffects& effects) {
  suspect_ = false;
  // Alarms in a row are answered ever less often; after a quiet time at once again. One that had to
  // wait is in a row, however long it waited.
  const bool in_a_row = rescan_pause_ != Duration::zero() &&
                        now - rescan_not_before_ < options_.rescan_pause_max;
  rescan_pause_ = in_a_row ? std::min(rescan_pause_ * 2, options_.rescan_pause_max)
                           : options_.rescan_pause_min;
  rescan_not_before_ = now + rescan_pause_;
  std::uint64_t directories = 0;
  for (std::uint32_t i = 0; i < tree_.slots(); ++i) {
    Directory* directory = tree_.at(i);
    if (directory == nullptr || directory->dying || directory->coverage.mode != Mode::kNative)
      continue;
    // It may have been removed and made again, with the same inode, and the watch be dead.
    directory->rearm = true;
    enqueue_sweep(*directory, Via::kScan);
    ++directories;
  }
  ++metrics_.rescans;
  effects.notices.emplace_back(RescanNotice{RescanReason::kOverflow, {}, directories, now});
}

void Reconciler::rescan_roots(Instant now, WatchEffects& effects) {
  for (auto& root : roots_) {
    if (!root || !std::exchange(root->rescan_asked, false)) continue;
    std::uint64_t directories = 0;
    for (std::uint32_t i = 0; i < tree_.slots(); ++i) {
      Directory* directory = tree_.at(i);
      if (directory == nullptr || directory->dying || root_of(*directory) != root.get()) continue;
      enqueue_sweep(*directory, Via::kScan);
      ++directories;
    }
    ++metrics_.rescans;
    effects.notices.emplace_back(
        RescanNotice{RescanReason::kRequested, root->options.path, directories, now});
  }
}

// The background reconcile found a change in a directory that is watched natively. The hint may be
// on its way still, or have come while the look was.
void Reconciler::note_found(Directory& directory, std::string_view name, bool elsewhere,
                            Instant now) {
  if (directory.coverage.mode == Mode::kNative && root_of(directory)->ready && !suspect_ &&
      !is_pending(directory, name)) {
    const auto [at, added] = unhinted_.emplace(FoundAt(directory.id, name), now);
    if (added) found_.push_back(Found{now, at->first, elsewhere});
  }
}

void Reconciler::expire_lost_hints(Instant now) {
  for (; work_left_ > 0 && !found_.empty() && now - found_.front().at >= options_.hint_grace;
       --work_left_) {
    const Found found = std::move(found_.front());
    found_.pop_front();
    const auto at = unhinted_.find(found.what);
    if (at == unhinted_.end() || at->second != found.at) continue;
    unhinted_.erase(at);
    Directory* directory = tree_.find(found.what.first);
    // No hint comes from a directory that went meanwhile.
    if (directory == nullptr || directory->dying) continue;
    ++metrics_.lost_hints;
    // Its watch may be dead.
    directory->rearm = true;
    enqueue_sweep(*directory, Via::kScan);
    hold_against(*directory, found, now);
  }
}

// A lost hint is evidence against the directory's watch: a file that is written through a mapping, or
// by another of its names (a hard link), changes without a word for ever. Several, of different
// files, are evidence against all watches of the mount.
void Reconciler::hold_against(Directory& directory, const Found& found, Instant now) {
  RarelySet& rarely = tree_.rarely_set(directory);
  if (rarely.lost_hints < options_.lost_hints_max) ++rarely.lost_hints;
  Lane& lane = lanes_[directory.lane];
  if (lane.distrusted || found.elsewhere) return;
  if (now - lane.lost_at > kLostHintsWithin) lane.lost.clear();
  lane.lost_at = now;
  if (std::find(lane.lost.begin(), lane.lost.end(), found.what) == lane.lost.end())
    lane.lost.push_back(found.what);
  if (lane.lost.size() < options_.lost_hints_max) return;
  lane.lost.clear();
  lane.distrusted = true;
  for (std::uint32_t i = 0; i < tree_.slots(); ++i) {
    Directory* other = tree_.at(i);
    if (other == nullptr || other->lane != lane.index || other->dying) continue;
    other->rearm = true;
    enqueue_sweep(*other, Via::kScan);
  }
}

bool Reconciler::is_distrusted(const Directory& directory) {
  if (lanes_[directory.lane].distrusted) return true;
  const RarelySet* rarely = tree_.find_rarely_set(directory);
  return rarely != nullptr && rarely->lost_hints >= options_.lost_hints_max;
}

void Reconciler::retry_due(Instant now) {
  while (!retries_.empty() && retries_.top().first <= now) {
    const auto [at, id] = retries_.top();
    Directory* directory = tree_.find(id);
    retries_.pop();
    // Of several that were arranged, the one that counts.
    RarelySet* rarely = directory == nullptr ? nullptr : tree_.find_rarely_set(*directory);
    if (rarely == nullptr || rarely->retry_at != at) continue;
    rarely->retry_at = kNever;
    if (!directory->dying && directory->failures > 0)
      want_list(*directory, directory->coverage.mode == Mode::kPolled ? Via::kPoll : Via::kScan);
  }
}

void Reconciler::announce_ready(Instant now, WatchEffects& effects) {
  for (std::uint32_t i = 0; i < roots_.size(); ++i) {
    Root* root = roots_[i].get();
    if (root == nullptr || root->ready || root->unready > 0) continue;
    root->ready = true;
    effects.notices.emplace_back(ReadyNotice{i, now});
  }
}

}  // namespace pawl
