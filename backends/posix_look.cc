// Looking at names and listing directories: the inner loops of every scan, poll and reconcile.
// One open per directory, one fstatat per name, and no allocation but for the results.
#include <algorithm>
#include <cstring>

#include "backends/disk_file_system.h"
#include "backends/posix_entries.h"
#include "backends/posix_open.h"

namespace pawl {
namespace {

// Linux and macOS end names at 255 (bytes, or units of UTF-16: at most 765 bytes).
constexpr std::size_t kNameRoom = 1024;

Status directory_error(int error, const char* operation, const std::string& path) {
  // A link where a directory was wanted is ENOTDIR on Linux and ELOOP elsewhere.
  return Status::from_errno(error == ELOOP ? ENOTDIR : error, operation, path);
}

int open_to_look(const std::string& path, int flags, Descriptor& directory, Stamp& self) {
  if (const int error = open_path(path, flags | kRealDirectory, directory)) return error;
  struct stat st;
  if (::fstat(directory.get(), &st) != 0) return errno;
  self = stamp_of(st);
  return 0;
}

// EACCES of a name is mostly one of the directory, and seldom of a mount point made by another
// user.
bool may_search(const Descriptor& directory) {
  struct stat st;
  return stat_at(directory.get(), ".", st) != EACCES;
}

// No directory holds such a name, whatever a hint says.
bool impossible(std::string_view name) {
  return name.empty() || name == "." || name == ".." ||
         std::memchr(name.data(), '/', name.size()) != nullptr ||
         std::memchr(name.data(), '\0', name.size()) != nullptr;
}

int look_at(const Descriptor& directory, std::string_view name, Stamp& stamp) {
  char terminated[kNameRoom];
  if (impossible(name)) return ENOENT;
  if (name.size() >= sizeof terminated) return ENAMETOOLONG;
  std::memcpy(terminated, name.data(), name.size());
  terminated[name.size()] = '\0';
  struct stat st;
  if (const int error = stat_at(directory.get(), terminated, st)) return error;
  stamp = stamp_of(st);
  return 0;
}

// Fills `entries` in place, so that strings of an earlier call are used again.
int list_into(const Descriptor& directory, std::span<const std::string_view> skip,
              std::vector<DirectoryEntry>& entries, std::size_t& count) {
  return for_each_entry(directory, [&](const RawEntry& raw) {
    const std::string_view name(raw.name);
    if (std::find(skip.begin(), skip.end(), name) != skip.end()) return 0;
    struct stat st;
    const int error = stat_at(directory.get(), raw.name, st);
    if (error == ENOENT) return 0;
    if (error == EACCES && !may_search(directory)) return EACCES;
    if (count == entries.size()) entries.emplace_back();
    DirectoryEntry& entry = entries[count++];
    entry.name.assign(name);
    entry.stamp = error == 0 ? stamp_of(st) : Stamp{.inode = raw.inode, .type = raw.type};
    return 0;
  });
}

}  // namespace

Status DiskFileSystem::look(const std::string& path, std::span<const std::string_view> names,
                             Stamp& self, std::vector<Looked>& looked) {
  looked.clear();
  Descriptor directory;
  if (const int error = open_to_look(path, kNameOnly, directory, self)) {
    return directory_error(error, "look into", path);
  }
  looked.resize(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const int error = look_at(directory, names[i], looked[i].stamp);
    looked[i].os_error = error;
    if (error == EACCES && !may_search(directory)) {
      looked.clear();
      return directory_error(error, "look into", path);
    }
  }
  return {};
}

Status DiskFileSystem::list(const std::string& path, std::span<const std::string_view> skip,
                             Stamp& self, std::vector<DirectoryEntry>& entries) {
  Descriptor directory;
  std::size_t count = 0;
  int error = open_to_look(path, kReadOnly, directory, self);
  if (error == 0) error = list_into(directory, skip, entries, count);
  entries.resize(error == 0 ? count : 0);
  return error == 0 ? Status() : directory_error(error, "list", path);
}

}  // namespace pawl
