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
  const auto passed =
      std::find_if(passed_over.begin(), passed_over.end(),
                   [&](const auto& path_and_why) { return path_and_why.first == name; });
  return name + (passed == passed_over.end() ? " is missing" : " " + passed->second);
}

bool is_reported(const std::string& path, const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [&](const Diagnostic& diagnostic) { return diagnostic.path == path; });
}

bool is_there(ReadTask& task, const std::string& name, bool has) {
  std::vector<Diagnostic>& diagnostics = task.result.diagnostics;
  if (!has && !is_reported(task.base + name, diagnostics)) {
    diagnostics.push_back({task.base + name, 0, 0, missing_text(name, task.passed_over)});
  }
  return has;
}

// False: there is nothing in it to be judged.
bool unpack(ReadTask& task) {
  LoadResult& result = task.result;
  const std::string path = task_path(result.request);
  ArchiveContents contents = read_archive(task.archive, path, result.request.limits);
  task.archive = {};
  result.diagnostics = std::move(contents.diagnostics);
  switch (contents.outcome) {
    case ArchiveOutcome::kNoTask:
      result.outcome = LoadOutcome::kGone;
      break;
    case ArchiveOutcome::kInvalid:
      result.outcome = LoadOutcome::kInvalid;
      break;
    case ArchiveOutcome::kRead:
      task.files = std::move(contents.files);
      task.base = path + "/" + contents.prefix;
      return true;
  }
  task.done = true;
  return false;
}

TaskPtr task_of(Metadata&& metadata, const LoadResult& result) {
  if (metadata.uuid.empty()) metadata.uuid = derive_uuid(result.request.source, result.request.relative);
  return make_task({.uuid = std::move(metadata.uuid),
                    .version = std::move(metadata.version),
                    .label = std::move(metadata.label),
                    .description = std::move(metadata.description),
                    .tags = std::move(metadata.tags),
                    .source = result.request.source,
                    .path = task_path(result.request),
                    .checksum = result.checksum});
}

// Of the libraries' own, bad_alloc above all: nothing is known of the task.
template <class Step>
void guard(ReadTask& task, const Step& step) {
  try {
    step();
  } catch (const std::exception& error) {
    LoadResult& result = task.result;
    result.outcome = LoadOutcome::kRetry;
    result.checksum.clear();
    result.task = nullptr;
    result.diagnostics = {{task_path(result.request), 0, 0,
                           std::string("the task cannot be loaded now: ") + error.what()}};
    task.done = true;
  }
}

}  // namespace

TaskLoader::TaskLoader(ScriptChecker& scripts) : scripts_(scripts) {}

std::size_t ReadTask::bytes() const {
  const TaskContent& content = files.content;
  return archive.size() + content.metadata.size() + content.input_schema.size() +
         content.output_schema.size() + content.script.size();
}

LoadResult TaskLoader::load(FileSystem& files, LoadRequest request) {
  ReadTask task = read(files, std::move(request));
  rest();
  judge({&task, 1});
  return std::move(task.result);
}

ReadTask TaskLoader::read(FileSystem& files, LoadRequest request) {
  ReadTask task;
  LoadResult& result = task.result;
  result.request = std::move(request);
  guard(task, [&] {
    const bool archive = result.request.archive;
    TaskRead read = archive ? read_task_archive(files, result.request)
                            : read_task_directory(files, root_, result.request);
    result.outcome = read.outcome;
    result.diagnostics = std::move(read.diagnostics);
    result.checksum = std::move(read.checksum);
    result.unsettled = read.unsettled;
    result.unread = read.unread;
    result.stamps_seen = read.stamps.digest();
    result.request.granularity = read.granularity;
    // A directory is judged as far as it could be read, so that all that is wrong is told at once.
    task.done = result.checksum.empty() || (archive && result.outcome != LoadOutcome::kValid);
    if (task.done) return;
    if (result.checksum == result.request.checksum) {
      result.outcome = LoadOutcome::kUnchanged;
      result.diagnostics.clear();
      task.done = true;
      return;
    }
    task.base = task_path(result.request) + "/";
    task.files = std::move(read.files);
    task.passed_over = std::move(read.passed_over);
    task.archive = std::move(read.archive);
  });
  return task;
}

void TaskLoader::judge(std::span<ReadTask> tasks) {
  for (ReadTask& task : tasks) {
    if (!task.done) guard(task, [&] { judge_texts(task); });
  }
  for (ReadTask& task : tasks) {
    if (!task.done) guard(task, [&] { judge_script(task); });
  }
}

void TaskLoader::judge_texts(ReadTask& task) {
  if (task.result.request.archive && !unpack(task)) return;
  const TaskContent& content = task.files.content;
  std::vector<Diagnostic>& diagnostics = task.result.diagnostics;
  Metadata metadata;
  if (is_there(task, "metadata.json", task.files.has_metadata)) {
    metadata = metadata_.read(content.metadata, task.base + "metadata.json", diagnostics);
  }
  if (is_there(task, "input.schema.json", task.files.has_input_schema)) {
    schemas_.check(content.input_schema, task.base + "input.schema.json", diagnostics);
  }
  if (is_there(task, "output.schema.json", task.files.has_output_schema)) {
    schemas_.check(content.output_schema, task.base + "output.schema.json", diagnostics);
  }
  if (diagnostics.empty()) task.result.task = task_of(std::move(metadata), task.result);
}

void TaskLoader::judge_script(ReadTask& task) {
  LoadResult& result = task.result;
  if (is_there(task, "main.js", task.files.has_script)) {
    auto error = scripts_.check(task.files.content.script, task.base + "main.js");
    if (error) result.diagnostics.push_back(std::move(*error));
  }
  task.done = true;
  if (!result.diagnostics.empty()) {
    result.outcome = LoadOutcome::kInvalid;
    result.task = nullptr;
    return;
  }
  result.outcome = LoadOutcome::kValid;
  result.content = std::make_shared<const TaskContent>(std::move(task.files.content));
}

}  // namespace pawl
