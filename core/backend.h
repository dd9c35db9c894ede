// How a hint arrives, and from where. A backend never says what happened, only where to look.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/change.h"
#include "core/directory_id.h"
#include "core/status.h"

namespace pawl {

enum class HintKind : std::uint8_t {
  kTouched,  // something about that name changed; if it is a directory, it is the same one
  kRenamed,  // that name came or went, so a directory of that name may be another one now
};

// Takes hints. Called on the loop thread.
class HintSink {
 public:
  virtual ~HintSink() = default;

  // Look at `name` in `directory`; an empty name is the directory as a whole, "." the directory as
  // its parent sees it. inotify reports a change of the directory itself under its own name, exactly
  // like a change of a child that is so called: such a hint means both. A hint for an unknown or forgotten directory does no harm.
  virtual void hint(DirectoryId directory, std::string_view name, HintKind kind, Via via) = 0;

  // The kernel's queue may have overflowed: every directory that the native backend watches may have
  // changed without a hint.
  virtual void suspect() = 0;
};

// A Backend reports, one directory at a time, that something may have changed.
//
// Threading: every method, and every call into the sink, is made on the loop thread. Nothing here
// waits for a disk that may not answer, and no method calls the sink before it returns.
class Backend {
 public:
  virtual ~Backend() = default;

  // Starts watching the directory at `path` on behalf of `directory`. On error nothing was started.
  //
  // kNotFound, kNotDirectory: `path` is no directory now.
  // kWatchLimit, kInstanceLimit, kNoMemory, kPermission, kUnsupported: poll this directory instead.
  //
  // REQUIRES: `directory` is not being watched by this backend.
  virtual Status watch(DirectoryId directory, const std::string& path) = 0;

  // Stops watching it. No hint for `directory` follows. Harmless if it is not being watched.
  virtual void unwatch(DirectoryId directory) = 0;
};

}  // namespace pawl
