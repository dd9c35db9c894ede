// From what is pending to looks.
#include <algorithm>

#include "core/reconciler.h"

namespace pawl {
namespace {

// So many names to look at cost about as much as a directory.
constexpr std::size_t kNamesADirectory = 16;
// 100 ms, doubled so often, is more than the longest delay.
constexpr std::uint8_t kFailuresMax = 10;
constexpr std::uint64_t kSettled = 1;  // any digest but 0, where only that counts
// What one look that is performed at once may be asked for.
constexpr std::size_t kAtOnceNamesMax = 4;

Reason reason_of(const Status& status) {
  switch (status.code()) {
    case Code::kPermission: return Reason::kPermission;
    case Code::kNoMemory: return Reason::kKernelMemory;
    case Code::kInstanceLimit: return Reason::kInstanceLimit;
    default: return Reason::kIo;
  }
}

}  // namespace

void Reconciler::dispatch(Instant now, WatchEffects& effects) {
  for (const DirectoryId id : coverer_.reconsider(now, 64)) {
    Directory* directory = tree_.find(id);
    if (directory == nullptr || directory->dying) continue;
    directory->rearm = true;
    pending(*directory, directory->coverage.mode == Mode::kPolled ? Via::kPoll : Via::kScan).verify =
        true;
    enqueue(*directory);
  }
  std::size_t budget = options_.step_work_max / 16;
  for (Lane& lane : lanes_) {
    while (!lane.hung && lane.in_flight < options_.looks_in_flight_max && budget > 0) {
      const std::size_t looks = effects.looks.size();
      if (!dispatch_one(lane, now, effects)) break;
      // A digest of each name goes along.
      const std::size_t names = effects.looks.size() > looks ? effects.looks.back().names.size() : 0;
      budget -= std::min(budget, 1 + names / kNamesADirectory);
    }
  }
  if (budget == 0) effects.more = true;
}

// Takes the next directory of the lane and asks for its look. False: none is waiting.
bool Reconciler::dispatch_one(Lane& lane, Instant now, WatchEffects& effects) {
  const bool sweep = lane.urgent.empty() && lane.fresh.empty();
  DirectoryId id;
  if (!lane.urgent.empty()) {
    id = lane.urgent.front();
    lane.urgent.pop_front();
  } else if (!lane.fresh.empty()) {
    id = lane.fresh.back();
    lane.fresh.pop_back();
    if (lane.fresh.empty()) lane.fresh.shrink_to_fit();  // they may have been 100,000
  } else if (!lane.sweep.empty()) {
    id = lane.sweep.front();
    lane.sweep.pop_front();
  } else {
    return false;
  }
  Directory* directory = tree_.find(id);
  if (directory == nullptr) return true;
  if (sweep) {
    directory->sweep_queued = false;
  } else {
    directory->queued = false;
  }
  if (directory->dying || directory->in_flight || !directory->pending.any()) return true;
  if (directory->lane != lane.index) {
    enqueue(*directory);  // it moved to another while it waited in this
    return true;
  }
  // While its root can't be seen there is nothing to look at; all of it is looked at when it is back.
  const Root& root = *root_of(*directory);
  if (!root.available && root.identity->inode != 0) return true;
  LookRequest request;
  if (build(*directory, now, request, effects)) send(directory, std::move(request), now, effects);
  return true;
}

bool Reconciler::build(Directory& directory, Instant now, LookRequest& request, WatchEffects& effects) {
  Root& root = *root_of(directory);
  Lane& lane = lanes_[directory.lane];
  request.path = look_path(directory);
  if (!lane.probed) {
    request.kind = LookKind::kProbe;
    return true;
  }
  // Watch first, look second: what happens in between is told by the one or seen by the other.
  const bool was_polled = directory.coverage.mode == Mode::kPolled;
  const bool uncovered = directory.rearm || directory.coverage.mode == Mode::kNone ||
                         directory.coverage.mode == Mode::kUnreachable;
  if (root.options.watch && uncovered && wants_hold(directory)) {
    request.kind = LookKind::kProbe;
    request.hold = true;
    return true;
  }
  const bool covered = !root.options.watch || !uncovered || cover(directory, now, effects);
  if (auto held = holds_.extract(directory.id)) request.held = std::move(held.mapped());
  if (!covered) return false;
  Pending pending = std::exchange(directory.pending, {});
  if (lane.mount.folds_names && pending.has_names() && has_stranger(directory, pending.names().names()))
    pending.list = true;
  request.root = directory.listed ? root.identity : nullptr;
  if (root.options.follow_symlinks && !request.root) request.root = root.identity;
  request.follow_symlinks = root.options.follow_symlinks;
  request.granularity = lane.mount.granularity;
  // At the return to native too: of a write before it there was no hint.
  request.hash_unsettled = was_polled || directory.coverage.mode != Mode::kNative ||
                           (root.restored && !directory.counted);
  request.recheck_content = directory.any_unsettled;
  request.skip = untouchable(directory);
  if (pending.list || !directory.listed) {
    request.kind = LookKind::kList;
    if (RarelySet* rarely = tree_.find_rarely_set(directory)) rarely->compared = 0;
  } else if (pending.has_names() && (!pending.verify || is_in_parts(directory))) {
    // A comparison in parts takes long, and its next part may not have these names.
    request.kind = LookKind::kNames;
    fill_names(directory, pending.names().take(), request);
    if (is_at_once(directory, request)) {
      request.at_once = true;
      --at_once_left_;
    }
    if (pending.verify) this->pending(directory, pending.via).verify = true;
  } else {
    request.kind = LookKind::kVerify;
    fill_verify(directory, request);
  }
  // Kept for the answer, which is applied under it.
  directory.look_via = pending.via;
  request.hinted_at = pending.hinted_at();
  directory.look_background = pending.background;
  return true;
}

// Some name is of no entry: new, or another spelling of one that is there, which a look would find under
// both. Only a listing tells which.
bool Reconciler::has_stranger(const Directory& directory, const NameList& names) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (directory.entries.find(names[i]) == nullptr &&
        !(is_ignored(directory, names[i], false) && is_ignored(directory, names[i], true)))
      return true;
  return false;
}

