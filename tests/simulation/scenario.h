// What one run of the simulator does: everything but the interleaving is drawn here, from the seed,
// as values that can be left out one by one.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/coverage.h"
#include "core/time.h"

namespace pawl {

enum class Act : std::uint8_t {
  kPause,
  kNewTask,
  kRemoveTask,
  kMoveTask,
  kCopyTask,
  kSaveInPlace,
  kSaveByRename,
  kSaveWithBackup,
  kRewriteSameSize,
  kFlicker,
  kDeepDirectory,
  kRemakeDirectory,
  kRemoveTree,
  kSwapDirectories,
  kMoveOutAndIn,
  kFileBecomesDirectory,
  kBulkAdd,
  kBulkRemove,
  kCheckout,
  kChmodDirectory,
  kChmodFile,
  kTouch,
  kHardLink,
  kSymlink,
  kRootVanishes,
  kRootReturns,
  kUnmount,
  kMount,
  kHang,
  kAnswer,
  kDeploy,
  kCrash,
};
inline constexpr std::size_t kActs = 32;

std::string_view act_name(Act act);

struct Operation {
  Duration after{};  // since the one before
  Act act = Act::kPause;
  std::uint64_t seed = 0;  // for the paths and contents that it takes
};

// Of a million.
struct Faults {
  std::uint32_t drop = 0;  // hints
  std::uint32_t twice = 0;
  std::uint32_t late = 0;
  std::uint32_t dies = 0;  // watches
  std::uint32_t refused = 0;
  std::uint32_t io_error = 0;   // calls of the file system
  std::uint32_t denied = 0;     // calls that are refused, or find nothing though it is there
  std::uint32_t interrupt = 0;  // points of a look at which an operation comes in between
  std::uint32_t slow = 0;       // looks and loads that take a second
  std::uint32_t commit = 0;     // calls of the store that meet a lock, a full disk or an error
  std::uint32_t death = 0;      // calls of the store in which the program dies
};

struct Scenario {
  std::uint64_t seed = 0;
  Faults faults;
  bool background = true;  // without it, whatever is lost without a sign is lost for good
  bool tasks = false;
  bool store = false;
  bool link_root = false;   // root one is a link to the deployment
  bool mount_root = false;  // root two is a mount of its own
  bool nested_mount = false;
  bool remote = false;        // the second device is another machine's
  bool mount_table = false;   // the system tells of mounts that come and go
  bool holds = false;         // all directories count as large
  bool archives = false;      // some tasks are ZIP files
  bool syncs = false;         // some deployments are copied into place, file by file
  bool ignores = false;       // some names are ignored: see is_ignored()
  bool follows = false;       // symbolic links, inside their root
  bool hides_faults = false;  // it has faults or acts of which there may be no sign
  Duration tick{};            // of the timestamps
  std::size_t watches_max = 1000;
  std::size_t queue_max = 512;
  BackendChoice backend = BackendChoice::kAuto;
  std::vector<Operation> operations;

  std::string describe() const;
  // By the rules of this run. `relative`: below its root.
  bool is_ignored(std::string_view relative, bool is_directory) const;
};

// Mechanisms that can be disabled, to see whether the simulator notices.
enum class Break : std::uint8_t {
  kNone,
  kBackground,
  kWatchFirst,
  kOverflow,
  kUnsettled,
  kRearm,
  kAcknowledge,
  kRootGuard,
  kLastGood,
};

std::string_view break_name(Break what);
// kNone, if there is no such name.
Break break_named(std::string_view name);
inline constexpr Break kBreaks[] = {Break::kBackground, Break::kWatchFirst, Break::kOverflow,
                                    Break::kUnsettled,  Break::kRearm,      Break::kAcknowledge,
                                    Break::kRootGuard,  Break::kLastGood};

Scenario make_scenario(std::uint64_t seed);

}  // namespace pawl
