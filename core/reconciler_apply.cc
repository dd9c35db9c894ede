// From answers to changes.
#include <algorithm>
#include <cerrno>

#include "core/reconciler.h"

namespace pawl {

// One answer at a time, each in bounded pieces: a directory may hold a million entries.
void Reconciler::apply_answers(Instant now, WatchEffects& effects) {
  while (work_left_ > 0) {
    // What is removed is reported before anything that may have taken its place.
    if (!dying_.empty()) {
      forget_some(now, effects);
    } else if (applying_) {
      if (go_on(*applying_, now, effects)) applying_.reset();
    } else if (!answers_.empty()) {
      auto applying = std::make_unique<Applying>();
      applying->answer = std::move(answers_.front());
      answers_.pop_front();
      --work_left_;
      if (begin(*applying, now, effects)) applying_ = std::move(applying);
    } else {
      break;
    }
  }
}

// False: nothing of the answer is to be applied.
bool Reconciler::begin(Applying& applying, Instant now, WatchEffects& effects) {
  const LookAnswer& answer = applying.answer;
  hinted_at_ = answer.hinted_at;
  Lane& lane = lanes_[answer.lane];
  --lane.in_flight;
  lane.waiting_since = now;
  if (lane.hung) lane_answers_again(lane, now, effects);

  Directory* directory = tree_.find(answer.directory);
  if (directory == nullptr) return false;
  Root& root = *root_of(*directory);
  if (answer.number != directory->look_number) return false;  // of what was there before a mount
  if (answer.kind == LookKind::kSelf) {
    root.probing = false;
    root_answered(answer, now, effects);
    return false;
  }
  directory->in_flight = false;
  const bool part = answer.kind == LookKind::kVerify && answer.status.ok() && !answer.root_changed &&
                    is_partly_compared(*directory);
  if (directory->sweeping && part) {
    root.sweep.part_cost(answer.cost);
  } else if (directory->sweeping) {
    root.sweep.cost(answer.cost);
    sweep_done(*directory);
  }
  // A look at a few names says nothing of what one at a directory costs.
  if (answer.kind == LookKind::kVerify || answer.kind == LookKind::kList)
    background_cost_ns_ += (static_cast<double>(answer.cost.count()) - background_cost_ns_) / 64;
  if (directory->dying) return false;
  if (!answer.status.ok()) {
    pending(*directory, directory->look_via).list = true;
    look_failed(*directory, answer.status, now, effects);
    return false;
  }
  if (answer.kind == LookKind::kProbe) {
    probed(*directory, answer, now, effects);
    return false;
  }
  // A root may be another one than it was when its identity was taken, be it a moment ago.
  const bool another = directory->is_root() && root.identity->inode != 0 &&
                       (answer.self.inode != root.identity->inode ||
                        answer.self.device != root.identity->device);
  if (!root.available || answer.root_changed || another) {
    // The watch may have been put on what stands there for a moment.
    directory->rearm = true;
    directory->disbelieved = true;
    root.guard_due = now;
    want_list(*directory, directory->look_via);
    return false;
  }
  if (answer.self.device != lane.device) {
    // Something was mounted here, or unmounted.
    move_to_lane(*directory, lane_for(answer.self.device));
    directory->rearm = true;
    want_list(*directory, directory->look_via);
    return false;
  }
  directory->failures = 0;
  if (directory->disbelieved ||
      (directory->listed && answer.self.inode != directory->self.inode)) {
    // Another directory has taken its place since it was watched, or had taken it then.
    directory->rearm = true;
    pending(*directory, directory->look_via).list = true;
    directory->disbelieved = false;
  }
  // Known before its entries are: a link among them may lead back here.
  directory->self.inode = answer.self.inode;
  directory->self.device = answer.self.device;
  directory->in_flight = true;
  if (answer.kind == LookKind::kList) {
    if (!directory->listed) directory->entries.reserve(answer.looked.size());
    directory->entries.begin_listing();
    // What was skipped says nothing, though it may be a mount no more.
    for (const std::string& name : answer.skipped) {
      if (Entry* entry = directory->entries.find(name)) {
        directory->entries.see(*entry);
      } else {
        appear_untouched(*directory, name, now, effects);
      }
    }
  }
  return true;
}

// The kind of file system is known now, and of a root its device and identity too.
void Reconciler::probed(Directory& directory, const LookAnswer& answer, Instant now,
                        WatchEffects& effects) {
  if (answer.hold) {
    std::erase_if(holds_, [&](const auto& held) { return tree_.find(held.first) == nullptr; });
    holds_[directory.id] = answer.held;
  }
  directory.large = is_large(answer.self);
  Lane& lane = lanes_[answer.lane];
  if (lane.device == 0) {
    for (const Lane& other : lanes_)
      if (other.device == answer.self.device) move_to_lane(directory, other.index);
    lane.device = answer.self.device;
    if (directory.lane != lane.index) lane.device = UINT64_MAX;  // used no more
  }
  if (lane.device == answer.self.device) {
    lane.mount = answer.mount;
    lane.probed = true;
  } else if (directory.lane == lane.index) {
    move_to_lane(directory, lane_for(answer.self.device));
  }
  if (directory.is_root()) {
    Root& root = *root_of(directory);
    const bool same = answer.self.inode == root.identity->inode &&
                      answer.self.device == root.identity->device;
    if (root.identity->inode != 0 && !(root.available && same)) {
      // It was known before, and is not believed on its own word. Of one that is back, what is below it
      // has to be looked at, too.
      root.guard_due = now;
      return want_list(directory, directory.look_via);
    }
    root.identity = std::make_shared<RootIdentity>(
        RootIdentity{root.identity->path, answer.self.inode, answer.self.device});
    root.mount_type = answer.mount.type;
    root.real_path = answer.real_path;
    place_mounts(root);
    if (!root.available)
      effects.notices.emplace_back(RootNotice{directory.root, root.options.path, true, {}, now});
    root.available = true;
  }
  // What is pending waits for the hold alone.
  answer.hold ? enqueue(directory) : want_list(directory, directory.look_via);
}

// True when all of it is applied.
bool Reconciler::go_on(Applying& applying, Instant now, WatchEffects& effects) {
  Directory* directory = tree_.find(applying.answer.directory);
  if (directory == nullptr || directory->dying) return true;
  while (!applying.checking) {
    if (applying.next == applying.answer.looked.size()) {
      applying.checking = true;
      applying.unchecked =
          applying.answer.kind == LookKind::kList ? directory->entries.size() : 0;
      break;
    }
    if (work_left_ == 0) return false;
    --work_left_;
    if (apply_name(*directory, applying, now, effects)) ++applying.next;
    if (!dying_.empty()) return false;
  }
  while (applying.unchecked > 0) {
    if (work_left_ == 0) return false;
    --work_left_;
    const std::size_t i = --applying.unchecked;
    if (!directory->entries.is_seen(directory->entries[i])) vanish(*directory, i, now, effects);
    if (!dying_.empty()) return false;
  }
  finish(*directory, applying, now, effects);
  return true;
}

void Reconciler::finish(Directory& directory, const Applying& applying, Instant now,
                        WatchEffects& effects) {
  directory.in_flight = false;
  if (applying.answer.kind == LookKind::kNames) {
    // Its own stamp stays as it was at the last listing: other names may have come since.
    directory.any_unsettled |= applying.unsettled;
    directory.part_unsettled |= applying.unsettled;
  } else if (applying.answer.kind == LookKind::kVerify) {
    directory.part_unsettled |= applying.unsettled;
    if (is_partly_compared(directory)) {
      const bool background = directory.look_background;
      const bool alone = !directory.pending.any();
      enqueue_sweep(directory, directory.look_via);
      directory.pending.background = background && alone;
    } else {
      directory.any_unsettled = directory.part_unsettled;
    }
  } else {
    directory.any_unsettled = applying.unsettled;
  }
  if (applying.answer.kind == LookKind::kVerify) first_look_done(directory);
  if (applying.answer.kind == LookKind::kList) {
    if (!directory.listed) directory.entries.shrink();
    directory.listed = true;
    directory.self = StampDigest::of(applying.answer.self);
    directory.large = is_large(applying.answer.self);
    directory.self_unsettled = applying.answer.self_unsettled;
    know_in_parent(directory, applying.answer.self);
    first_look_done(directory);
    if (std::exchange(directory.missed, false))
      effects.notices.emplace_back(SeenNotice{directory.root, tree_.path(directory), now});
  }
  const Pending& pending = directory.pending;
  if (!pending.any()) return;
  // The rest of a comparison in parts takes its turn with others.
  if (pending.list || pending.has_names() || !directory.sweep_queued) enqueue(directory);
}

// One that its parent's looks must not touch was entered there without a stamp.
void Reconciler::know_in_parent(const Directory& directory, const Stamp& self) {
  Directory* parent = tree_.find(directory.parent);
  Entry* entry = parent == nullptr ? nullptr : parent->entries.find(directory.name());
  if (entry != nullptr && entry->inode() == 0) entry->set_stamp(self);
}

// Compares one name with the tree. False: it is to be applied again once what was removed by it has
// been forgotten.
bool Reconciler::apply_name(Directory& directory, Applying& applying, Instant now,
                            WatchEffects& effects) {
  const LookAnswer& answer = applying.answer;
  const std::size_t i = applying.next;
  const Looked& looked = answer.looked[i];
  const std::string_view name = answer.names[i];
  Entry* entry = directory.entries.find(name);
  if (looked.os_error == ENOENT) {
    if (entry != nullptr)
      vanish(directory, static_cast<std::size_t>(entry - &directory.entries[0]), now, effects);
    return true;
  }
  if (looked.os_error != 0) {
    // It is there and can't be seen: what was known of it stays.
    ++metrics_.look_errors;
    if (entry != nullptr) {
      directory.entries.see(*entry);
      applying.unsettled |= entry->unsettled;
    }
    return true;
  }
  if (entry == nullptr) {
    appear(directory, answer, i, now, effects);
  } else if (entry->type() != looked.stamp.type ||
             (looked.link && tree_.find(entry->child()) && is_loop(directory, looked.stamp))) {
    vanish(directory, static_cast<std::size_t>(entry - &directory.entries[0]), now, effects);
    return false;
  } else {
    directory.entries.see(*entry);
    differ(directory, *entry, answer, i, now, effects);
  }
  if (answer.unsettled[i]) applying.unsettled = true;
  return true;
}

void Reconciler::appear(Directory& directory, const LookAnswer& answer, std::size_t i, Instant now,
                        WatchEffects& effects) {
  const Looked& looked = answer.looked[i];
  const std::string_view name = answer.names[i];
  const bool is_directory = looked.stamp.type == FileType::kDirectory;
  if (is_ignored(directory, name, is_directory)) return;
  Entry& entry = directory.entries.insert(name, looked.stamp, tree_.common_names());
  entry.unsettled = answer.unsettled[i];
  ++root_of(directory)->counts.entries;
  if (entry.unsettled) {
    if (answer.content[i] != 0) content_[{directory.id, std::string(name)}] = answer.content[i];
    // A hint that came while the look was under way may be of a write after it.
    entry.told = suspect_ || is_pending(directory, name) ? kToldMore : 0;
  }
  emit(ChangeKind::kCreated, directory, name, looked.stamp, now, effects);
  if (directory.look_background) note_found(directory, name, false, now);
  if (is_followed(directory, looked)) adopt(directory, entry, looked);
}

void Reconciler::adopt(Directory& parent, Entry& entry, const Looked& looked) {
  Root& root = *root_of(parent);
  const bool waited_for = !root.ready;
  const Via via = parent.look_via;
  const DirectoryId parent_id = parent.id;
  const std::uint32_t lane = lane_of_child(parent, entry.name(), looked.stamp.device);
  Directory& child = tree_.add(parent_id, parent.root, entry.name());
  ++root.counts.directories;
  move_to_lane(child, lane);
  child.link = looked.link;
  child.large = is_large(looked.stamp);
  child.counted = !waited_for;
  // What was known at its path is judged once it is listed, which may be long after that has rested.
  child.missed = parent.missed || !waited_for;
  if (waited_for) ++root.unready;
  parent.entries.set_child(entry, child.id);
  want_list(child, via);
}

void Reconciler::differ(Directory& directory, Entry& entry, const LookAnswer& answer, std::size_t i,
                        Instant now, WatchEffects& effects) {
  const Looked& looked = answer.looked[i];
  if (Directory* child = tree_.find(entry.child()))
    return differ_directory(directory, entry, *child, looked, now, effects);
  Stamp before = entry.stamp(directory.self.device);
  before.device = looked.stamp.device;  // not kept for what is not a directory
  const bool same_stamp = before == looked.stamp;
  const bool content = content_differs(directory, entry, answer, i, same_stamp);
  // What a link leads to is no longer above it, or this is no link any more.
  if (is_followed(directory, looked)) adopt(directory, entry, looked);
  if (same_stamp && !content) return;
  entry.set_stamp(looked.stamp);
  const ChangeKind kind = content || !before.same_content(looked.stamp) ? ChangeKind::kModified
                                                                        : ChangeKind::kAttributes;
  // A directory that is not followed has no content of its own but its names.
  if (looked.stamp.type == FileType::kDirectory && before.mode == looked.stamp.mode &&
      before.owner == looked.stamp.owner)
    return;
  emit(kind, directory, entry.name(), looked.stamp, now, effects);
  // Where only a hint spoke for a write, that hint may have been of this.
  if (kind == ChangeKind::kModified && before.same_content(looked.stamp) &&
      (before.mode != looked.stamp.mode || before.owner != looked.stamp.owner))
    emit(ChangeKind::kAttributes, directory, entry.name(), looked.stamp, now, effects);
  // Of a link made to a file, or removed, its directory is not told: that is nobody's fault.
  const bool hinted = kind == ChangeKind::kModified || before.mode != looked.stamp.mode ||
                      before.owner != looked.stamp.owner;
  // Nor of what is done to a file by another of its names.
  const bool elsewhere =
      before.inode == looked.stamp.inode && (before.shared || looked.stamp.shared);
  if (directory.look_background && hinted) note_found(directory, entry.name(), elsewhere, now);
}

// A stamp that was ambiguous: was there a write that it does not show? Updates what is known of it.
bool Reconciler::content_differs(Directory& directory, Entry& entry, const LookAnswer& answer,
                                 std::size_t i, bool same_stamp) {
  if (!entry.unsettled && !answer.unsettled[i]) return false;
  const bool was_unsettled = entry.unsettled;
  entry.unsettled = answer.unsettled[i];
  const std::uint8_t told = entry.told;
  // A hint that came while the look was under way may be of a write after it.
  if (!is_pending(directory, entry.name())) entry.told = 0;
  if (suspect_) entry.told = kToldMore;
  const std::pair<DirectoryId, std::string> key(directory.id, entry.name());
  const auto known = content_.find(key);
  const std::uint64_t before = known == content_.end() ? 0 : known->second;
  const std::uint64_t after = answer.content[i];
  if (after != 0 && entry.unsettled) {
    content_[key] = after;
  } else if (known != content_.end()) {
    content_.erase(known);
  }
  if (!was_unsettled) return false;
  if (before != 0 && after != 0) return before != after;
  // Without the content, hints are all there is to go by. A single one is explained by a stamp that
  // is another now: a chmod long after the write is no write.
  return told == kToldMore || (told == 1 && same_stamp);
}

void Reconciler::differ_directory(Directory& directory, Entry& entry, Directory& child,
                                  const Looked& looked, Instant now, WatchEffects& effects) {
  const Stamp before = entry.stamp(looked.stamp.device);
  entry.set_stamp(looked.stamp);
  const std::uint32_t lane = lane_of_child(directory, entry.name(), looked.stamp.device);
  if (before.inode != looked.stamp.inode || lane != child.lane || child.link != looked.link) {
    // Another directory in its place. Its entries are compared one by one.
    move_to_lane(child, lane);
    child.link = looked.link;
    child.rearm = true;
    want_list(child, directory.look_via);
  }
  if (before.mode == looked.stamp.mode && before.owner == looked.stamp.owner) return;
  emit(ChangeKind::kAttributes, directory, entry.name(), looked.stamp, now, effects);
  if (child.coverage.mode != Mode::kNative) want_list(child, directory.look_via);
}

void Reconciler::vanish(Directory& directory, std::size_t position, Instant now, WatchEffects& effects) {
  Entry& entry = directory.entries[position];
  if (entry.unsettled) content_.erase({directory.id, std::string(entry.name())});
  if (directory.look_background) note_found(directory, entry.name(), false, now);
  --root_of(directory)->counts.entries;
  if (Directory* child = tree_.find(entry.child())) {
    dying_.push_back(Dying{child->id, tree_.path(*child), directory.look_via,
                           entry.stamp(directory.self.device)});
    child->dying = true;
    coverer_.changed(directory.id, now);
  } else {
    emit(ChangeKind::kRemoved, directory, entry.name(), entry.stamp(directory.self.device), now,
         effects);
  }
  directory.entries.erase(position);
}

// Forgets a subtree, the deepest first, and reports each of its entries.
void Reconciler::forget_some(Instant now, WatchEffects& effects) {
  while (!dying_.empty() && work_left_ > 0) {
    --work_left_;
    Dying& dying = dying_.back();
    Directory& directory = *tree_.find(dying.directory);
    Root& root = *root_of(directory);
    const bool told = is_told(root);
    Change change{.kind = ChangeKind::kRemoved,
                  .via = dying.via,
                  .root = directory.root,
                  .device = directory.self.device,
                  .known_at = now};
    if (!directory.entries.empty()) {
      const std::size_t last = directory.entries.size() - 1;
      Entry& entry = directory.entries[last];
      if (entry.unsettled) content_.erase({directory.id, std::string(entry.name())});
      --root.counts.entries;
      change.path = dying.path + "/" + std::string(entry.name());
      change.type = entry.type();
      change.inode = entry.inode();
      Directory* child = tree_.find(entry.child());
      const Stamp stamp = entry.stamp(directory.self.device);
      directory.entries.erase(last);
      if (child != nullptr) {
        child->dying = true;
        dying_.push_back(Dying{child->id, std::move(change.path), dying.via, stamp});
        continue;
      }
    } else {
      change.path = std::move(dying.path);
      change.type = FileType::kDirectory;
      change.inode = dying.stamp.inode;
      change.device = dying.stamp.device;
      uncover(directory);
      sweep_done(directory);
      first_look_done(directory);
      tree_.remove(directory.id);
      --root.counts.directories;
      dying_.pop_back();
    }
    if (!told) continue;
    ++metrics_.changes;
    effects.changes.push_back(std::move(change));
  }
}

bool Reconciler::is_followed(const Directory& directory, const Looked& looked) const {
  return looked.stamp.type == FileType::kDirectory && root_of_const(directory).options.recursive &&
         !is_loop(directory, looked.stamp);
}

bool Reconciler::is_loop(const Directory& directory, const Stamp& stamp) const {
  if (!root_of_const(directory).options.follow_symlinks) return false;
  for (const Directory* above = &directory; above != nullptr; above = tree_.find(above->parent))
    if (above->self.inode == stamp.inode && above->self.device == stamp.device) return true;
  return false;
}

bool Reconciler::is_ignored(const Directory& directory, std::string_view name, bool is_directory) {
  const RootOptions& options = root_of_const(directory).options;
  if (!options.ignored) return false;
  std::string_view below = path_of(directory);
  below.remove_prefix(std::min(below.size(), options.path.size()));
  if (below.starts_with('/')) below.remove_prefix(1);
  relative_.assign(below);
  if (!relative_.empty()) relative_ += '/';
  relative_ += name;
  return options.ignored(relative_, is_directory);
}

const std::string& Reconciler::path_of(const Directory& directory) {
  if (path_directory_ != directory.id) {
    path_ = tree_.path(directory);
    path_directory_ = directory.id;
  }
  return path_;
}

void Reconciler::emit(ChangeKind kind, Directory& directory, std::string_view name,
                      const Stamp& stamp, Instant now, WatchEffects& effects) {
  // The first look at a root is what later ones are compared with, and no change.
  if (!is_told(*root_of(directory))) return;
  directory.changed_at = now;
  coverer_.changed(directory.id, now);
  ++metrics_.changes;
  if (directory.look_via == Via::kNative && hinted_at_ != Instant{})
    metrics_.hint_to_change.add(now - hinted_at_);
  const std::string& above = path_of(directory);
  std::string path;
  path.reserve(above.size() + 1 + name.size());
  path += above;
  if (path.back() != '/') path += '/';
  path += name;
  effects.changes.push_back(Change{.kind = kind,
                                   .type = stamp.type,
                                   .via = directory.look_via,
                                   .root = directory.root,
                                   .path = std::move(path),
                                   .from = {},
                                   .inode = stamp.inode,
                                   .device = stamp.device,
                                   .known_at = now});
}

void Reconciler::first_look_done(Directory& directory) {
  if (directory.counted) return;
  directory.counted = true;
  --root_of(directory)->unready;
}

}  // namespace pawl