// It is large, is to be watched natively, and nothing is held for it yet.
bool Reconciler::wants_hold(const Directory& directory) const {
  return directory.large && lanes_[directory.lane].mount.tells_all &&
         root_of_const(directory).options.backend != BackendChoice::kPoll &&
         !holds_.contains(directory.id);
}

// The loop waits for no disk that may not answer: what the directory lies on answers, and so does all on
// the way to it. A write whose stamp says nothing has its content read, which is left to a worker.
bool Reconciler::is_at_once(const Directory& directory, const LookRequest& request) const {
  const Root& root = root_of_const(directory);
  if (at_once_left_ == 0 || request.names.size() > kAtOnceNamesMax || request.hash_unsettled ||
      request.follow_symlinks || !root.answers || lanes_[directory.lane].mount.may_hang)
    return false;
  if (root.mounts.empty()) return true;
  const std::string relative = tree_.relative(directory);
  return std::none_of(root.mounts.begin(), root.mounts.end(), [&](const auto& mount) {
    return mount.second.may_hang && is_within(relative, mount.first);
  });
}

void Reconciler::fill_names(Directory& directory, const NameList& names, LookRequest& request) {
  request.names.reserve(names.size(), names.size() * 16);
  request.digests.reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Entry* entry = directory.entries.find(names[i]);
    const Directory* child = entry == nullptr ? nullptr : tree_.find(entry->child());
    if (child != nullptr && on_hanging_mount(directory, *child)) continue;
    if (entry == nullptr && hanging_mount(directory, names[i]) != nullptr) {
      // A listing leaves it out, and so tells of it.
      pending(directory, Via::kScan).list = true;
      continue;
    }
    request.names.push_back(names[i]);
    request.digests.push_back(entry != nullptr && entry->unsettled ? 0 : kSettled);
  }
}

// A directory of a million entries is compared piece by piece: all of their stamps in one request
// would hold up the loop.
bool Reconciler::is_in_parts(const Directory& directory) const {
  return directory.entries.size() > options_.step_work_max;
}

