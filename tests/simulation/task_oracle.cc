#include "tests/simulation/task_oracle.h"

#include <algorithm>

#include "tests/simulation/broken.h"

namespace pawl {

std::string source_name(std::size_t root) {
  return root == 0 ? "one" : "two";
}

namespace {

std::size_t hash_of(const TaskContent& content) {
  return std::hash<std::string>()(content.metadata + '\0' + content.script + '\0' +
                                  content.input_schema + '\0' + content.output_schema);
}

}  // namespace

void TaskOracle::loaded(const LoadResult& result) {
  if (result.outcome != LoadOutcome::kValid) return;
  read_[result.checksum] = hash_of(*result.content);
  const std::pair<std::string_view, const std::string*> files[] = {
      {"metadata.json", &result.content->metadata},
      {"main.js", &result.content->script},
      {"input.schema.json", &result.content->input_schema},
      {"output.schema.json", &result.content->output_schema}};
  for (const auto& [name, bytes] : files)
    if (!written_.contains(*bytes))
      tree_.violated("a task was read with a " + std::string(name) +
                     " that never existed: " + std::string(result.task->path()));
}

void TaskOracle::stored(const Task& task) {
  if (!read_.contains(std::string(task.checksum())))
    tree_.violated("the database has what was never read: " + std::string(task.path()));
}

void TaskOracle::stored(const Task& task, const TaskContent& content) {
  const auto read = read_.find(std::string(task.checksum()));
  if (read != read_.end() && read->second != hash_of(content))
    tree_.violated("the database has another content than was read: " + std::string(task.path()));
}

void TaskOracle::restored(const Task& task) {
  stored(task);
}

void TaskOracle::told(std::span<const TaskEvent> events, const RegistrySnapshot& before,
                      Instant now) {
  for (const TaskEvent& event : events) {
    if (event.task && event.kind != TaskEventKind::kRemoved &&
        !read_.contains(std::string(event.task->checksum())))
      tree_.violated("told of a task that was never read: " + event.path);
    if (event.kind != TaskEventKind::kRemoved || !event.task) continue;
    if (before.get(std::string(event.task->uuid()), std::string(event.task->version())) == nullptr)
      tree_.violated("removed, but was not served: " + event.path);
    // A file that was written over makes another task of the same path; that the one before is not at
    // some other path is told once all sources are in sight again.
    const bool replaced = std::any_of(events.begin(), events.end(), [&](const TaskEvent& other) {
      return other.kind != TaskEventKind::kRemoved && other.path == event.path;
    });
    const std::vector<TaskPtr> served = before.list();
    if (replaced || std::any_of(served.begin(), served.end(), [&](const TaskPtr& other) {
          return other->path() == event.path && !other->same_identity(*event.task);
        }))
      continue;
    const std::size_t root = event.source == source_name(0) ? 0 : 1;
    // A directory may be called like an archive.
    const Node* hidden = workload_.hidden(root, event.path);
    const bool archive = event.path.ends_with(".zip") && (hidden == nullptr || !hidden->is_directory());
    const std::string inside = archive ? event.path : event.path + "/metadata.json";
    if (workload_.hidden(root, inside) && !tree_.went_lately(event.path, now) &&
        !tree_.went_lately(inside, now))
      tree_.violated("a task was removed while its root was out of sight: " + event.path);
  }
}

void TaskOracle::applied(std::span<const TaskEvent> events, const RegistrySnapshot& after) {
  for (const TaskEvent& event : events)
    if (event.kind == TaskEventKind::kInvalid && event.task &&
        after.get(std::string(event.task->uuid()), std::string(event.task->version())) == nullptr)
      tree_.violated("invalid, and its last good version is not served: " + event.path);
}

// The rule again, without the tree: the outermost directory that holds a metadata.json is a task,
// and so is an archive elsewhere.
void TaskOracle::evaluate(std::size_t root, const std::string& path,
                          std::vector<const Node*>& above, std::vector<Found>& valid,
                          std::set<std::string>& invalid) {
  const Scenario& scenario = workload_.scenario();
  const Node* node = disk_.find(path + "/.", false);
  const auto relative_of = [&](const std::string& at) {
    return at == root_path(root) ? "" : at.substr(root_path(root).size() + 1);
  };
  const auto load = [&](const std::string& task, bool archive) {
    SimFileSystem files(disk_);
    GoodScripts scripts;
    TaskLoader loader(scripts);
    LoadRequest request;
    request.source = source_name(root);
    request.root = root_path(root);
    request.relative = relative_of(task);
    request.archive = archive;
    request.follow_symlinks = scenario.follows;
    request.ignore = [&](std::string_view relative, bool is_directory) {
      return scenario.is_ignored(relative, is_directory);
    };
    const LoadResult result = loader.load(files, std::move(request));
    if (result.outcome == LoadOutcome::kValid) {
      valid.push_back({std::string(result.task->uuid()), std::string(result.task->version()), task, result.checksum});
    } else if (result.outcome != LoadOutcome::kGone) {
      invalid.insert(task);
    }
  };
  const auto seen = [&](const std::string& name, const Node& entry) {
    const std::string at = path + "/" + name;
    const Node* as = tree_.seen_as(root, at, entry);
    return scenario.is_ignored(relative_of(at), as->is_directory()) ? nullptr : as;
  };
  if (const auto metadata = node->entries.find("metadata.json"); metadata != node->entries.end()) {
    const Node* as = seen("metadata.json", *metadata->second);
    if (as != nullptr && as->type == FileType::kFile) return load(path, false);
  }
  above.push_back(node);
  for (const auto& [name, entry] : node->entries) {
    const Node* as = seen(name, *entry);
    if (as == nullptr) continue;
    if (as->is_directory() && std::find(above.begin(), above.end(), as) == above.end())
      evaluate(root, path + "/" + name, above, valid, invalid);
    if (as->type == FileType::kFile && name.size() > 4 && name.ends_with(".zip"))
      load(path + "/" + name, true);
  }
  above.pop_back();
}

std::string TaskOracle::difference(const RegistrySnapshot& registry) {
  std::map<std::pair<std::string, std::string>, Found> serving;
  std::set<std::string> invalid, duplicates, known_invalid, known_duplicates;
  for (std::size_t root = 0; root < kRoots; ++root) {
    std::vector<Found> valid;
    std::vector<const Node*> above;
    evaluate(root, root_path(root), above, valid, invalid);
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
    const auto found = serving.find({std::string(task->uuid()), std::string(task->version())});
    // Of an invalid path the last good version is served, and what that was is history.
    if (found == serving.end() && invalid.contains(std::string(task->path()))) continue;
    if (found == serving.end()) return "serves what is not there: " + std::string(task->path());
    if (found->second.path != std::string(task->path())) return "another path should serve than " + std::string(task->path());
    if (found->second.checksum != std::string(task->checksum()))
      return "serves old content of " + std::string(task->path()) + " (" + std::string(task->checksum()) + ", not " +
             found->second.checksum + ")";
    serving.erase(found);
  }
  if (!serving.empty()) return "does not serve " + serving.begin()->second.path;
  return {};
}

}  // namespace pawl
