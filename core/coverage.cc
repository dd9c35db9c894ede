#include "core/coverage.h"

namespace pawl {

std::string_view mode_name(Mode mode) {
  switch (mode) {
    case Mode::kNone: return "none";
    case Mode::kNative: return "native";
    case Mode::kPolled: return "polled";
    case Mode::kUnreachable: return "unreachable";
  }
  return "none";
}

std::string_view reason_name(Reason reason) {
  switch (reason) {
    case Reason::kPreferred: return "preferred";
    case Reason::kConfigured: return "configured";
    case Reason::kWatchLimit: return "watch-limit";
    case Reason::kInstanceLimit: return "instance-limit";
    case Reason::kKernelMemory: return "kernel-memory";
    case Reason::kPermission: return "permission";
    case Reason::kFileSystem: return "file-system";
    case Reason::kBudget: return "budget";
    case Reason::kLostHints: return "lost-hints";
    case Reason::kUnsupported: return "unsupported";
    case Reason::kNoAnswer: return "no-answer";
    case Reason::kIo: return "io-error";
  }
  return "unsupported";
}

std::string_view reason_remedy(Reason reason) {
  switch (reason) {
    case Reason::kWatchLimit:
      return "raise fs.inotify.max_user_watches (sysctl), or watch fewer directories";
    case Reason::kInstanceLimit:
      return "raise fs.inotify.max_user_instances (sysctl) or the limit on open files (ulimit -n)";
    case Reason::kKernelMemory: return "free memory, or raise the memory limit of this service";
    case Reason::kPermission: return "give this user read and search permission on the directory";
    case Reason::kBudget: return "raise native_watch_budget, or fs.inotify.max_user_watches";
    case Reason::kNoAnswer: return "see that the server or process behind the mount answers";
    case Reason::kIo: return "check the disk and the kernel's log";
    default: return "";
  }
}

}  // namespace pawl