// There is more to compare than the last part.
bool Reconciler::is_partly_compared(const Directory& directory) {
  const RarelySet* rarely = tree_.find_rarely_set(directory);
  return rarely != nullptr && rarely->compared > 0 && rarely->compared < directory.entries.size();
}

void Reconciler::fill_verify(Directory& directory, LookRequest& request) {
  request.self_digest = directory.self_unsettled ? 0 : directory.self.digest;
  const std::size_t begin =
      is_partly_compared(directory) ? tree_.find_rarely_set(directory)->compared : 0;
  if (begin == 0) directory.part_unsettled = false;
  const std::size_t end =
      std::min(directory.entries.size(), begin + std::max<std::size_t>(options_.step_work_max, 1));
  const bool more = end < directory.entries.size();
  if (begin > 0 || more)
    tree_.rarely_set(directory).compared = more ? static_cast<std::uint32_t>(end) : 0;
  request.names.reserve(end - begin, (end - begin) * 16);
  request.digests.reserve(end - begin);
  for (std::size_t i = begin; i < end; ++i) {
    const Entry& entry = directory.entries[i];
    const Directory* child = tree_.find(entry.child());
    // A mount is looked at in a lane of its own; its stamp here would be that of another device.
    if (child != nullptr && child->lane != directory.lane) continue;
    request.names.push_back(entry.name());
    // What was taken for a loop may be none any more: its stamp does not say.
    const bool loop = request.follow_symlinks && entry.type() == FileType::kDirectory &&
                      tree_.find(entry.child()) == nullptr;
    request.digests.push_back(
        entry.unsettled || loop ? 0 : entry.stamp(directory.self.device).digest());
  }
}

bool Reconciler::cover(Directory& directory, Instant now, WatchEffects& effects) {
  Root& root = *root_of(directory);
  const Lane& lane = lanes_[directory.lane];
  directory.rearm = false;
  // Hints that wait in the queue for a watch go with it, and without a watch there were none.
  if (directory.coverage.mode != Mode::kPolled)
    for (Entry& entry : directory.entries)
      if (entry.unsettled) entry.told = kToldMore;
  coverer_.uncover(directory.id);
  // What was found here may be of a directory that the watch did not follow.
  const auto [first, last] = unhinted_.equal_range(directory.id);
  unhinted_.erase(first, last);
  Mount mount = lane.mount;
  const bool distrusted = is_distrusted(directory);
  if (distrusted) mount.tells_all = false;
  Result<Coverage> coverage =
      coverer_.cover(directory.id, look_path(directory), mount, root.options.backend, now);
  if (coverage.ok()) {
    if (distrusted && lane.mount.tells_all && coverage->reason == Reason::kFileSystem)
      coverage->reason = Reason::kLostHints;
    set_coverage(directory, *coverage, now, effects);
    return true;
  }
  uncover(directory);
  look_failed(directory, coverage.status(), now, effects);
  return false;
}

// It is watched no more, in no way, until it is covered anew.
void Reconciler::uncover(Directory& directory) {
  coverer_.uncover(directory.id);
  if (directory.coverage.mode == Mode::kNone) return;
  --root_of(directory)->counts.modes[static_cast<std::size_t>(directory.coverage.mode)];
  directory.coverage = Coverage{};
  ++coverage_changes_;
}

// REQUIRES: `coverage` has a mode.
void Reconciler::set_coverage(Directory& directory, Coverage coverage, Instant now,
                              WatchEffects& effects) {
  const Mode before = directory.coverage.mode;
  if (directory.coverage == coverage) return;
  std::array<std::uint64_t, kModes>& modes = root_of(directory)->counts.modes;
  if (before != Mode::kNone) --modes[static_cast<std::size_t>(before)];
  ++modes[static_cast<std::size_t>(coverage.mode)];
  directory.coverage = coverage;
  ++coverage_changes_;
  if (coverage.mode == Mode::kPolled && !directory.in_sweep) {
    directory.in_sweep = true;
    root_of(directory)->sweep.add(directory.id);
  }
  const Mode told = std::exchange(directory.told_mode, coverage.mode);
  if (told == coverage.mode) return;
  directory.coverage_since = now;
  // As it should be, or as it was asked to be, from the start: that is told by the counts in `ready`.
  const bool expected =
      coverage.mode == Mode::kNative || coverage.reason == Reason::kConfigured;
  if (told == Mode::kNone && expected) return;
  if (coverage.mode == Mode::kPolled) ++metrics_.degradations;
  if (coverage.mode == Mode::kNative) ++metrics_.returns;
  effects.notices.emplace_back(
      CoverageNotice{directory.root, tree_.path(directory), told, coverage, now});
}

