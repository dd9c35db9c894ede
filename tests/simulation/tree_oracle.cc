#include "tests/simulation/tree_oracle.h"

#include <fmt/format.h>

#include <functional>

namespace pawl {
namespace {

// A removal that was noticed before the root went may be told this long after.
constexpr Duration kLately = seconds(60);

}  // namespace

void TreeOracle::ready(const Reconciler& reconciler, std::uint32_t index) {
  Root& root = roots_[index];
  if (root.ready) return violated("ready is told twice");
  root.ready = true;
  const std::function<void(const Directory&, const std::string&)> take =
      [&](const Directory& directory, const std::string& path) {
        for (const Entry& entry : directory.entries) {
          const std::string below = path + "/" + std::string(entry.name());
          root.seen[below] = Seen{entry.type(), entry.inode(), disk_.now};
          if (const Directory* child = reconciler.tree().find(entry.child)) take(*child, below);
        }
      };
  take(*reconciler.root_directory(index), root_path(index));
}

bool TreeOracle::went_lately(std::string_view path, Instant now) const {
  for (const auto& [at, gone] : went_)
    if (now - at < kLately && (path == gone || path.starts_with(gone + "/"))) return true;
  return false;
}

void TreeOracle::changed(const Change& change, Instant now) {
  Root& root = roots_[change.root];
  if (!root.ready) return violated("a change before ready: " + change.path);
  while (!went_.empty() && now - went_.front().first > kLately) went_.pop_front();
  const auto at = root.seen.find(change.path);
  const bool known = at != root.seen.end();
  if (change.kind == ChangeKind::kCreated) {
    if (known) return violated("created, but was there: " + change.path);
    root.seen[change.path] = Seen{change.type, change.inode, disk_.now};
    return;
  }
  if (!known)
    return violated(fmt::format("{}, but was not there: {}", kind_name(change.kind), change.path));
  if (change.kind != ChangeKind::kRemoved) {
    at->second.inode = change.inode;
    if (change.kind == ChangeKind::kModified) at->second.told_at = disk_.now;
    return;
  }
  root.seen.erase(at);
  if (workload_.out_of_sight(change.root) && !went_lately(change.path, now))
    violated("removed while its root was out of sight: " + change.path);
}

std::string TreeOracle::compare(const Reconciler& reconciler, const Directory& directory,
                                const Node& node, const std::string& path, const Root& root,
                                bool lossy, std::size_t& count) const {
  for (const auto& [name, below] : node.entries) {
    const Node* entry = below.get();
    while (entry->mounted) entry = entry->mounted.get();
    const std::string at = path + "/" + name;
    const Entry* known = directory.entries.find(name);
    if (known == nullptr) return "the tree lacks " + at;
    const Stamp stamp = entry->stamp();
    if (known->type() != stamp.type) return "the tree has another type for " + at;
    // The inside of a mount is looked at from there, and its name in the directory above no more.
    const bool mounted = entry->device != node.device;
    if (!mounted && known->inode() != stamp.inode) return "the tree has another inode for " + at;
    const auto seen = root.seen.find(at);
    if (seen == root.seen.end()) return "never told of " + at;
    if (stamp.type == FileType::kDirectory) {
      const Directory* child = reconciler.tree().find(known->child);
      if (child == nullptr) return "the tree does not follow " + at;
      if (!mounted && known->stamp(stamp.device).mode != stamp.mode)
        return "another mode for " + at;
      ++count;
      std::string wrong = compare(reconciler, *child, *entry, at, root, lossy, count);
      if (!wrong.empty()) return wrong;
      continue;
    }
    if (known->stamp(stamp.device) != stamp) return "the tree has another stamp for " + at;
    if (seen->second.inode != stamp.inode) return "told of another inode for " + at;
    if (!lossy && !entry->had_names && stamp.type == FileType::kFile &&
        seen->second.told_at < entry->written_at)
      return "never told of the last write to " + at;
    ++count;
  }
  if (directory.entries.size() != node.entries.size()) {
    for (const Entry& entry : directory.entries)
      if (!node.entries.contains(entry.name()))
        return "the tree still has " + path + "/" + std::string(entry.name());
  }
  return {};
}

std::string TreeOracle::difference(const Reconciler& reconciler, bool lossy) const {
  for (std::uint32_t i = 0; i < kRoots; ++i) {
    const Directory* directory = reconciler.root_directory(i);
    const Node* node = disk_.find(root_path(i) + "/.", false);
    if (node == nullptr) return "no root on the disk";
    if (!roots_[i].ready) return root_path(i) + " is not ready";
    if (!reconciler.available(i)) return root_path(i) + " is not available";
    std::size_t count = 0;
    std::string wrong =
        compare(reconciler, *directory, *node, root_path(i), roots_[i], lossy, count);
    if (!wrong.empty()) return wrong;
    if (count != roots_[i].seen.size()) return "told of more than there is in " + root_path(i);
  }
  return {};
}

}  // namespace pawl
