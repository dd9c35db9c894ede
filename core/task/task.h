// A task, as it was when it was last valid. Immutable once made; shared by whoever holds it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/task/diagnostic.h"
#include "core/time.h"

namespace pawl {

// The four files, byte for byte as they were read. A schema that the task does not have is empty.
struct TaskContent {
  std::string metadata;
  std::string input_schema;
  std::string output_schema;
  std::string script;
};

struct Task {
  std::string uuid;     // lower case, as in RFC 9562
  std::string version;  // Semantic Versioning 2.0.0
  std::string label;
  std::string description;
  std::vector<std::string> tags;
  std::string source;    // the name of the source that it came from
  std::string path;      // absolute: the task's directory, or its .zip file
  std::string checksum;  // of every file of the task, 32 hexadecimal digits

  bool same_identity(const Task& other) const {
    return uuid == other.uuid && version == other.version;
  }
};
using TaskPtr = std::shared_ptr<const Task>;

// What happened to one task: what subscribers are told and what the feed records.
enum class TaskEventKind : std::uint8_t {
  kAdded,
  kUpdated,
  kRemoved,
  kInvalid,    // its last good version stays; `errors` says what is wrong
  kRecovered,  // valid again
  kDuplicate,  // another path in `other_path` already serves this identity
};

std::string_view task_event_name(TaskEventKind kind);

struct TaskEvent {
  TaskEventKind kind = TaskEventKind::kAdded;
  // The task after the event; for kRemoved the one that went, for kInvalid the last good one (null
  // if there never was one).
  TaskPtr task;
  std::shared_ptr<const TaskContent> content;  // of `task`, for kAdded, kUpdated, kRecovered
  std::string source;
  std::string path;
  std::string other_path;          // kDuplicate: the path that serves
  std::vector<Diagnostic> errors;  // kInvalid, kDuplicate
  // What the disk looked like when the task was read: unchanged means that nothing need be read
  // again at the next start. 0: not to be relied on.
  std::uint64_t stamp_digest = 0;
  Instant known_at{};
};

}  // namespace pawl