// A root is looked at through its last link, if it is one: a link to the current deployment may be
// the root. So is a directory that was reached through a link. inotify_add_watch follows links too.
std::string Reconciler::look_path(const Directory& directory) const {
  std::string path = tree_.path(directory);
  if (directory.is_root() || directory.link) path += "/.";
  return path;
}

void Reconciler::send(Directory* directory, LookRequest&& request, Instant now, WatchEffects& effects) {
  request.directory = directory->id;
  request.number = directory->look_number;
  request.lane = directory->lane;
  directory->in_flight = true;
  Lane& lane = lanes_[directory->lane];
  request.together = lane.probed && !lane.mount.may_hang;
  if (lane.in_flight++ == 0) lane.waiting_since = now;
  ++metrics_.looks;
  effects.looks.push_back(std::move(request));
}

std::uint32_t Reconciler::lane_for(std::uint64_t device) {
  for (const Lane& lane : lanes_)
    if (lane.device == device) return lane.index;
  const auto index = static_cast<std::uint32_t>(lanes_.size());
  lanes_.push_back(Lane{.index = index, .device = device});
  return index;
}

void Reconciler::move_to_lane(Directory& directory, std::uint32_t lane) {
  directory.lane = lane;
  Directory* parent = tree_.find(directory.parent);
  if (parent != nullptr && parent->lane != lane) parent->holds_mounts = true;
}

void Reconciler::look_failed(Directory& directory, const Status& status, Instant now,
                             WatchEffects& effects) {
  ++metrics_.look_errors;
  ++metrics_.look_errors_by_code[static_cast<std::size_t>(status.code())];
  // Once it is seen again that is told, though nothing else may have changed: who could not read what
  // is in it can do so now.
  directory.missed = true;
  const bool gone = status.code() == Code::kNotFound || status.code() == Code::kNotDirectory;
  Root& root = *root_of(directory);
  if (directory.is_root() && (gone || root.identity->inode == 0)) {
    root_lost(root, status, now, effects);
  } else if (!gone || !root.restored || root.ready) {
    // One that was known before is waited for until its parent says that it is gone: its root may be.
    first_look_done(directory);
  }
  if (gone) {
    uncover(directory);
    // Unmounted and removed: its parent need not fear to look at the name any more. Unless the mount is
    // only out of sight, with the root that it lies in: no table will tell when it is back.
    if (!directory.is_root()) {
      const Directory& parent = *tree_.find(directory.parent);
      if (hanging_mount(parent, directory.name()) == nullptr) move_to_lane(directory, parent.lane);
    }
    // A root that was never there is looked for every now and then, and not at once again.
    if (!directory.is_root() || root.identity->inode != 0) ask_parent(directory, Via::kScan);
  } else if (status.code() != Code::kInstanceLimit && status.code() != Code::kNoMemory) {
    coverer_.uncover(directory.id);
    set_coverage(directory, Coverage{Mode::kUnreachable, reason_of(status), status.os_error()}, now,
                 effects);
  }
  // Tried again by itself, less and less often.
  const Duration delay =
      std::min<Duration>(milliseconds(100) * (1 << directory.failures), seconds(60));
  directory.failures = std::min<std::uint8_t>(directory.failures + 1, kFailuresMax);
  Instant& retry_at = tree_.rarely_set(directory).retry_at;
  if (now + delay >= retry_at) return;
  retry_at = now + delay;
  retries_.emplace(retry_at, directory.id);
}

}  // namespace pawl
