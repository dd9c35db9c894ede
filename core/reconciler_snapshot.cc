// What is known, as a value, and starting from it again.
#include <unordered_map>

#include "core/reconciler.h"

namespace pawl {

bool Reconciler::settle() {
  bool settled = answers_.empty() && !applying_ && dying_.empty();
  for (std::uint32_t i = 0; i < tree_.slots(); ++i) {
    Directory* directory = tree_.at(i);
    if (directory == nullptr || directory->dying) continue;
    // What can't be looked at now stays as it was last seen.
    if (!root_of(*directory)->available || lanes_[directory->lane].hung) continue;
    if (directory->any_unsettled)
      enqueue_sweep(*directory, directory->coverage.mode == Mode::kPolled ? Via::kPoll : Via::kScan);
    const bool waits = directory->pending.any() && directory->failures == 0;
    if (waits || directory->in_flight) settled = false;
  }
  return settled;
}

std::vector<RootSnapshot> Reconciler::snapshot() const {
  std::vector<RootSnapshot> snapshots(roots_.size());
  std::unordered_map<std::uint32_t, std::uint32_t> places;  // by index of DirectoryId
  for (std::uint32_t r = 0; r < roots_.size(); ++r) {
    if (!roots_[r]) continue;
    RootSnapshot& snapshot = snapshots[r];
    snapshot.path = roots_[r]->options.path;
    snapshot.mount_type = roots_[r]->mount_type;
    snapshot.recursive = roots_[r]->options.recursive;
    snapshot.follow_symlinks = roots_[r]->options.follow_symlinks;
    snapshot.inode = roots_[r]->identity->inode;
    snapshot.device = roots_[r]->identity->device;
    // Parents first: a slot may be used again by a parent of what was there before.
    std::vector<const Directory*> order{tree_.find(roots_[r]->directory)};
    for (std::size_t at = 0; at < order.size(); ++at) {
      const Directory& directory = *order[at];
      places[directory.id.index] = static_cast<std::uint32_t>(at);
      SnapshotDirectory& saved = snapshot.directories.emplace_back();
      if (!directory.is_root()) {
        saved.parent = places.at(directory.parent.index);
        saved.name = directory.name();
      }
      saved.self = directory.self;
      saved.self_unsettled = directory.self_unsettled;
      saved.listed = directory.listed;
      saved.link = directory.link;
      saved.entries.reserve(directory.entries.size());
      for (const Entry& entry : directory.entries) {
        const Directory* child = tree_.find(entry.child());
        saved.entries.push_back({.name = std::string(entry.name()),
                                 .stamp = entry.stamp(0),
                                 .followed = child != nullptr,
                                 .unsettled = entry.unsettled != 0});
        if (child != nullptr) order.push_back(child);
      }
    }
  }
  std::erase_if(snapshots, [](const RootSnapshot& root) { return root.directories.empty(); });
  return snapshots;
}

std::uint32_t Reconciler::add_root(RootOptions options, Instant now, const RootSnapshot& from) {
  const std::uint32_t index = add_root(std::move(options), now);
  Root& root = *roots_[index];
  if (from.inode == 0) return index;  // it had never been seen
  root.restored = true;
  root.identity = std::make_shared<RootIdentity>(
      RootIdentity{root.options.path, from.inode, from.device});
  root.mount_type = from.mount_type;
  std::vector<DirectoryId> made(from.directories.size());
  for (std::size_t i = 0; i < from.directories.size(); ++i) {
    const SnapshotDirectory& saved = from.directories[i];
    Directory* directory = tree_.find(root.directory);
    if (i > 0) {
      Directory* parent = tree_.find(made[saved.parent]);
      // Its parent is ignored now, or nothing below the root is asked for any more.
      Entry* entry = parent == nullptr ? nullptr : parent->entries.find(saved.name);
      if (entry == nullptr || !root.options.recursive || entry->type() != FileType::kDirectory) continue;
      const std::uint32_t lane =
          saved.self.device == from.device || saved.self.device == 0 ? parent->lane
                                                                     : lane_for(saved.self.device);
      directory = &tree_.add(parent->id, index, saved.name);
      ++root.counts.directories;
      directory->lane = lane;
      directory->link = saved.link;
      directory->large = is_large(entry->stamp(0));
      // Adding may have moved nothing but slots: the entry is where it was.
      parent->entries.set_child(*entry, directory->id);
      ++root.unready;
    }
    made[i] = directory->id;
    directory->self = saved.self;
    directory->self_unsettled = saved.self_unsettled;
    directory->listed = saved.listed;
    for (const SnapshotEntry& one : saved.entries) {
      const bool is_directory = one.stamp.type == FileType::kDirectory;
      if (is_ignored(*directory, one.name, is_directory) || directory->entries.find(one.name) != nullptr)
        continue;
      Entry& entry = directory->entries.insert(one.name, one.stamp, tree_.common_names());
      ++root.counts.entries;
      if (!one.unsettled) continue;
      entry.unsettled = true;
      directory->any_unsettled = true;
      if (one.content != 0) content_[{directory->id, one.name}] = one.content;
    }
    directory->entries.shrink();
    // Only what differs is answered.
    pending(*directory, Via::kScan).verify = true;
    enqueue(*directory);
  }
  return index;
}

}  // namespace pawl
