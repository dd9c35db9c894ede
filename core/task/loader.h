// Loads one task: reads it, tells whether it changed, and if so parses and checks all of it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/file_system.h"
#include "core/task/held_root.h"
#include "core/task/load.h"
#include "core/task/metadata.h"
#include "core/task/schema_check.h"
#include "core/task/script_checker.h"
#include "core/task/task_files.h"

namespace pawl {

// A task that was read and is yet to be judged; or of which all is known already.
struct ReadTask {
  LoadResult result;
  bool done = false;  // `result` is complete
  TaskFiles files;
  std::vector<std::pair<std::string, std::string>> passed_over;
  // What the names of the four files are appended to in diagnostics, "/a/task.zip/".
  std::string base;
  std::string archive;  // of an archive: its bytes, not yet unpacked

  // Of what waits to be judged.
  std::size_t bytes() const;
};

// Threading: one thread at a time, and that may wait for the disk; make one per worker. What one
// has read another may judge.
class TaskLoader {
 public:
  // REQUIRES: `scripts` outlives the loader.
  explicit TaskLoader(ScriptChecker& scripts);

  // Never fails: what goes wrong is an outcome. A directory within the task that holds a
  // metadata.json of its own is part of this task like any other.
  LoadResult load(FileSystem& files, LoadRequest request);

  // The two halves of load(). Only the first waits for the disk; the second is quicker for several
  // tasks at once than for each by itself, since it does one kind of work for all of them before it
  // turns to the next: a script engine takes a third longer over a script if it has to be fetched
  // into the processor's caches first (measured with 10,000 scripts of 2.5 KB).
  ReadTask read(FileSystem& files, LoadRequest request);
  void judge(std::span<ReadTask> tasks);
  // Lets go of the root that was last read from, which is held open for the next. To be called when
  // there is nothing more to read for now, and before the FileSystem goes.
  void rest() { root_.let_go(); }

 private:
  void judge_texts(ReadTask& task);
  void judge_script(ReadTask& task);

  HeldRoot root_;
  MetadataReader metadata_;
  SchemaChecker schemas_;
  ScriptChecker& scripts_;
};

}  // namespace pawl
