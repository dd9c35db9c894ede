#include "core/task/watched_tasks.h"

#include "core/task/task_stamps.h"

namespace pawl {
namespace {

bool is_task_directory(const Directory& directory) {
  const Entry* metadata = directory.entries.find(kMetadataName);
  return metadata != nullptr && metadata->type() == FileType::kFile;
}

bool is_archive_name(std::string_view name) {
  if (name.size() < 5) return false;
  const std::string_view end = name.substr(name.size() - 4);
  return end[0] == '.' && (end[1] | 0x20) == 'z' && (end[2] | 0x20) == 'i' && (end[3] | 0x20) == 'p';
}

bool is_archive(const Entry* entry) {
  return entry != nullptr && entry->type() == FileType::kFile && is_archive_name(entry->name());
}

// `path` below `root`, without the slash between; nothing if it is not below it.
std::optional<std::string_view> below(std::string_view root, std::string_view path) {
  if (!path.starts_with(root)) return std::nullopt;
  path.remove_prefix(root.size());
  if (path.empty()) return path;
  if (root.back() == '/') return path;
  if (path.front() != '/') return std::nullopt;
  return path.substr(1);
}

}  // namespace

std::optional<TaskPlace> WatchedTasks::task_of(SourceIndex source, std::string_view path) const {
  const Directory* directory = reconciler_.root_directory(sources_[source].root);
  if (directory == nullptr) return std::nullopt;
  const std::optional<std::string_view> found = below(directory->name(), path);
  if (!found) return std::nullopt;
  std::string_view rest = *found;
  std::size_t end = directory->name().size();  // of the part of `path` that leads to `directory`
  for (std::uint32_t depth = 0; directory != nullptr; ++depth) {
    if (is_task_directory(*directory)) return TaskPlace{std::string(path.substr(0, end)), false};
    if (rest.empty() || (depth == 1 && !sources_[source].recursive)) return std::nullopt;
    const std::size_t slash = rest.find('/');
    const std::string_view name = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    end = static_cast<std::size_t>(name.data() - path.data()) + name.size();
    const Entry* entry = directory->entries.find(name);
    if (rest.empty() && is_archive(entry)) return TaskPlace{std::string(path.substr(0, end)), true};
    directory = entry == nullptr ? nullptr : reconciler_.tree().find(entry->child());
  }
  return std::nullopt;
}

void WatchedTasks::visit(SourceIndex source, std::string_view under,
                         const std::function<bool(const TaskPlace&)>& visit) const {
  const Directory* root = reconciler_.root_directory(sources_[source].root);
  if (root == nullptr) return;
  const std::optional<std::string_view> relative = below(root->name(), under);
  if (!relative) return;
  // Inside a task there are no others; the task itself counts if it is just here.
  const std::optional<TaskPlace> place = task_of(source, under);
  if (place) {
    if (place->path == under) visit(*place);
    return;
  }
  const Directory* directory = reconciler_.tree().descend(*root, *relative);
  if (directory == nullptr) return;
  std::uint32_t depth = relative->empty() ? 0 : 1;
  for (const char c : *relative) depth += c == '/';
  visit_below(sources_[source], *directory, std::string(under), depth, visit);
}

// False: the visitor has seen enough.
bool WatchedTasks::visit_below(const Source& source, const Directory& directory,
                               const std::string& path, std::uint32_t depth,
                               const std::function<bool(const TaskPlace&)>& visit) const {
  if (is_task_directory(directory)) return visit(TaskPlace{path, false});
  if (depth >= 1 && !source.recursive) return true;
  const std::string prefix = path.back() == '/' ? path : path + '/';
  for (const Entry& entry : directory.entries) {
    if (is_archive(&entry)) {
      if (!visit(TaskPlace{prefix + std::string(entry.name()), true})) return false;
    } else if (const Directory* child = reconciler_.tree().find(entry.child())) {
      if (!visit_below(source, *child, prefix + std::string(entry.name()), depth + 1, visit))
        return false;
    }
  }
  return true;
}

std::uint64_t WatchedTasks::stamp_digest(SourceIndex source, std::string_view path) const {
  const Directory* root = reconciler_.root_directory(sources_[source].root);
  if (root == nullptr) return 0;
  const std::optional<std::string_view> relative = below(root->name(), path);
  if (!relative) return 0;
  TaskStamps stamps;
  if (const Directory* directory = reconciler_.tree().descend(*root, *relative))
    return add_below(*directory, 0, stamps) ? stamps.digest() : 0;
  // An archive: a file, by itself.
  const std::size_t slash = relative->rfind('/');
  const std::string_view parent =
      slash == std::string_view::npos ? std::string_view() : relative->substr(0, slash);
  const Directory* directory = reconciler_.tree().descend(*root, parent);
  if (directory == nullptr) return 0;
  const Entry* entry = directory->entries.find(
      slash == std::string_view::npos ? *relative : relative->substr(slash + 1));
  if (entry == nullptr) return 0;
  stamps.add(0, entry->stamp(directory->self.device));
  return stamps.digest();
}

// False: not all of it is known.
//
// That a stamp is unsettled does not matter here: the loader says itself if what it read was.
bool WatchedTasks::add_below(const Directory& directory, std::uint64_t above,
                             TaskStamps& stamps) const {
  if (!directory.listed) return false;
  for (const Entry& entry : directory.entries) {
    const std::uint64_t path = TaskStamps::path(above, entry.name());
    stamps.add(path, entry.stamp(directory.self.device));
    const Directory* child = reconciler_.tree().find(entry.child());
    if (child != nullptr && !add_below(*child, path, stamps)) return false;
  }
  return true;
}

std::optional<KnownNames> WatchedTasks::known_names(SourceIndex source,
                                                    std::string_view path) const {
  const Directory* root = reconciler_.root_directory(sources_[source].root);
  if (root == nullptr) return std::nullopt;
  const std::optional<std::string_view> relative = below(root->name(), path);
  const Directory* directory =
      relative ? reconciler_.tree().descend(*root, *relative) : nullptr;
  if (directory == nullptr || !directory->listed || directory->self_unsettled) return std::nullopt;
  // What another machine says of a directory may be old.
  const Mount* mount = reconciler_.probed_mount_of(*directory);
  if (mount == nullptr || mount->may_hang) return std::nullopt;
  KnownNames known;
  known.self_digest = directory->self.digest;
  known.granularity = mount->granularity;
  known.files.reserve(directory->entries.size());
  for (const Entry& entry : directory->entries) {
    if (entry.type() != FileType::kFile) return std::nullopt;
    known.files.emplace_back(entry.name());
  }
  return known;
}

bool WatchedTasks::in_sight(SourceIndex source, std::string_view path) const {
  const Directory* directory = reconciler_.root_directory(sources_[source].root);
  if (directory == nullptr) return false;
  const std::optional<std::string_view> relative = below(directory->name(), path);
  if (!relative) return true;
  std::string_view rest = *relative;
  while (directory != nullptr) {
    if (!directory->listed) return false;
    if (rest.empty()) break;
    const std::size_t slash = rest.find('/');
    const Entry* entry = directory->entries.find(rest.substr(0, slash));
    directory = entry == nullptr ? nullptr : reconciler_.tree().find(entry->child());
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  }
  return true;
}

}  // namespace pawl
