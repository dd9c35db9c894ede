// Reads a task's files off the disk, within the limits, and makes their checksum. Judges nothing.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/file_system.h"
#include "core/status.h"
#include "core/task/checksum.h"
#include "core/task/held_root.h"
#include "core/task/load.h"
#include "core/task/task_files.h"
#include "core/task/task_stamps.h"

namespace pawl {

// What became of reading: kValid (all was read), kInvalid, kGone or kRetry.
struct TaskRead {
  LoadOutcome outcome = LoadOutcome::kGone;
  TaskFiles files;
  std::vector<Diagnostic> diagnostics;
  std::string checksum;
  // Why one of the four files was passed over, if it was: "is a symbolic link, …".
  std::vector<std::pair<std::string, std::string>> passed_over;
  std::string archive;  // of an archive: its bytes, not yet unpacked
  Duration granularity{0};  // what `unsettled` went by
  bool unsettled = false;
  bool unread = false;  // something is there that we may not read
  TaskStamps stamps;  // of everything that is not ignored
};

// The directory and all below it but what is ignored, in the order of the paths' bytes.
TaskRead read_task_directory(FileSystem& files, HeldRoot& root, const LoadRequest& request);

TaskRead read_task_archive(FileSystem& files, const LoadRequest& request);

}  // namespace pawl
