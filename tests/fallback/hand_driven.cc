#include "tests/fallback/hand_driven.h"

#include <algorithm>
#include <cctype>
#include <cerrno>

namespace pawl {
namespace {

std::string parent_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}
std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// "/." at the end of a path is how a root is looked at.
std::string plain(const std::string& path) {
  return path.ends_with("/.") ? path.substr(0, path.size() - 2) : path;
}

// What a volume that does not tell case apart has under `name`.
template <typename Held>
typename Held::const_iterator find_folded(const Held& held, std::string_view name) {
  const auto same = [](char a, char b) { return std::tolower(a) == std::tolower(b); };
  return std::find_if(held.begin(), held.end(), [&](const auto& entry) {
    return std::equal(entry.first.begin(), entry.first.end(), name.begin(), name.end(), same);
  });
}

Status missing(const std::string& path) {
  return Status(Code::kNotFound, "see", path, {}, ENOENT);
}

}  // namespace

Stamp TableDisk::fresh(FileType type, std::uint64_t device) {
  return Stamp{.inode = ++inode_,
               .device = device,
               .mtime_ns = wall,
               .ctime_ns = wall,
               .mode = 0755,
               .type = type};
}

void TableDisk::directory(const std::string& path, std::uint64_t device) {
  const Stamp stamp = fresh(FileType::kDirectory, device);
  const auto parent = directories.find(parent_of(path));
  (parent == directories.end() ? tops[path] : parent->second[name_of(path)]) = stamp;
  if (parent != directories.end()) at(parent_of(path)).mtime_ns = wall;
  directories[path];
}

void TableDisk::file(const std::string& path, std::uint64_t device) {
  directories.at(parent_of(path))[name_of(path)] = fresh(FileType::kFile, device);
  at(parent_of(path)).mtime_ns = wall;
}

void TableDisk::remove(const std::string& path) {
  directories.at(parent_of(path)).erase(name_of(path));
  directories.erase(path);
  at(parent_of(path)).mtime_ns = wall;
}

void TableDisk::rename(const std::string& path, const std::string& name) {
  auto& held = directories.at(parent_of(path));
  auto entry = held.extract(name_of(path));
  entry.key() = name;
  held.insert(std::move(entry));
  at(parent_of(path)).mtime_ns = wall;
}

Stamp& TableDisk::at(const std::string& path) {
  const auto top = tops.find(path);
  return top != tops.end() ? top->second : directories.at(parent_of(path)).at(name_of(path));
}

Result<Stamp> TableDisk::stat(const std::string& path) {
  const std::string place = plain(path);
  if (const auto top = tops.find(place); top != tops.end()) return top->second;
  const auto parent = directories.find(parent_of(place));
  if (parent == directories.end()) return missing(path);
  const auto found = parent->second.find(name_of(place));
  return found == parent->second.end() ? Result<Stamp>(missing(path)) : found->second;
}

Result<Stamp> TableDisk::follow(const std::string&, const std::string& path) {
  return stat(path);
}

Status TableDisk::look(const std::string& path, std::span<const std::string_view> names,
                       Stamp& self, std::vector<Looked>& looked) {
  const Result<Stamp> stamp = stat(path);
  if (!stamp.ok()) return stamp.status();
  self = *stamp;
  looked.clear();
  const auto& held = directories.at(plain(path));
  const bool folds = mounts[self.device].folds_names;
  for (const std::string_view name : names) {
    const auto found = folds ? find_folded(held, name) : held.find(std::string(name));
    looked.push_back(found == held.end() ? Looked{{}, ENOENT} : Looked{found->second});
  }
  return {};
}

Status TableDisk::list(const std::string& path, std::span<const std::string_view> skip, Stamp& self,
                       std::vector<DirectoryEntry>& entries) {
  const std::string place = plain(path);
  if (const auto refused = refuse.find(place); refused != refuse.end())
    return Status(refused->second, "list", path, {}, EACCES);
  const Result<Stamp> stamp = stat(path);
  if (!stamp.ok()) return stamp.status();
  self = *stamp;
  entries.clear();
  for (const auto& [name, held] : directories.at(place))
    if (std::find(skip.begin(), skip.end(), name) == skip.end()) entries.push_back({name, held});
  return {};
}

Result<FileContent> TableDisk::read(const std::string&, const std::string& relative,
                                    const ReadOptions&) {
  return FileContent{.bytes = relative};
}

Result<Mount> TableDisk::mount(const std::string& path) {
  const Result<Stamp> stamp = stat(path);
  if (!stamp.ok()) return stamp.status();
  return mounts[stamp->device];
}

void HandDriven::step() {
  const std::uint64_t files = reconciler.metrics().files;
  WatchEffects effects;
  reconciler.step(now, effects);
  const std::uint64_t after = reconciler.metrics().files;
  entries_max = std::max<std::size_t>(entries_max, after > files ? after - files : files - after);
  changes_max = std::max(changes_max, effects.changes.size());
  looks_max = std::max(looks_max, effects.looks.size());
  std::size_t names = 0;
  for (LookRequest& look : effects.looks) {
    names += look.names.size();
    looks.push_back(std::move(look));
  }
  names_max = std::max(names_max, names);
  for (Change& change : effects.changes) changes.push_back(std::move(change));
  for (Notice& notice : effects.notices) notices.push_back(std::move(notice));
  more = effects.more;
}

void HandDriven::answer() {
  std::vector<LookRequest> waiting;
  waiting.swap(looks);
  for (LookRequest& look : waiting)
    reconciler.answered(perform(disk, std::move(look), room));
}

void HandDriven::run() {
  do {
    step();
    more |= !looks.empty();
    answer();
  } while (more);
}

Result<Coverage> HandDriven::cover(DirectoryId directory, const std::string&, const Mount& mount,
                                   BackendChoice, Instant) {
  ++covered;
  held_covered += disk.holds > 0;
  watched.insert(directory);
  if (!mount.tells_all) return Coverage{Mode::kPolled, Reason::kFileSystem, 0};
  return Coverage{Mode::kNative, Reason::kPreferred, 0};
}

const Directory& HandDriven::directory(const std::string& relative) const {
  return *reconciler.tree().descend(*reconciler.root_directory(0), relative);
}

void HandDriven::hint(const std::string& relative, const std::string& name) {
  reconciler.hint(directory(relative).id, name, HintKind::kTouched, Via::kNative);
}

}  // namespace pawl
