// What a worker is asked to load, and what came of it. Values: they are handed between threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/task/diagnostic.h"
#include "core/task/limits.h"
#include "core/task/task.h"
#include "core/time.h"

namespace pawl {

// What a task's directory holds, as a listing of it told: nothing but regular files. It holds as long as
// the directory's own stamp is the one that it had then, for whatever comes or goes moves that.
struct KnownNames {
  std::uint64_t self_digest = 0;  // of the stamp; it was settled when the listing began
  Duration granularity{0};        // of the timestamps there
  std::vector<std::string> files;  // that are not ignored
};

struct LoadRequest {
  std::string source;    // the source's name
  std::string root;      // absolute: nothing outside is read
  std::string relative;  // the task's path below root, with '/'; "" if the root is the task
  bool archive = false;  // the task is a .zip file
  std::string checksum;  // of the last load; empty: parse whatever is found
  TaskLimits limits;
  bool follow_symlinks = false;
  // Whether the path, relative to the root, is ignored. Empty: nothing is. Called on the worker.
  std::function<bool(std::string_view relative, bool is_directory)> ignore;
  // Two writes within this may carry the same timestamps.
  Duration granularity{20'000'000};
  std::uint64_t stamp_digest = 0;  // the caller's own; handed back
  std::optional<KnownNames> known;  // nothing: the directory is to be listed
};

// "/root/relative".
std::string task_path(const LoadRequest& request);

enum class LoadOutcome : std::uint8_t {
  kUnchanged,  // the checksum is that of the request: whatever that load found still holds
  kValid,
  kInvalid,  // `diagnostics` says why
  kGone,     // no metadata.json, so no task is there
  kRetry,    // the disk did not let itself be read now; `diagnostics` says why
};

struct LoadResult {
  LoadRequest request;
  LoadOutcome outcome = LoadOutcome::kGone;
  TaskPtr task;                                // kValid only
  std::shared_ptr<const TaskContent> content;  // kValid only
  std::vector<Diagnostic> diagnostics;         // everything found, not only the first
  // Of every file of the task; 32 hexadecimal digits. Empty if not all could be read.
  std::string checksum;
  // The stamps of what was read (TaskStamps), to compare with TaskTree::stamp_digest. 0: not all of
  // them could be taken.
  std::uint64_t stamps_seen = 0;
  // A file was written so shortly before it was read that another write may carry the same stamp,
  // or went away while it was read: load once more, a granularity later.
  bool unsettled = false;
  // Something of it may not be read. When that changes, its own stamps need not: a directory above it
  // may have been closed.
  bool unread = false;
};

}  // namespace pawl
