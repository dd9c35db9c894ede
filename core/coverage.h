// Coverage: how changes of a directory are noticed, and why that way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/backend.h"
#include "core/file_system.h"
#include "core/time.h"

namespace pawl {

enum class Mode : std::uint8_t { kNone, kNative, kPolled, kUnreachable };
inline constexpr std::size_t kModes = 4;

enum class Reason : std::uint8_t {
  kPreferred,      // native, as it should be
  kConfigured,     // the source says so
  kWatchLimit,     // ENOSPC: fs.inotify.max_user_watches
  kInstanceLimit,  // EMFILE, ENFILE: fs.inotify.max_user_instances or descriptors
  kKernelMemory,   // ENOMEM
  kPermission,     // EACCES, EPERM
  kFileSystem,     // a file system whose native watches do not tell of all changes
  kBudget,         // native_watch_budget: the rest is left to other programs
  kLostHints,      // the reconcile found changes there that native watches had not told
  kUnsupported,    // native watching refused for another reason
  kNoAnswer,       // the mount does not answer
  kIo,             // it answers with errors
};

std::string_view mode_name(Mode mode);
std::string_view reason_name(Reason reason);
// What a person can do about it; empty where nothing needs doing.
std::string_view reason_remedy(Reason reason);

enum class BackendChoice : std::uint8_t { kAuto, kNative, kPoll };

struct Coverage {
  Mode mode = Mode::kNone;
  Reason reason = Reason::kPreferred;
  int os_error = 0;

  bool operator==(const Coverage&) const = default;
};

// Chooses for each directory how it is watched, and watches it. All calls on the loop thread.
class Coverer {
 public:
  virtual ~Coverer() = default;

  // Watches the directory at `path`, natively if that can be had and tells of all changes there,
  // else by polling. Never calls the sink before it returns.
  // kNotFound, kNotDirectory: there is nothing to watch, and nothing was started.
  // REQUIRES: `directory` is not covered.
  virtual Result<Coverage> cover(DirectoryId directory, const std::string& path, const Mount& mount,
                                 BackendChoice choice, Instant now) = 0;

  // Harmless if it is not covered.
  virtual void uncover(DirectoryId directory) = 0;

  // A change was seen in it: who changes most recently and most often is watched natively first.
  virtual void changed(DirectoryId directory, Instant now) = 0;

  // At most `max` directories whose coverage should be chosen anew, because watches may be had again
  // or a busier directory should have one. The caller uncovers, covers and looks at each.
  virtual std::vector<DirectoryId> reconsider(Instant now, std::size_t max) = 0;

  // When reconsider should next be called.
  virtual Instant next_deadline() const = 0;
};

}  // namespace pawl
