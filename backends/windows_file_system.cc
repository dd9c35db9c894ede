#include "backends/disk_file_system.h"

#include <windows.h>

#include <algorithm>
#include <cerrno>

#include "backends/mount_windows.h"
#include "backends/reparse_point.h"
#include "backends/wide_path.h"
#include "backends/windows_beneath.h"
#include "backends/windows_entries.h"
#include "backends/windows_open.h"

namespace pawl {
namespace {

int open_to_look(const std::string& path, Want want, OwnedHandle& directory, Stamp& self) {
  if (const int error = open_path(path, want, false, directory)) return error;
  if (const int error = stamp_of(directory.get(), self)) return error;
  return self.type == FileType::kDirectory ? 0 : ENOTDIR;
}

int look_at(HANDLE directory, std::string_view name, Stamp& stamp) {
  if (name.empty() || name == "." || name == "..") return ENOENT;
  OwnedHandle entry;
  if (const int error = open_in(directory, name, Want::kName, entry)) return error;
  const std::string listed = listed_name(entry.get());
  if (!listed.empty() && listed != name) return ENOENT;
  return stamp_of(entry.get(), stamp);
}

// What the directory keeps of an entry: as good as it gets where that may not be opened.
Stamp kept(const FILE_ID_BOTH_DIR_INFO& entry, const Stamp& directory) {
  const bool folder = (entry.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  return Stamp{.inode = static_cast<std::uint64_t>(entry.FileId.QuadPart),
               .device = directory.device,
               .size = folder ? 0 : entry.EndOfFile.QuadPart,
               .mtime_ns = unix_ns(entry.LastWriteTime.QuadPart),
               .ctime_ns = unix_ns(entry.ChangeTime.QuadPart),
               .type = type_of(entry.FileAttributes, entry.EaSize)};  // where there is a tag, it stands there
}

int list_into(HANDLE directory, const Stamp& self, std::span<const std::string_view> skip,
              std::vector<DirectoryEntry>& entries, std::size_t& count) {
  return for_each_entry(directory, [&](const FILE_ID_BOTH_DIR_INFO& raw, std::wstring_view wide) {
    std::string name = from_wide(as_units(wide));
    if (std::find(skip.begin(), skip.end(), name) != skip.end()) return 0;
    OwnedHandle opened;
    Stamp stamp;
    int error = open_in(directory, name, Want::kName, opened);
    if (error == 0) error = stamp_of(opened.get(), stamp);
    if (error == ENOENT) return 0;
    if (count == entries.size()) entries.emplace_back();
    DirectoryEntry& entry = entries[count++];
    entry.name = std::move(name);
    entry.stamp = error == 0 ? stamp : kept(raw, self);
    return 0;
  });
}

}  // namespace

Status DiskFileSystem::look(const std::string& path, std::span<const std::string_view> names,
                               Stamp& self, std::vector<Looked>& looked) {
  looked.clear();
  OwnedHandle directory;
  if (const int error = open_to_look(path, Want::kName, directory, self))
    return Status::from_errno(error, "look into", path);
  looked.resize(names.size());
  for (std::size_t i = 0; i < names.size(); ++i)
    looked[i].os_error = look_at(directory.get(), names[i], looked[i].stamp);
  return {};
}

Status DiskFileSystem::list(const std::string& path, std::span<const std::string_view> skip,
                               Stamp& self, std::vector<DirectoryEntry>& entries) {
  OwnedHandle directory;
  std::size_t count = 0;
  int error = open_to_look(path, Want::kEntries, directory, self);
  if (error == 0) error = list_into(directory.get(), self, skip, entries, count);
  entries.resize(error == 0 ? count : 0);
  return error == 0 ? Status() : Status::from_errno(error, "list", path);
}

Result<Stamp> DiskFileSystem::stat(const std::string& path) {
  OwnedHandle opened;
  Stamp stamp;
  int error = open_path(path, Want::kName, false, opened);
  if (error == 0) error = stamp_of(opened.get(), stamp);
  if (error != 0) return Status::from_errno(error, "stat", path);
  return stamp;
}

Result<Stamp> DiskFileSystem::follow(const std::string& root, const std::string& path) {
  std::string relative;
  if (!path_below(root, path, relative)) return follow_error(EXDEV, path);
  OwnedHandle top;
  if (const int error = open_path(root, Want::kName, true, top)) return follow_error(error, root);
  OwnedHandle found;
  Stamp stamp;
  int error = open_beneath({.root = top.get(), .root_path = root, .follow_symlinks = true}, relative,
                           Want::kName, found);
  if (error == 0) error = stamp_of(found.get(), stamp);
  if (error != 0) return follow_error(error, path);
  return stamp;
}

Result<Mount> DiskFileSystem::mount(const std::string& path) {
  OwnedHandle place;
  if (const int error = open_path(path, Want::kName, false, place))
    return Status::from_errno(error, "find the file system of", path);
  return mount_of(place.get(), path);
}

Result<std::string> DiskFileSystem::real_path(const std::string& path) {
  OwnedHandle place;
  if (const int error = open_path(path, Want::kName, true, place))
    return Status::from_errno(error, "find the real path of", path);
  std::wstring real(512, L'\0');
  for (;;) {
    const DWORD size = ::GetFinalPathNameByHandleW(place.get(), real.data(), static_cast<DWORD>(real.size()),
                                                   FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
    if (size == 0) return Status::from_errno(last_errno(), "find the real path of", path);
    const bool fits = size < real.size();
    real.resize(size);
    if (fits) return from_verbatim(as_units(real));
  }
}

WallNs DiskFileSystem::wall_now() {
  // Files are stamped with the time of the last tick, which the precise clock runs ahead of.
  FILETIME now;
  ::GetSystemTimeAsFileTime(&now);
  return unix_ns(static_cast<std::int64_t>(std::uint64_t{now.dwHighDateTime} << 32 | now.dwLowDateTime));
}

}  // namespace pawl
