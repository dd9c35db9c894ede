// Where the tasks are, as far as the watched tree is known. It knows names and stamps, and never
// what is in a file.
//
// The rule: the outermost directory, at or below a source's root, that holds a file called
// `metadata.json` is a task, with everything below it. Elsewhere a regular file whose name ends in
// `.zip` (in any case) is a task by itself. With `recursive: false` only the root itself and its
// direct children can be tasks; a child is a task with everything below it.
//
// Threading: as the pipeline that asks: all on one thread. It may change between two calls of the
// pipeline, and not during one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/task/load.h"

namespace pawl {

inline constexpr std::string_view kMetadataName = "metadata.json";

// A source, counted from 0 in the order in which they were added.
using SourceIndex = std::uint32_t;

struct TaskPlace {
  std::string path;  // absolute: the task's directory, or its .zip file
  bool archive = false;

  bool operator==(const TaskPlace&) const = default;
};

class TaskTree {
 public:
  virtual ~TaskTree() = default;

  // The task that the absolute `path` belongs to now. `path` itself need not exist: a file that is
  // gone belongs to the task whose directory is still there. Nothing: to none, or `path` is not in
  // the source.
  virtual std::optional<TaskPlace> task_of(SourceIndex source, std::string_view path) const = 0;

  // False: some directory on the way to `path` is there and has never been listed, so it can't be said
  // what is in it. What is known there stays known.
  virtual bool in_sight(SourceIndex source, std::string_view path) const = 0;

  // Each task at or below the absolute path `under`, once, in any order, until `visit` says false.
  // A task above `under` is not visited.
  virtual void visit(SourceIndex source, std::string_view under,
                     const std::function<bool(const TaskPlace&)>& visit) const = 0;

  // The stamps of everything that makes up the task at `path`, names included, in one number that
  // differs, but for chance, whenever any of them does (TaskStamps). The loader makes the same
  // number of what it read: where they differ, a file came or went in between. 0: not to be relied
  // on (a directory could not be listed, or there is no such task).
  virtual std::uint64_t stamp_digest(SourceIndex source, std::string_view path) const = 0;

  // What is in the task's directory `path`, if that need not be listed once more to be known. Nothing:
  // it has folders, or its names may have changed since, unseen.
  virtual std::optional<KnownNames> known_names(SourceIndex, std::string_view) const {
    return std::nullopt;
  }
};

}  // namespace pawl
