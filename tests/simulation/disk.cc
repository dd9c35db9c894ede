#include "tests/simulation/disk.h"

#include <algorithm>
#include <cerrno>

namespace pawl {
namespace {

constexpr int kLinksMax = 40;

Node* fail(int* error, int code) {
  if (error != nullptr) *error = code;
  return nullptr;
}

// What is mounted on `node`, or `node` itself.
Node* top_of(Node* node) {
  while (node->mounted) node = node->mounted.get();
  return node;
}

bool may_search(const Node& directory) {
  return (directory.mode & 0100) != 0;
}

}  // namespace

std::string_view kernel_event_name(KernelEvent event) {
  constexpr std::string_view kNames[] = {"create",  "delete", "moved from",  "moved to",
                                         "modify",  "attrib", "delete self", "move self",
                                         "unmount", "ignored"};
  return kNames[static_cast<std::size_t>(event)];
}

std::string parent_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

Stamp Node::stamp() const {
  Stamp stamp;
  stamp.inode = inode;
  stamp.device = device->number;
  stamp.size = is_directory() ? static_cast<std::int64_t>(entries.size() * 32)
                              : static_cast<std::int64_t>(bytes.size());
  stamp.mtime_ns = mtime;
  stamp.ctime_ns = ctime;
  stamp.mode = mode;
  stamp.owner = owner;
  stamp.type = type;
  stamp.shared = links > 1 && type == FileType::kFile;
  return stamp;
}

Disk::Disk() {
  add_device(Mount{.type = "ext4", .granularity = milliseconds(4)}, milliseconds(4), true);
}

Device& Disk::add_device(Mount mount, Duration tick, bool reuses) {
  Device& device = *devices_.emplace_back(std::make_unique<Device>());
  device.number = 100 + devices_.size();
  device.mount = std::move(mount);
  device.tick = tick;
  device.reuses = reuses;
  device.top = make_node(device, FileType::kDirectory);
  device.top->links = 1;
  device.top->parent = device.top.get();
  return device;
}

Node* Disk::resolve(std::string_view path, bool checked, bool follow, int* error, int links) const {
  return walk(top_of(devices_[0]->top.get()), path, checked, follow, error, links);
}

Node* Disk::walk(Node* node, std::string_view path, bool checked, bool follow, int* error,
                 int links) const {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    const bool last = slash == std::string_view::npos;
    if (name.empty()) continue;
    if (!node->is_directory()) return fail(error, ENOTDIR);
    if (checked && !may_search(*node)) return fail(error, EACCES);
    if (name == ".") continue;
    if (name == "..") {
      node = top_of(node->parent);
      continue;
    }
    const auto entry = node->entries.find(name);
    if (entry == node->entries.end()) return fail(error, ENOENT);
    Node* next = top_of(entry->second.get());
    if (next->type == FileType::kSymlink && (!last || follow)) {
      if (links >= kLinksMax) return fail(error, ELOOP);
      Node* start = next->bytes.starts_with('/') ? top_of(devices_[0]->top.get()) : node;
      next = walk(start, next->bytes, checked, true, error, links + 1);
      if (next == nullptr) return nullptr;
    }
    node = next;
  }
  return node;
}

Node* Disk::parent_of(const std::string& path, std::string& name) const {
  name = base_name(path);
  Node* parent = find_followed(parent_path(path), false);
  return parent != nullptr && parent->is_directory() && !name.empty() ? parent : nullptr;
}

NodePtr Disk::make_node(Device& device, FileType type) {
  auto node = std::make_shared<Node>();
  node->type = type;
  node->device = &device;
  if (device.reuses && !device.inodes_free.empty()) {
    node->inode = device.inodes_free.back();
    device.inodes_free.pop_back();
  } else {
    node->inode = device.inode_next++;
  }
  if (type != FileType::kDirectory) node->mode = 0644;
  stamp_change(*node, true);
  node->written_at = now;
  return node;
}

void Disk::stamp_change(Node& node, bool content) {
  const std::int64_t tick = std::max<std::int64_t>(node.device->tick.count(), 1);
  node.ctime = now / tick * tick;
  if (content) node.mtime = node.ctime;
}

void Disk::event(const Node& directory, KernelEvent kind, std::string_view name) {
  if (tell) tell(directory, kind, name);
}

bool Disk::add(const std::string& path, FileType type, const std::string& bytes) {
  std::string name;
  Node* parent = parent_of(path, name);
  if (parent == nullptr || parent->entries.contains(name)) return false;
  NodePtr node = make_node(*parent->device, type);
  node->links = 1;
  node->parent = parent;
  node->bytes = bytes;
  parent->entries.emplace(name, std::move(node));
  stamp_change(*parent, true);
  if (written && type == FileType::kFile) written(bytes);
  event(*parent, KernelEvent::kCreate, name);
  return true;
}

