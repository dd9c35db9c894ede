// A task, as it was when it was last valid. Immutable once made; shared by whoever holds it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
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

struct TaskFields {
  std::string uuid;     // lower case, as in RFC 9562
  std::string version;  // Semantic Versioning 2.0.0
  std::string label;
  std::string description;
  std::vector<std::string> tags;
  std::string source;    // the name of the source that it came from
  std::string path;      // absolute: the task's directory, or its .zip file
  std::string checksum;  // of every file of the task, 32 hexadecimal digits
};

// The same in one piece: a hundred thousand of them are held, and as strings they would take twice
// the memory. The views hold for as long as it does.
class Task {
 public:
  Task() : Task(TaskFields{}) {}
  explicit Task(const TaskFields& fields);

  std::string_view path() const { return field(0); }
  std::string_view uuid() const { return field(1); }
  std::string_view version() const { return field(2); }
  std::string_view checksum() const { return field(3); }
  std::string_view source() const { return field(4); }
  std::string_view label() const { return field(5); }
  std::string_view description() const { return field(6); }
  std::vector<std::string> tags() const;
  bool has_tag(std::string_view tag) const;
  TaskFields fields() const;

  bool same_identity(const Task& other) const {
    return uuid() == other.uuid() && version() == other.version();
  }

 private:
  std::string_view field(int number) const;

  // The fields in the order above, each after its length; how many tags there are; and they likewise.
  std::unique_ptr<char[]> bytes_;
};
using TaskPtr = std::shared_ptr<const Task>;

inline TaskPtr make_task(const TaskFields& fields) {
  return std::make_shared<const Task>(fields);
}

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
