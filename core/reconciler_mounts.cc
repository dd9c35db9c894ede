// Mounts that the system's table tells of: one that may hang has a lane of its own before anything
// touches it, and one that comes or goes is looked at although no watch hears of it.
#include <algorithm>

#include "core/reconciler.h"

namespace pawl {
namespace {

std::string_view parent_of(std::string_view relative) {
  const std::size_t slash = relative.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : relative.substr(0, slash);
}

std::string_view name_of(std::string_view relative) {
  return relative.substr(relative.rfind('/') + 1);
}

}  // namespace

void Reconciler::mounted(std::vector<MountPoint> mounts) {
  mounts_ = std::move(mounts);
  mounts_changed_ = true;
}

void Reconciler::follow_mounts(Instant now) {
  if (!std::exchange(mounts_changed_, false)) return;
  for (auto& root : roots_) {
    if (!root) continue;
    const auto before = std::move(root->mounts);
    const bool moved = place_mounts(*root);
    // Without an identity it is about to be looked at for the first time anyway; if that look is out, it
    // may have been at something else.
    if (root->identity->inode == 0) {
      Directory& top = *tree_.find(root->directory);
      if (top.in_flight) look_anew(top);
      continue;
    }
    if (moved) root_moved(*root, now);
    for (const auto& [path, mount] : before)
      if (!root->mounts.contains(path)) mount_gone(*root, path);
    for (const auto& [path, mount] : root->mounts) {
      const auto known = before.find(path);
      if (known == before.end() || !(known->second == mount)) mount_came(*root, path, mount);
    }
  }
}

// Those below the root, by their path in it. True if what the root itself lies on is another mount.
bool Reconciler::place_mounts(Root& root) {
  root.mounts.clear();
  root.answers = false;
  if (root.real_path.empty()) return false;
  std::vector<std::uint64_t> above;
  for (const MountPoint& mount : mounts_) {
    if (is_within(root.real_path, mount.path)) {
      above.push_back(mount.id);
    } else if (is_within(mount.path, root.real_path)) {
      const std::size_t length = root.real_path == "/" ? 0 : root.real_path.size();
      root.mounts[mount.path.substr(length + 1)] = mount;
    }
  }
  root.answers = std::none_of(mounts_.begin(), mounts_.end(), [&](const MountPoint& mount) {
    return mount.may_hang && (is_within(root.real_path, mount.path) ||
                              is_within(root.options.path, mount.path));
  }) && !above.empty();
  return std::exchange(root.mounts_above, above) != above;
}

// Something was mounted over the root or above it, or is no more. What was watched meanwhile may have
// been what lay underneath. If a mount there may hang, nobody else is to wait for the look that finds
// out; and one at a mount that is gone is waited for no more.
void Reconciler::root_moved(Root& root, Instant now) {
  root.guard_due = now;
  const MountPoint* on = nullptr;
  for (const MountPoint& mount : mounts_)
    if (is_within(root.real_path, mount.path) && (!on || mount.path.size() > on->path.size()))
      on = &mount;
  Directory& top = *tree_.find(root.directory);
  const Lane& lane = lanes_[top.lane];
  // Also where a look at the root itself has found out before the table came: what is below it has not.
  if (on != nullptr && (on->may_hang || lane.mount.may_hang)) {
    carry(top, lane_of_mount(*on));
  } else {
    look_anew(top);
  }
  rearm_all(root);
}

// The mount of that name in `directory`, if it may hang.
const MountPoint* Reconciler::hanging_mount(const Directory& directory,
                                            std::string_view name) const {
  const Root& root = root_of_const(directory);
  if (root.mounts.empty()) return nullptr;
  std::string relative = tree_.relative(directory);
  if (!relative.empty()) relative += '/';
  const auto found = root.mounts.find(relative.append(name));
  return found == root.mounts.end() || !found->second.may_hang ? nullptr : &found->second;
}

// Names in `directory` that its looks must not touch.
std::vector<std::string> Reconciler::untouchable(const Directory& directory) const {
  std::vector<std::string> names;
  const Root& root = root_of_const(directory);
  if (!root.mounts.empty()) {
    const std::string relative = tree_.relative(directory);
    for (const auto& [path, mount] : root.mounts) {
      if (!mount.may_hang || parent_of(path) != relative) continue;
      const Entry* entry = directory.entries.find(name_of(path));
      // One that is known is where it was last seen; on_hanging_mount has the word.
      if (entry == nullptr) names.emplace_back(name_of(path));
    }
  }
  // Only then: a directory may have a million entries, and this be a look at one of them.
  for (std::size_t i = 0; directory.holds_mounts && i < directory.entries.size(); ++i) {
    const Entry& entry = directory.entries[i];
    const Directory* child = tree_.find(entry.child());
    if (child != nullptr && on_hanging_mount(directory, *child)) names.emplace_back(entry.name());
  }
  return names;
}

// A listing left out `name`, which is not known yet. It is there: a directory, until a look in its
// own lane tells more.
void Reconciler::appear_untouched(Directory& directory, std::string_view name, Instant now,
                                  WatchEffects& effects) {
  const MountPoint* mount = hanging_mount(directory, name);
  if (mount == nullptr || is_ignored(directory, name, true)) return;
  Looked looked;
  looked.stamp.type = FileType::kDirectory;
  looked.stamp.device = mount->device;
  Entry& entry = directory.entries.insert(name, looked.stamp, tree_.common_names());
  ++root_of(directory)->counts.entries;
  emit(ChangeKind::kCreated, directory, name, looked.stamp, now, effects);
  if (!root_of(directory)->options.recursive) return;
  lane_of_mount(*mount);
  adopt(directory, entry, looked);
}

std::uint32_t Reconciler::lane_of_mount(const MountPoint& mount) {
  Lane& lane = lanes_[lane_for(mount.device)];
  if (!lane.probed) lane.mount.may_hang = mount.may_hang;
  return lane.index;
}

// Of a directory in `parent` that was seen on `device`. If the table tells of a mount there that may
// hang, what was seen is what that covers.
std::uint32_t Reconciler::lane_of_child(const Directory& parent, std::string_view name,
                                        std::uint64_t device) {
  if (const MountPoint* mount = hanging_mount(parent, name)) return lane_of_mount(*mount);
  return device == parent.self.device ? parent.lane : lane_for(device);
}

// The paths of these lead elsewhere from now on: through a mount that may hang, or to where one was.
// They are looked at anew, in that lane, and not watched before: to watch one, be it by uv_fs_poll,
// would have the loop or libuv's threads wait for the mount.
void Reconciler::carry(Directory& top, std::uint32_t lane) {
  std::vector<Directory*> below{&top};
  while (!below.empty()) {
    Directory& directory = *below.back();
    below.pop_back();
    move_to_lane(directory, lane);
    uncover(directory);
    look_anew(directory);
    for (const Entry& entry : directory.entries) {
      Directory* child = tree_.find(entry.child());
      // A mount below it that may hang as well has a lane of its own still.
      if (child != nullptr && hanging_mount(directory, entry.name()) == nullptr)
        below.push_back(child);
    }
  }
}

void Reconciler::mount_came(Root& root, const std::string& path, const MountPoint& mount) {
  const Directory* top = tree_.find(root.directory);
  const Directory* above = tree_.descend(*top, parent_of(path));
  if (above == nullptr) return;  // where it lies is not known, or not yet
  Directory& parent = *tree_.find(above->id);
  const Entry* entry = parent.entries.find(name_of(path));
  Directory* child = entry == nullptr ? nullptr : tree_.find(entry->child());
  if (child == nullptr || !mount.may_hang) {
    pending(parent, Via::kScan).names().insert(name_of(path));
    enqueue(parent);
  }
  if (child == nullptr) return;
  mount.may_hang ? carry(*child, lane_of_mount(mount)) : look_anew(*child);
}

void Reconciler::mount_gone(Root& root, const std::string& path) {
  const Directory* top = tree_.find(root.directory);
  const Directory* known = tree_.descend(*top, path);
  if (known == nullptr || known == top) return;
  Directory& child = *tree_.find(known->id);
  Directory& parent = *tree_.find(child.parent);
  carry(child, parent.lane);
  pending(parent, Via::kScan).names().insert(child.name());
  enqueue(parent);
}

// What is at its path is another directory. A look that hangs on the mount that was there says
// nothing of it, and is not waited for.
void Reconciler::look_anew(Directory& directory) {
  ++directory.look_number;
  if (directory.is_root()) root_of(directory)->probing = false;
  directory.in_flight = applying_ && applying_->answer.directory == directory.id;
  sweep_done(directory);
  directory.rearm = true;
  want_list(directory, Via::kScan);
}

}  // namespace pawl
