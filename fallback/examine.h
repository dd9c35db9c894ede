// A walk over a tree that may hang, for a caller that may not.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/file_system.h"
#include "core/time.h"
#include "fallback/tree_walk.h"

namespace pawl {

struct ExamineOptions {
  // A directory that has not answered for so long is given up, with all that comes after it.
  Duration answer_timeout = seconds(10);
  Duration progress_interval = milliseconds(200);
  // How far it is, on the caller's thread; may be empty.
  std::function<void(std::uint64_t directories, std::uint64_t files)> on_progress;
};

// What is below `path`. Waits for a thread of its own to walk the tree; one that hangs is left to
// end by itself, and keeps `files` until it does.
Examination examine(std::shared_ptr<FileSystem> files, const std::string& path,
                    const ExamineOptions& options);

}  // namespace pawl
