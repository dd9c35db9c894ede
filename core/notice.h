// What the reconciler tells beside changes: about its own sight.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "core/coverage.h"
#include "core/status.h"
#include "core/time.h"

namespace pawl {

// A directory is now noticed in another way.
struct CoverageNotice {
  std::uint32_t root = 0;
  std::string directory;
  Mode before = Mode::kNone;
  Coverage coverage;
  Instant at{};
};

enum class RescanReason : std::uint8_t { kOverflow, kRequested, kRootBack, kMountBack };

// Hints may have been lost, so `directories` directories are compared with the disk.
struct RescanNotice {
  RescanReason reason = RescanReason::kOverflow;
  std::string path;  // of the root or the mount; empty: everything that is watched natively
  std::uint64_t directories = 0;
  Instant at{};
};

// A root can or cannot be seen. While it can't, nothing of it is removed.
struct RootNotice {
  std::uint32_t root = 0;
  std::string path;
  bool available = false;
  Status why;  // where it is not
  Instant at{};
};

// Everything below the root has been looked at once, and no later change can be missed.
struct ReadyNotice {
  std::uint32_t root = 0;
  Instant at{};
};

// A directory that came after its root was ready, or that could not be listed until now, has been
// listed for the first time.
struct SeenNotice {
  std::uint32_t root = 0;
  std::string directory;
  Instant at{};
};

using Notice = std::variant<CoverageNotice, RescanNotice, RootNotice, ReadyNotice, SeenNotice>;

std::string_view rescan_reason_name(RescanReason reason);

}  // namespace pawl
