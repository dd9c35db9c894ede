#include "tests/simulation/tree_oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "tests/simulation/sim_file_system.h"

namespace pawl {
namespace {

// What went and came back before its root went out of sight may be told to have gone so long after:
// an answer that was on its way, and what waited for it.
constexpr Duration kLately = seconds(4);

}  // namespace

std::size_t TreeOracle::content_at(const std::string& path) const {
  const Node* node = disk_.find(path, false);
  return node == nullptr ? 0 : std::hash<std::string>()(node->bytes);
}

std::size_t TreeOracle::looked_at(const std::string& path) const {
  const auto at = looked_.find(path);
  return at == looked_.end() ? 0 : at->second;
}

void TreeOracle::looked(const std::string& path, const Node& node) {
  if (node.type != FileType::kFile) return;
  std::string plain = path;
  if (const std::size_t dot = plain.find("/./"); dot != std::string::npos) plain.erase(dot, 2);
  looked_[std::move(plain)] = std::hash<std::string>()(node.bytes);
}

void TreeOracle::ready(const Reconciler& reconciler, std::uint32_t index) {
  Root& root = roots_[index];
  if (root.ready) return violated("ready is told twice");
  root.ready = true;
  const std::function<void(const Directory&, const std::string&)> take =
      [&](const Directory& directory, const std::string& path) {
        for (const Entry& entry : directory.entries) {
          const std::string below = path + "/" + std::string(entry.name());
          root.seen[below] = Seen{entry.type(), entry.inode(), disk_.now, content_at(below),
                                  looked_at(below)};
          if (const Directory* child = reconciler.tree().find(entry.child())) take(*child, below);
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
    root.seen[change.path] = Seen{change.type, change.inode, disk_.now, content_at(change.path),
                                   looked_at(change.path)};
    return;
  }
  if (!known)
    return violated(fmt::format("{}, but was not there: {}", kind_name(change.kind), change.path));
  if (change.kind != ChangeKind::kRemoved) {
    at->second.inode = change.inode;
    if (change.kind == ChangeKind::kModified) {
      at->second.told_at = disk_.now;
      at->second.content = content_at(change.path);
      at->second.looked = looked_at(change.path);
    }
    return;
  }
  root.seen.erase(at);
  if (workload_.hidden(change.root, change.path) && !went_lately(change.path, now))
    violated("removed while its root was out of sight: " + change.path);
}

const Node* TreeOracle::seen_as(std::size_t root, const std::string& path,
                                const Node& entry) const {
  const Node* seen = &entry;
  while (seen->mounted) seen = seen->mounted.get();
  if (seen->type != FileType::kSymlink || !workload_.scenario().follows) return seen;
  SimFileSystem files(const_cast<Disk&>(disk_));  // which looks only
  if (!files.follow(root_path(root), path).ok()) return seen;
  return disk_.find_followed(path, false);
}

std::string TreeOracle::compare(const Reconciler& reconciler, const Directory& directory,
                                const Node& node, const std::string& path,
                                std::vector<const Node*>& above, const Root& root,
                                const Untold& untold, std::size_t& count) const {
  const std::size_t index = static_cast<std::size_t>(&root - roots_);
  const auto is_ignored = [&](const std::string& at, bool is_directory) {
    return workload_.scenario().is_ignored(at.substr(root_path(index).size() + 1), is_directory);
  };
  std::size_t shown = 0;
  above.push_back(&node);
  for (const auto& [name, below] : node.entries) {
    const std::string at = path + "/" + name;
    const Node* entry = seen_as(index, at, *below);
    if (is_ignored(at, entry->is_directory())) continue;
    ++shown;
    const Entry* known = directory.entries.find(name);
    if (known == nullptr) return "the tree lacks " + at;
    const Stamp stamp = entry->stamp();
    if (known->type() != stamp.type) return "the tree has another type for " + at;
    // The inside of a mount is looked at from there, and its name in the directory above no more;
    // what a link leads to is told of where it is.
    const bool linked = below->type == FileType::kSymlink && entry->type != FileType::kSymlink;
    const bool mounted = entry->device != node.device;
    if (!mounted && known->inode() != stamp.inode) return "the tree has another inode for " + at;
    const auto seen = root.seen.find(at);
    if (seen == root.seen.end()) return "never told of " + at;
    ++count;
    if (stamp.type == FileType::kDirectory) {
      const bool loop = workload_.scenario().follows &&
                        std::find(above.begin(), above.end(), entry) != above.end();
      const Directory* child = reconciler.tree().find(known->child());
      if (loop && child == nullptr) continue;
      if (loop) return "the tree follows a loop at " + at;
      if (child == nullptr) return "the tree does not follow " + at;
      if (!mounted && known->stamp(stamp.device).mode != stamp.mode)
        return "another mode for " + at;
      std::string wrong = compare(reconciler, *child, *entry, at, above, root, untold, count);
      if (!wrong.empty()) return wrong;
      continue;
    }
    if (known->stamp(stamp.device) != stamp) return "the tree has another stamp for " + at;
    if (seen->second.inode != stamp.inode) return "told of another inode for " + at;
    const std::size_t content = std::hash<std::string>()(entry->bytes);
    if (!linked && !entry->had_names && stamp.type == FileType::kFile &&
        seen->second.told_at < entry->written_at && seen->second.content != content &&
        seen->second.looked != content && !untold(node, name))
      return "never told of the last write to " + at;
  }
  above.pop_back();
  if (directory.entries.size() != shown) {
    for (const Entry& entry : directory.entries) {
      const std::string at = path + "/" + std::string(entry.name());
      if (!node.entries.contains(entry.name()) ||
          is_ignored(at, entry.type() == FileType::kDirectory))
        return "the tree still has " + at;
    }
  }
  return {};
}

std::string TreeOracle::difference(const Reconciler& reconciler, const Untold& untold) const {
  for (std::uint32_t i = 0; i < kRoots; ++i) {
    const Directory* directory = reconciler.root_directory(i);
    const Node* node = disk_.find(root_path(i) + "/.", false);
    if (node == nullptr) return "no root on the disk";
    if (!roots_[i].ready) return root_path(i) + " is not ready";
    if (!reconciler.available(i)) return root_path(i) + " is not available";
    std::size_t count = 0;
    std::vector<const Node*> above;
    std::string wrong =
        compare(reconciler, *directory, *node, root_path(i), above, roots_[i], untold, count);
    if (!wrong.empty()) return wrong;
    if (count != roots_[i].seen.size()) return "told of more than there is in " + root_path(i);
  }
  return {};
}

}  // namespace pawl
