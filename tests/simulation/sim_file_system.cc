#include "tests/simulation/sim_file_system.h"

#include <algorithm>
#include <cerrno>
#include <deque>

namespace pawl {
namespace {

constexpr int kLinksMax = 40;

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Status beneath_error(int error, const char* operation, const std::string& path) {
  if (error == EXDEV) return Status(Code::kEscapes, operation, path, "leads outside its root");
  if (error == ELOOP) return Status(Code::kInvalid, operation, path, {}, error);
  return Status::from_errno(error, operation, path);
}

// Puts the components of `path` before those of `rest`.
void splice(std::string_view path, std::deque<std::string>& rest) {
  std::deque<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (slash != 0) parts.emplace_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  rest.insert(rest.begin(), parts.begin(), parts.end());
}

Node* mounted_on(Node* node) {
  while (node->mounted) node = node->mounted.get();
  return node;
}

}  // namespace

Node* SimFileSystem::open_to_list(const std::string& path, int& error) const {
  error = fault_at(path);
  if (error != 0) return nullptr;
  Node* node = disk_.find(path, !privileged, &error);
  if (node == nullptr) return nullptr;
  if (!node->is_directory()) {
    error = ENOTDIR;
    return nullptr;
  }
  return node;
}

Status SimFileSystem::look(const std::string& path, std::span<const std::string_view> names,
                           Stamp& self, std::vector<Looked>& looked) {
  looked.clear();
  int error = 0;
  Node* opened = open_to_list(path, error);
  if (opened == nullptr) return Status::from_errno(error, "look into", path);
  if (!privileged && (opened->mode & 0100) == 0)
    return Status::from_errno(EACCES, "look into", path);
  // Held open: it may be renamed or removed meanwhile, and is this directory still.
  const std::shared_ptr<Node> held = opened->shared_from_this();
  self = opened->stamp();
  looked.resize(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    pause();
    const auto entry = opened->entries.find(names[i]);
    if (entry == opened->entries.end()) {
      looked[i].os_error = ENOENT;
      continue;
    }
    const std::string at = path + "/" + std::string(names[i]);
    looked[i].os_error = fault_at(at, true);
    if (looked[i].os_error != 0) continue;
    const Node* node = mounted_on(entry->second.get());
    looked[i].stamp = node->stamp();
    note_seen(at, *node);
  }
  return {};
}

Result<Stamp> SimFileSystem::stat(const std::string& path) {
  pause();
  int error = fault_at(path);
  Node* node = error == 0 ? disk_.find(path, !privileged, &error) : nullptr;
  if (node == nullptr) return Status::from_errno(error, "stat", path);
  return node->stamp();
}

// What `relative` leads to without leaving `root`, as openat2 with RESOLVE_BENEATH.
Node* SimFileSystem::beneath(const std::string& root, const std::string& relative,
                             bool follow_symlinks, int& error) const {
  Node* top = disk_.find_followed(root, !privileged, &error);
  if (top == nullptr) return nullptr;
  const auto stop = [&](int code) -> Node* {
    error = code;
    return nullptr;
  };
  if (!top->is_directory()) return stop(ENOTDIR);
  if (relative.starts_with('/')) return stop(EXDEV);
  std::vector<Node*> way{top};
  std::deque<std::string> rest;
  splice(relative, rest);
  for (int links = 0; !rest.empty();) {
    const std::string name = std::move(rest.front());
    rest.pop_front();
    Node* here = way.back();
    if (!here->is_directory()) return stop(ENOTDIR);
    if (!privileged && (here->mode & 0100) == 0) return stop(EACCES);
    if (name == ".") continue;
    if (name == "..") {
      if (way.size() == 1) return stop(EXDEV);
      way.pop_back();
      continue;
    }
    const auto entry = here->entries.find(name);
    if (entry == here->entries.end()) return stop(ENOENT);
    Node* next = mounted_on(entry->second.get());
    if (next->type != FileType::kSymlink) {
      way.push_back(next);
      continue;
    }
    if (!follow_symlinks || ++links > kLinksMax) return stop(ELOOP);
    std::string target = next->bytes;
    if (target.starts_with('/')) {
      if (target != root && !target.starts_with(root + "/")) return stop(EXDEV);
      target = target.substr(root.size());
      way.resize(1);
    }
    splice(target, rest);
  }
  return way.back();
}

Result<Stamp> SimFileSystem::follow(const std::string& root, const std::string& path) {
  pause();
  if (path != root && !path.starts_with(root + "/")) return beneath_error(EXDEV, "follow", path);
  int error = fault_at(path);
  const std::string relative = path == root ? "." : path.substr(root.size() + 1);
  const Node* node = error == 0 ? beneath(root, relative, true, error) : nullptr;
  if (node == nullptr) return beneath_error(error, "follow", path);
  return node->stamp();
}

Status SimFileSystem::list(const std::string& path, std::span<const std::string_view> skip,
                           Stamp& self, std::vector<DirectoryEntry>& entries) {
  entries.clear();
  int error = 0;
  Node* opened = open_to_list(path, error);
  if (opened == nullptr) return Status::from_errno(error, "list", path);
  if (!privileged && (opened->mode & 0500) != 0500) return Status::from_errno(EACCES, "list", path);
  const std::shared_ptr<Node> held = opened->shared_from_this();
  self = opened->stamp();
  pause();
  // Names are read in one piece and looked at one by one, as getdents64 and fstatat do.
  std::vector<std::string> names;
  for (const auto& [name, node] : opened->entries) names.push_back(name);
  for (std::string& name : names) {
    if (contains(skip, name)) continue;
    pause();
    const auto entry = opened->entries.find(name);
    if (entry == opened->entries.end()) continue;
    Node* node = mounted_on(entry->second.get());
    const std::string at = path + "/" + name;
    const int unseen = fault_at(at, true);
    if (unseen == ENOENT) continue;
    note_seen(at, *node);
    Stamp stamp = unseen == 0 ? node->stamp() : Stamp{.inode = node->inode, .type = node->type};
    entries.push_back(DirectoryEntry{std::move(name), stamp});
  }
  return {};
}

Result<FileContent> SimFileSystem::read(const std::string& root, const std::string& relative,
                                        const ReadOptions& options) {
  const WallNs read_at = disk_.now;
  pause();
  const std::string path = root + "/" + relative;
  int error = fault_at(path);
  const Node* node = error == 0 ? beneath(root, relative, options.follow_symlinks, error) : nullptr;
  if (node == nullptr) return beneath_error(error, "read", path);
  if (node->type != FileType::kFile)
    return Status(Code::kInvalid, "read", path, "is not a regular file");
  if (!privileged && (node->mode & 0400) == 0) return Status::from_errno(EACCES, "read", path);
  if (node->bytes.size() > options.size_max)
    return Status(Code::kTooLarge, "read", path, "is too large");
  note_seen(path, *node);
  return FileContent{node->bytes, node->stamp(), read_at};
}

Result<Mount> SimFileSystem::mount(const std::string& path) {
  pause();
  int error = fault_at(path);
  const Node* node = error == 0 ? disk_.find(path, !privileged, &error) : nullptr;
  if (node == nullptr) return Status::from_errno(error, "find the file system of", path);
  Mount mount = node->device->mount;
  if (settled) mount.granularity = Duration::zero();
  return mount;
}

Result<std::string> SimFileSystem::real_path(const std::string& path) {
  pause();
  int error = fault_at(path);
  if (error == 0) (void)disk_.find_followed(path, !privileged, &error);
  if (error != 0) return Status::from_errno(error, "find the real path of", path);
  return disk_.real_path(path);
}

}  // namespace pawl
