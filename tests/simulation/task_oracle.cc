#include "tests/simulation/task_oracle.h"

#include <algorithm>

#include "tests/simulation/broken.h"

namespace pawl {

std::string source_name(std::size_t root) {
  return root == 0 ? "one" : "two";
}

void TaskOracle::loaded(const LoadResult& result) {
  if (result.outcome != LoadOutcome::kValid) return;
  read_.insert(result.checksum);
  const std::pair<std::string_view, const std::string*> files[] = {
      {"metadata.json", &result.content->metadata},
      {"main.js", &result.content->script},
      {"input.schema.json", &result.content->input_schema},
      {"output.schema.json", &result.content->output_schema}};
  for (const auto& [name, bytes] : files)
    if (!written_.contains(*bytes))
      tree_.violated("a task was read with a " + std::string(name) +
                     " that never existed: " + result.task->path);
}

void TaskOracle::stored(const Task& task) {
  if (!read_.contains(task.checksum))
    tree_.violated("the database has what was never read: " + task.path);
}

void TaskOracle::restored(const Task& task) {
  stored(task);
}

void TaskOracle::told(std::span<const TaskEvent> events, const RegistrySnapshot& before,
                      Instant now) {
  for (const TaskEvent& event : events) {
    if (event.task && event.kind != TaskEventKind::kRemoved &&
        !read_.contains(event.task->checksum))
      tree_.violated("told of a task that was never read: " + event.path);
    if (event.kind != TaskEventKind::kRemoved || !event.task) continue;
    if (before.get(event.task->uuid, event.task->version) == nullptr)
      tree_.violated("removed, but was not served: " + event.path);
    // A file that was written over makes another task of the same path.
    const bool replaced = std::any_of(events.begin(), events.end(), [&](const TaskEvent& other) {
      return other.kind != TaskEventKind::kRemoved && other.path == event.path;
    });
    if (replaced) continue;
    const std::size_t root = event.source == source_name(0) ? 0 : 1;
    if (workload_.out_of_sight(root) && !tree_.went_lately(event.path, now) &&
        !tree_.went_lately(event.path + "/metadata.json", now))
      tree_.violated("a task was removed while its root was out of sight: " + event.path);
  }
}

void TaskOracle::applied(std::span<const TaskEvent> events, const RegistrySnapshot& after) {
  for (const TaskEvent& event : events)
    if (event.kind == TaskEventKind::kInvalid && event.task &&
        after.get(event.task->uuid, event.task->version) == nullptr)
      tree_.violated("invalid, and its last good version is not served: " + event.path);
}

// The rule again, without the tree: the outermost directory that holds a metadata.json is a task,
// and so is an archive elsewhere.
void TaskOracle::evaluate(const std::string& source, const std::string& root,
                          const std::string& path, std::vector<Found>& valid,
                          std::set<std::string>& invalid) {
  const Node* node = disk_.find(path + "/.", false);
  const auto load = [&](const std::string& task, bool archive) {
    SimFileSystem files(disk_);
    GoodScripts scripts;
    TaskLoader loader(scripts);
    LoadRequest request;
    request.source = source;
    request.root = root;
    request.relative = task == root ? "" : task.substr(root.size() + 1);
    request.archive = archive;
    const LoadResult result = loader.load(files, std::move(request));
    if (result.outcome == LoadOutcome::kValid) {
      valid.push_back({result.task->uuid, result.task->version, task, result.checksum});
    } else if (result.outcome != LoadOutcome::kGone) {
      invalid.insert(task);
    }
  };
  const auto metadata = node->entries.find("metadata.json");
  if (metadata != node->entries.end() && metadata->second->type == FileType::kFile)
    return load(path, false);
  for (const auto& [name, entry] : node->entries) {
    if (entry->is_directory()) evaluate(source, root, path + "/" + name, valid, invalid);
    if (entry->type == FileType::kFile && name.size() > 4 && name.ends_with(".zip"))
      load(path + "/" + name, true);
  }
}

std::string TaskOracle::difference(const RegistrySnapshot& registry) {
  std::map<std::pair<std::string, std::string>, Found> serving;
  std::set<std::string> invalid, duplicates, known_invalid, known_duplicates;
  for (std::size_t root = 0; root < kRoots; ++root) {
    std::vector<Found> valid;
    evaluate(source_name(root), root_path(root), root_path(root), valid, invalid);
    std::sort(valid.begin(), valid.end(),
              [](const Found& a, const Found& b) { return a.path < b.path; });
    for (const Found& found : valid)
      if (!serving.emplace(std::pair(found.uuid, found.version), found).second)
        duplicates.insert(found.path);
  }
  for (const TaskTrouble& trouble : registry.invalid()) known_invalid.insert(trouble.path);
  for (const TaskTrouble& trouble : registry.duplicates()) known_duplicates.insert(trouble.path);
  for (const std::string& path : invalid)
    if (!known_invalid.contains(path)) return "not known to be invalid: " + path;
  for (const std::string& path : known_invalid)
    if (!invalid.contains(path)) return "said to be invalid: " + path;
  for (const std::string& path : duplicates)
    if (!known_duplicates.contains(path)) return "not known to be a duplicate: " + path;
  for (const std::string& path : known_duplicates)
    if (!duplicates.contains(path)) return "said to be a duplicate: " + path;
  for (const TaskPtr& task : registry.list()) {
    const auto found = serving.find({task->uuid, task->version});
    // Of an invalid path the last good version is served, and what that was is history.
    if (found == serving.end() && invalid.contains(task->path)) continue;
    if (found == serving.end()) return "serves what is not there: " + task->path;
    if (found->second.path != task->path) return "another path should serve than " + task->path;
    if (found->second.checksum != task->checksum)
      return "serves old content of " + task->path + " (" + task->checksum + ", not " +
             found->second.checksum + ")";
    serving.erase(found);
  }
  if (!serving.empty()) return "does not serve " + serving.begin()->second.path;
  return {};
}

}  // namespace pawl
