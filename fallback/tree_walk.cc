#include "fallback/tree_walk.h"

#include <algorithm>
#include <utility>

namespace pawl {
namespace {

// Kept from one directory to the next; one that held a million names gives its room back.
constexpr std::size_t kEntriesKept = 65536;

std::string join(const std::string& directory, const std::string& name) {
  return directory == "/" ? "/" + name : directory + "/" + name;
}

// A root may be a link to the current deployment.
std::string through_link(const std::string& root) {
  return root + "/.";
}

}  // namespace

std::uint64_t Examination::directories() const {
  std::uint64_t sum = 0;
  for (const ExaminedMount& mount : mounts) sum += mount.directories;
  return sum;
}

std::uint64_t Examination::files() const {
  std::uint64_t sum = 0;
  for (const ExaminedMount& mount : mounts) sum += mount.files;
  return sum;
}

TreeWalk::TreeWalk(FileSystem& files, std::string path) : files_(files) {
  examination_.path = std::move(path);
}

std::string TreeWalk::next() const {
  const auto level = std::find_if(levels_.rbegin(), levels_.rend(),
                                  [](const Level& one) { return !one.left.empty(); });
  return level == levels_.rend() ? examination_.path : join(level->path, level->left.back().name);
}

bool TreeWalk::step() {
  if (!std::exchange(started_, true)) return start();
  while (!levels_.empty() && levels_.back().left.empty()) levels_.pop_back();
  if (levels_.empty()) return false;
  Level& level = levels_.back();
  const Subdirectory next = std::move(level.left.back());
  level.left.pop_back();
  const std::string path = join(level.path, next.name);
  const Result<std::size_t> mount = mount_index(path, next.device);
  if (mount.ok()) {
    visit(path, *mount);
  } else if (mount.status().code() != Code::kNotFound) {
    ++examination_.mounts[level.mount].directories;
    unreachable(level.mount, mount.status());
  }
  return true;
}

bool TreeWalk::start() {
  const std::string& path = examination_.path;
  const Result<Stamp> stamp = files_.stat(through_link(path));
  if (!stamp.ok()) {
    examination_.status = stamp.status();
    return false;
  }
  const Result<std::size_t> mount = mount_index(through_link(path), stamp->device);
  if (!mount.ok()) {
    examination_.status = mount.status();
    return false;
  }
  examination_.mounts[*mount].path = path;
  visit(path, *mount);
  return true;
}

void TreeWalk::visit(const std::string& path, std::size_t mount) {
  Stamp self;
  const bool root = levels_.empty();
  const Status listed = files_.list(root ? through_link(path) : path, {}, self, entries_);
  // Gone since its parent was listed, or replaced.
  const bool gone = listed.code() == Code::kNotFound || listed.code() == Code::kNotDirectory;
  if (gone && !root) return;
  ExaminedMount& where = examination_.mounts[mount];
  ++where.directories;
  if (!listed.ok()) return unreachable(mount, listed);
  Level level{path, mount, {}};
  for (DirectoryEntry& entry : entries_) {
    if (entry.stamp.type != FileType::kDirectory) {
      ++where.files;
      continue;
    }
    // Without a device: one that could not be looked at, and is not taken for another mount.
    const std::uint64_t device = entry.stamp.device == 0 ? where.device : entry.stamp.device;
    level.left.push_back({std::move(entry.name), device});
  }
  if (entries_.capacity() > kEntriesKept) std::vector<DirectoryEntry>().swap(entries_);
  std::sort(level.left.begin(), level.left.end(),
            [](const Subdirectory& a, const Subdirectory& b) { return b.name < a.name; });
  if (!level.left.empty()) levels_.push_back(std::move(level));
}

Result<std::size_t> TreeWalk::mount_index(const std::string& path, std::uint64_t device) {
  std::vector<ExaminedMount>& mounts = examination_.mounts;
  for (std::size_t i = 0; i < mounts.size(); ++i)
    if (mounts[i].device == device) return i;
  Result<Mount> mount = files_.mount(path);
  if (!mount.ok()) return mount.status();
  mounts.push_back({.path = path, .device = device, .mount = std::move(*mount)});
  return mounts.size() - 1;
}

void TreeWalk::unreachable(std::size_t mount, const Status& why) {
  ++examination_.unreachable;
  ++examination_.mounts[mount].unreachable;
  if (examination_.errors.size() < Examination::kErrorsMax) examination_.errors.push_back(why);
}

}  // namespace pawl