bool Disk::make_directory(const std::string& path) {
  return add(path, FileType::kDirectory, {});
}

bool Disk::create(const std::string& path) {
  return add(path, FileType::kFile, {});
}

bool Disk::link(const std::string& target, const std::string& path) {
  return add(path, FileType::kSymlink, target);
}

bool Disk::make_fifo(const std::string& path) {
  return add(path, FileType::kOther, {});
}

void Disk::set_bytes(Node& file, const std::string& bytes) {
  file.bytes = bytes;
  file.written_at = now;
  stamp_change(file, true);
  if (written) written(bytes);
}

bool Disk::write(const std::string& path, const std::string& bytes) {
  Node* file = find(path, false);
  if (file == nullptr) {
    if (!create(path)) return false;
  } else {
    if (file->type != FileType::kFile) return false;
    if (!file->bytes.empty() && !overwrite(path, {})) return false;
  }
  return bytes.empty() || overwrite(path, bytes);
}

bool Disk::overwrite(const std::string& path, const std::string& bytes) {
  std::string name;
  Node* parent = parent_of(path, name);
  Node* file = find(path, false);
  if (parent == nullptr || file == nullptr || file->type != FileType::kFile) return false;
  set_bytes(*file, bytes);
  event(*parent, KernelEvent::kModify, name);
  return true;
}

bool Disk::hard_link(const std::string& old, const std::string& path) {
  std::string name, old_name;
  Node* parent = parent_of(path, name);
  Node* from = parent_of(old, old_name);
  if (parent == nullptr || from == nullptr || parent->device != from->device) return false;
  const auto found = from->entries.find(old_name);
  if (found == from->entries.end() || found->second->is_directory()) return false;
  if (!parent->entries.emplace(name, found->second).second) return false;
  ++found->second->links;
  found->second->had_names = true;
  stamp_change(*found->second, false);
  stamp_change(*parent, true);
  event(*parent, KernelEvent::kCreate, name);
  return true;
}

// A name of it went.
void Disk::drop(Node& node) {
  stamp_change(node, false);
  if (--node.links > 0) return;
  if (node.device->reuses) node.device->inodes_free.push_back(node.inode);
  if (node.is_directory()) event(node, KernelEvent::kDeleteSelf, {});
}

bool Disk::remove(const std::string& path) {
  std::string name;
  Node* parent = parent_of(path, name);
  if (parent == nullptr) return false;
  const auto found = parent->entries.find(name);
  if (found == parent->entries.end()) return false;
  const NodePtr node = found->second;
  if (node->mounted || !node->entries.empty()) return false;
  if (gone) gone(path);
  parent->entries.erase(found);
  stamp_change(*parent, true);
  drop(*node);
  event(*parent, KernelEvent::kDelete, name);
  return true;
}

bool Disk::remove_tree(const std::string& path) {
  const Node* node = find(path, false);
  if (node == nullptr) return false;
  std::vector<std::string> names;
  for (const auto& [name, entry] : node->entries) names.push_back(name);
  for (const std::string& name : names) remove_tree(path + "/" + name);
  return remove(path);
}

bool Disk::rename(const std::string& from, const std::string& to) {
  std::string from_name, to_name;
  Node* source = parent_of(from, from_name);
  Node* target = parent_of(to, to_name);
  if (source == nullptr || target == nullptr || source->device != target->device) return false;
  const auto found = source->entries.find(from_name);
  if (found == source->entries.end() || found->second->mounted) return false;
  const NodePtr moved = found->second;
  for (const Node* above = target; above != above->parent; above = above->parent)
    if (above == moved.get()) return false;
  const auto old = target->entries.find(to_name);
  NodePtr replaced;
  if (old != target->entries.end()) {
    replaced = old->second;
    if (replaced == moved || replaced->mounted || !replaced->entries.empty() ||
        replaced->is_directory() != moved->is_directory())
      return false;
    target->entries.erase(old);
  }
  if (gone) gone(from), gone(to);
  source->entries.erase(from_name);
  target->entries.emplace(to_name, moved);
  if (moved->is_directory()) moved->parent = target;
  stamp_change(*moved, false);
  stamp_change(*source, true);
  stamp_change(*target, true);
  event(*source, KernelEvent::kMovedFrom, from_name);
  event(*target, KernelEvent::kMovedTo, to_name);
  if (moved->is_directory()) event(*moved, KernelEvent::kMoveSelf, {});
  if (replaced) drop(*replaced);
  return true;
}

