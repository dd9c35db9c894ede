#include "tests/task/pipeline_fakes.h"

#include <set>
#include <sstream>

#include "core/task/stable_hash.h"

namespace pawl {
namespace {

bool is_below(std::string_view path, std::string_view under) {
  return path.size() > under.size() && path.starts_with(under) && path[under.size()] == '/';
}

bool is_at_or_below(std::string_view path, std::string_view under) {
  return path == under || is_below(path, under);
}

std::set<std::string> directories(const FakeDisk::Files& files) {
  std::set<std::string> found;
  for (const auto& [path, file] : files) {
    for (std::size_t end = path.rfind('/'); end != 0 && end != std::string::npos;
         end = path.rfind('/', end - 1)) {
      if (!found.insert(path.substr(0, end)).second) break;
    }
  }
  return found;
}

Change change(ChangeKind kind, FileType type, const std::string& path) {
  Change one;
  one.kind = kind;
  one.type = type;
  one.path = path;
  return one;
}

}  // namespace

void FakeDisk::stamp_parent(const std::string& path) {
  directories_[path.substr(0, path.rfind('/'))] = ++stamp_;
}

void FakeDisk::write(const std::string& path, std::string text) {
  if (!files_.contains(path)) stamp_parent(path);
  files_[path] = {std::move(text), ++stamp_};
}

void FakeDisk::touch(const std::string& path) {
  files_.at(path).stamp = ++stamp_;
}

void FakeDisk::remove(const std::string& path) {
  stamp_parent(path);
  std::erase_if(files_, [&](const auto& entry) { return is_at_or_below(entry.first, path); });
}

void FakeDisk::move(const std::string& from, const std::string& to) {
  Files moved;
  for (const auto& [path, file] : files_)
    if (is_at_or_below(path, from)) moved[to + path.substr(from.size())] = file;
  remove(from);
  remove(to);
  files_.merge(moved);
  stamp_parent(to);
}

std::vector<Change> FakeDisk::notice() {
  std::map<std::string, Change> changes;
  const auto before = directories(seen_);
  const auto after = directories(files_);
  for (const auto& path : before)
    if (!after.contains(path)) {
      changes[path] = change(ChangeKind::kRemoved, FileType::kDirectory, path);
    }
  for (const auto& path : after) {
    if (!before.contains(path)) {
      changes[path] = change(ChangeKind::kCreated, FileType::kDirectory, path);
    } else if (directories_[path] != seen_directories_[path]) {
      changes[path] = change(ChangeKind::kModified, FileType::kDirectory, path);
    }
  }
  seen_directories_ = directories_;
  for (const auto& [path, file] : seen_)
    if (!files_.contains(path)) changes[path] = change(ChangeKind::kRemoved, FileType::kFile, path);
  for (const auto& [path, file] : files_) {
    const auto old = seen_.find(path);
    if (old == seen_.end()) {
      changes[path] = change(ChangeKind::kCreated, FileType::kFile, path);
    } else if (old->second != file) {
      changes[path] = change(ChangeKind::kModified, FileType::kFile, path);
    }
  }
  seen_ = files_;
  std::vector<Change> sorted;
  for (auto& [path, one] : changes) sorted.push_back(std::move(one));
  return sorted;
}

LoadResult FakeDisk::load(const LoadRequest& request) {
  LoadResult result;
  result.request = request;
  const std::string path =
      request.relative.empty() ? request.root : request.root + "/" + request.relative;
  if (int& left = failing[path]; left > 0) {
    --left;
    result.outcome = LoadOutcome::kRetry;
    result.diagnostics.push_back({path, 0, 0, "cannot be read"});
    return result;
  }
  if (int& left = unsettled[path]; left > 0) {
    --left;
    result.unsettled = true;
  }
  const auto metadata = files_.find(request.archive ? path : path + "/metadata.json");
  if (metadata == files_.end()) {
    result.outcome = LoadOutcome::kGone;
    return result;
  }
  std::string all;
  for (auto at = files_.lower_bound(path); at != files_.end(); ++at) {
    if (!is_at_or_below(at->first, path)) continue;
    if (at->first.substr(path.size()) == "/main.js" && at->second.text == "bad") {
      result.diagnostics.push_back({at->first, 1, 1, "main.js is bad"});
    }
    all += at->first.substr(path.size()) + "=" + at->second.text + ";";
  }
  TaskFields task;
  std::istringstream(metadata->second.text) >> task.uuid >> task.version;
  if (task.version.empty()) result.diagnostics.push_back({path, 0, 0, "metadata is bad"});
  result.checksum = std::to_string(stable_hash(all));
  if (result.checksum == request.checksum) {
    result.outcome = LoadOutcome::kUnchanged;
    return result;
  }
  result.outcome = result.diagnostics.empty() ? LoadOutcome::kValid : LoadOutcome::kInvalid;
  if (!result.diagnostics.empty()) return result;
  task.source = request.source;
  task.path = path;
  task.checksum = result.checksum;
  result.task = make_task(task);
  result.content = std::make_shared<TaskContent>(TaskContent{metadata->second.text, {}, {}, all});
  return result;
}

std::optional<TaskPlace> FakeDisk::task_of(SourceIndex source, std::string_view path) const {
  const Root& root = roots_[source];
  if (!is_at_or_below(path, root.path)) return std::nullopt;
  int depth = 0;
  for (std::size_t end = root.path.size();; end = path.find('/', end + 1), ++depth) {
    if (depth > 1 && !root.recursive) return std::nullopt;
    const std::string at(path.substr(0, end));
    if (seen_.contains(at + "/metadata.json")) return TaskPlace{at, false};
    if (end == path.size() || end == std::string_view::npos) {
      if (!at.ends_with(".zip") || !seen_.contains(at)) return std::nullopt;
      return TaskPlace{at, true};
    }
  }
}

void FakeDisk::visit(SourceIndex source, std::string_view under,
                     const std::function<bool(const TaskPlace&)>& visit) const {
  std::set<std::string> visited;
  for (const auto& [path, file] : seen_) {
    if (!is_at_or_below(path, under)) continue;
    const auto place = task_of(source, path);
    if (!place || !is_at_or_below(place->path, under)) continue;
    if (visited.insert(place->path).second && !visit(*place)) return;
  }
}

std::uint64_t FakeDisk::stamp_digest(SourceIndex, std::string_view path) const {
  std::string all;
  for (const auto& [at, file] : seen_)
    if (is_at_or_below(at, path)) all += at + "=" + std::to_string(file.stamp) + ";";
  if (all.empty()) return 0;
  for (const auto& [at, stamp] : seen_directories_)
    if (is_at_or_below(at, path)) all += at + "/=" + std::to_string(stamp) + ";";
  return stable_hash(all);
}

}  // namespace pawl
