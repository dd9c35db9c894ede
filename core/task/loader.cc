#include "core/task/loader.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/task/archive.h"
#include "core/task/task_reader.h"
#include "core/task/uuid.h"

namespace pawl {
namespace {

// What is known of a file that was not found: passed over, reported already, or nothing.
std::string missing_text(const std::string& name,
                         const std::vector<std::pair<std::string, std::string>>& passed_over) {
  for (const auto& [path, why] : passed_over) {
    if (path == name) return name + " " + why;
  }
  return name + " is missing";
}

bool is_reported(const std::string& path, const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.path == path) return true;
  }
  return false;
}

TaskPtr make_task(Metadata&& metadata, const LoadResult& result) {
  auto task = std::make_shared<Task>();
  task->uuid = std::move(metadata.uuid);
  if (task->uuid.empty()) task->uuid = derive_uuid(result.request.source, result.request.relative);
  task->version = std::move(metadata.version);
  task->label = std::move(metadata.label);
  task->description = std::move(metadata.description);
  task->tags = std::move(metadata.tags);
  task->source = result.request.source;
  task->path = task_path(result.request);
  task->checksum = result.checksum;
  return task;
}

}  // namespace

TaskLoader::TaskLoader(ScriptChecker& scripts) : scripts_(scripts) {}

LoadResult TaskLoader::load(FileSystem& files, LoadRequest request) {
  LoadResult result;
  result.request = std::move(request);
  try {
    result.request.archive ? load_archive(files, result) : load_directory(files, result);
  } catch (const std::exception& error) {
    // Of the libraries' own, bad_alloc above all: nothing is known of the task.
    result.outcome = LoadOutcome::kRetry;
    result.checksum.clear();
    result.diagnostics = {{task_path(result.request), 0, 0,
                           std::string("the task cannot be loaded now: ") + error.what()}};
  }
  return result;
}

void TaskLoader::load_directory(FileSystem& files, LoadResult& result) {
  TaskRead read = read_task_directory(files, result.request);
  result.outcome = read.outcome;
  result.diagnostics = std::move(read.diagnostics);
  result.checksum = std::move(read.checksum);
  result.unsettled = read.unsettled;
  result.unread = read.unread;
  result.stamps_seen = read.stamps.digest();
  result.request.granularity = read.granularity;
  if (result.checksum.empty()) return;
  if (result.checksum == result.request.checksum) {
    result.outcome = LoadOutcome::kUnchanged;
    result.diagnostics.clear();
    return;
  }
  judge(std::move(read.files), task_path(result.request) + "/", read.passed_over, result);
}

void TaskLoader::load_archive(FileSystem& files, LoadResult& result) {
  TaskRead read = read_task_archive(files, result.request);
  result.outcome = read.outcome;
  result.diagnostics = std::move(read.diagnostics);
  result.checksum = std::move(read.checksum);
  result.unsettled = read.unsettled;
  result.unread = read.unread;
  result.stamps_seen = read.stamps.digest();
  result.request.granularity = read.granularity;
  if (result.outcome != LoadOutcome::kValid) return;
  if (result.checksum == result.request.checksum) {
    result.outcome = LoadOutcome::kUnchanged;
    return;
  }
  const std::string path = task_path(result.request);
  ArchiveContents contents = read_archive(read.archive, path, result.request.limits);
  result.diagnostics = std::move(contents.diagnostics);
  switch (contents.outcome) {
    case ArchiveOutcome::kNoTask:
      result.outcome = LoadOutcome::kGone;
      break;
    case ArchiveOutcome::kInvalid:
      result.outcome = LoadOutcome::kInvalid;
      break;
    case ArchiveOutcome::kRead:
      judge(std::move(contents.files), path + "/" + contents.prefix, {}, result);
      break;
  }
}

void TaskLoader::judge(TaskFiles&& files, const std::string& base,
                       const std::vector<std::pair<std::string, std::string>>& passed_over,
                       LoadResult& result) {
  std::vector<Diagnostic>& diagnostics = result.diagnostics;
  const TaskContent& content = files.content;
  const auto is_there = [&](const std::string& name, bool has) {
    if (!has && !is_reported(base + name, diagnostics)) {
      diagnostics.push_back({base + name, 0, 0, missing_text(name, passed_over)});
    }
    return has;
  };
  Metadata metadata;
  if (is_there("metadata.json", files.has_metadata)) {
    metadata = metadata_.read(content.metadata, base + "metadata.json", diagnostics);
  }
  if (is_there("input.schema.json", files.has_input_schema)) {
    schemas_.check(content.input_schema, base + "input.schema.json", diagnostics);
  }
  if (is_there("output.schema.json", files.has_output_schema)) {
    schemas_.check(content.output_schema, base + "output.schema.json", diagnostics);
  }
  if (is_there("main.js", files.has_script)) {
    auto error = scripts_.check(content.script, base + "main.js");
    if (error) diagnostics.push_back(std::move(*error));
  }
  if (!diagnostics.empty()) {
    result.outcome = LoadOutcome::kInvalid;
    return;
  }
  result.outcome = LoadOutcome::kValid;
  result.task = make_task(std::move(metadata), result);
  result.content = std::make_shared<const TaskContent>(std::move(files.content));
}

}  // namespace pawl
