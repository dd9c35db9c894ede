// Loads one task: reads it, tells whether it changed, and if so parses and checks all of it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/file_system.h"
#include "core/task/load.h"
#include "core/task/metadata.h"
#include "core/task/schema_check.h"
#include "core/task/script_checker.h"
#include "core/task/task_files.h"

namespace pawl {

// Threading: one thread at a time, and that may wait for the disk; make one per worker.
class TaskLoader {
 public:
  // REQUIRES: `scripts` outlives the loader.
  explicit TaskLoader(ScriptChecker& scripts);

  // Never fails: what goes wrong is an outcome. A directory within the task that holds a
  // metadata.json of its own is part of this task like any other.
  LoadResult load(FileSystem& files, LoadRequest request);

 private:
  void load_directory(FileSystem& files, LoadResult& result);
  void load_archive(FileSystem& files, LoadResult& result);

  // What TaskRead or ArchiveContents hold is judged here. `base`: what the names of the four files
  // are appended to in diagnostics, "/a/task.zip/".
  void judge(TaskFiles&& files, const std::string& base,
             const std::vector<std::pair<std::string, std::string>>& passed_over,
             LoadResult& result);

  MetadataReader metadata_;
  SchemaChecker schemas_;
  ScriptChecker& scripts_;
};

}  // namespace pawl