bool Disk::exchange(const std::string& a, const std::string& b) {
  std::string a_name, b_name;
  Node* a_parent = parent_of(a, a_name);
  Node* b_parent = parent_of(b, b_name);
  if (a_parent == nullptr || b_parent == nullptr || a_parent->device != b_parent->device)
    return false;
  const auto a_found = a_parent->entries.find(a_name);
  const auto b_found = b_parent->entries.find(b_name);
  if (a_found == a_parent->entries.end() || b_found == b_parent->entries.end()) return false;
  const NodePtr a_node = a_found->second, b_node = b_found->second;
  if (a_node == b_node || a_node->mounted || b_node->mounted) return false;
  for (const Node* above = a_parent; above != above->parent; above = above->parent)
    if (above == b_node.get()) return false;
  for (const Node* above = b_parent; above != above->parent; above = above->parent)
    if (above == a_node.get()) return false;
  if (gone) gone(a), gone(b);
  std::swap(a_found->second, b_found->second);
  if (a_node->is_directory()) a_node->parent = b_parent;
  if (b_node->is_directory()) b_node->parent = a_parent;
  for (Node* node : {a_node.get(), b_node.get()}) stamp_change(*node, false);
  for (Node* node : {a_parent, b_parent}) stamp_change(*node, true);
  event(*a_parent, KernelEvent::kMovedFrom, a_name);
  event(*b_parent, KernelEvent::kMovedTo, b_name);
  if (a_node->is_directory()) event(*a_node, KernelEvent::kMoveSelf, {});
  event(*b_parent, KernelEvent::kMovedFrom, b_name);
  event(*a_parent, KernelEvent::kMovedTo, a_name);
  if (b_node->is_directory()) event(*b_node, KernelEvent::kMoveSelf, {});
  return true;
}

bool Disk::set_mode(const std::string& path, std::uint16_t mode) {
  std::string name;
  Node* parent = parent_of(path, name);
  Node* node = find(path, false);
  if (parent == nullptr || node == nullptr) return false;
  node->mode = mode;
  stamp_change(*node, false);
  event(*parent, KernelEvent::kAttrib, name);
  if (node->is_directory()) event(*node, KernelEvent::kAttrib, {});
  return true;
}

bool Disk::touch(const std::string& path) {
  std::string name;
  Node* parent = parent_of(path, name);
  Node* node = find(path, false);
  if (parent == nullptr || node == nullptr) return false;
  stamp_change(*node, true);
  event(*parent, KernelEvent::kAttrib, name);
  if (node->is_directory()) event(*node, KernelEvent::kAttrib, {});
  return true;
}

bool Disk::mount(Device& device, const std::string& path) {
  Node* place = find_followed(path, false);
  if (place == nullptr || !place->is_directory() || place->parent == place) return false;
  for (const Node* above = place; above != above->parent; above = above->parent)
    if (above->device == &device) return false;
  place->mounted = device.top;
  place->mounting = ++mountings_;
  device.top->parent = place->parent;
  if (mounts_changed) mounts_changed();
  return true;
}

bool Disk::unmount(const std::string& path) {
  std::string name;
  Node* parent = parent_of(path, name);
  if (parent == nullptr) return false;
  const auto found = parent->entries.find(name);
  if (found == parent->entries.end() || !found->second->mounted) return false;
  const NodePtr top = std::move(found->second->mounted);
  found->second->mounted = nullptr;
  top->parent = top.get();
  unmounted(*top);
  if (mounts_changed) mounts_changed();
  return true;
}

void Disk::unmounted(const Node& node) {
  if (!node.is_directory()) return;
  event(node, KernelEvent::kUnmount, {});
  for (const auto& [name, entry] : node.entries) unmounted(*entry);
}

void Disk::add_mounts(const Node& node, const std::string& path,
                      std::vector<MountPoint>& table) const {
  for (const auto& [name, entry] : node.entries) {
    if (!entry->is_directory()) continue;
    const Node* place = entry.get();
    while (place->mounted && place->mounted->mounted) place = place->mounted.get();
    const Node* seen = top_of(entry.get());
    const std::string below = path + "/" + name;
    if (place->mounted)
      table.push_back({below, seen->device->number, place->mounting, seen->device->mount.may_hang});
    add_mounts(*seen, below, table);
  }
}

std::vector<MountPoint> Disk::mount_table() const {
  std::vector<MountPoint> table{{"/", devices_[0]->number, 0, false}};
  add_mounts(*top_of(devices_[0]->top.get()), "", table);
  return table;
}

std::string Disk::real_path(const std::string& path) const {
  std::string real;
  for (const Node* node = find_followed(path, false); node->parent != node; node = top_of(node->parent))
    for (const auto& [name, entry] : top_of(node->parent)->entries)
      if (top_of(entry.get()) == node) real = "/" + name + real;
  return real.empty() ? "/" : real;
}

bool Disk::would_hang(const std::string& path) const {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const Node* node = find_followed(path.substr(0, end), false);
    if (node == nullptr) return false;
    if (node->device->hung) return true;
    if (end == std::string::npos) return false;
  }
}

}  // namespace pawl
