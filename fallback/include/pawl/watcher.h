/// @file
/// Watching directory trees: what changed in them, whatever the operating system lets one see.
///
/// A directory is watched natively where that works and polled where it does not, one directory at
/// a time, and it is told which and why. What is reported is what was found by comparing the disk
/// with what was known, so that the stream is the same however a change was noticed.
///
///     auto watcher = pawl::watch::Watcher::open({}, [](pawl::watch::Batch batch) {
///       for (const pawl::watch::Change& change : batch.changes) puts(change.path.c_str());
///     });
///     if (!watcher) return fail(watcher.error().message());
///     auto root = watcher->add_root({.path = "/etc"});
///
/// Link pawl::watch. Paths are bytes, absolute, without a slash at the end.
#pragma once

#include <pawl/error.h>
#include <pawl/export.h>
#include <pawl/version.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct uv_loop_s;  // libuv's uv_loop_t

namespace pawl::watch {

/// What became of a path.
enum class ChangeKind : std::uint8_t {
  kCreated,
  kModified,    ///< content: another inode, size or modification time
  kAttributes,  ///< mode, owner or times, and not the content
  kRemoved,
};

/// What a path leads to. A link is not followed for it.
enum class FileType : std::uint8_t { kFile, kDirectory, kSymlink, kOther };

/// How a change came to be noticed.
enum class Via : std::uint8_t { kNative, kPoll, kScan };

/// How changes of a directory are noticed.
enum class Mode : std::uint8_t {
  kNone,         ///< not at all: it is paused, or not looked at yet
  kNative,       ///< by the operating system, at once
  kPolled,       ///< by looking at it again and again
  kUnreachable,  ///< not now: it does not answer or may not be read; it is tried again
};

/// Why in that way.
enum class Reason : std::uint8_t {
  kPreferred,      ///< native, as it should be
  kConfigured,     ///< the root's options say so
  kWatchLimit,     ///< ENOSPC: fs.inotify.max_user_watches
  kInstanceLimit,  ///< EMFILE, ENFILE: fs.inotify.max_user_instances or descriptors
  kKernelMemory,   ///< ENOMEM
  kPermission,     ///< EACCES, EPERM
  kFileSystem,     ///< a file system whose native watches do not tell of all changes
  kBudget,         ///< Options::native_watches_percent; the rest is left to other programs
  kLostHints,      ///< changes were found there that native watches had not told
  kUnsupported,    ///< native watching was refused for another reason
  kNoAnswer,       ///< the mount does not answer
  kIo,             ///< it answers with errors
};

/// Why a whole tree was compared with the disk.
enum class RescanReason : std::uint8_t { kOverflow, kRequested, kRootBack, kMountBack };

/// How a root is to be watched.
enum class Backend : std::uint8_t {
  kAuto,    ///< native where that works, else polled
  kNative,  ///< native even on file systems that are known not to tell everything
  kPoll,    ///< polled
};

/// The names that pawl's own output has for these: "created", "watch-limit". Valid for ever. Any
/// thread.
///@{
PAWL_EXPORT std::string_view name_of(ChangeKind kind);
PAWL_EXPORT std::string_view name_of(FileType type);
PAWL_EXPORT std::string_view name_of(Via via);
PAWL_EXPORT std::string_view name_of(Mode mode);
PAWL_EXPORT std::string_view name_of(Reason reason);
PAWL_EXPORT std::string_view name_of(RescanReason reason);
///@}
/// What a person can do about it; empty where nothing needs doing. Valid for ever. Any thread.
PAWL_EXPORT std::string_view remedy_for(Reason reason);

/// Names a root of one Watcher; never used twice by it.
using RootId = std::uint32_t;

/// A moment, on the clock of uv_hrtime (CLOCK_MONOTONIC where there is one).
using Moment = std::chrono::nanoseconds;

/// One path is other than it was known to be.
struct Change {
  ChangeKind kind = ChangeKind::kModified;  ///< what became of it
  FileType type = FileType::kFile;          ///< of what is, or was, there
  Via via = Via::kNative;                   ///< how it was noticed
  RootId root = 0;                          ///< as Watcher::add_root gave it
  std::string path;                         ///< absolute
  /// Of kCreated: the path of the same inode, removed in the same batch. Nearly always a rename.
  std::string from;
  std::uint64_t inode = 0;   ///< 0: not known
  std::uint64_t device = 0;  ///< 0: not known
  Moment known_at{};         ///< the moment when it was
};

/// How a directory is watched, and why in that way.
struct Coverage {
  Mode mode = Mode::kNone;             ///< how
  Reason reason = Reason::kPreferred;  ///< why
  int os_error = 0;                    ///< errno; 0 where the system has said nothing

  /// Member by member.
  bool operator==(const Coverage&) const = default;
};

/// A directory is now noticed in another way.
struct CoverageChange {
  RootId root = 0;            ///< as Watcher::add_root gave it
  std::string directory;      ///< absolute
  Mode before = Mode::kNone;  ///< until now
  Coverage now;               ///< from now on
  Moment at{};                ///< when
};

/// One directory, and how it is watched.
struct DirectoryCoverage {
  std::string directory;  ///< absolute
  Coverage coverage;      ///< how and why
};

/// Hints may have been lost, so all of this is compared with the disk. No change is lost by it.
struct Rescan {
  RescanReason reason = RescanReason::kOverflow;  ///< why
  std::string path;  ///< of the root or mount; empty: everything that is watched natively
  std::uint64_t directories = 0;  ///< how many
  Moment at{};                    ///< when
};

/// A root can or cannot be seen. While it can't, nothing of it is reported as removed.
struct RootState {
  RootId root = 0;         ///< as Watcher::add_root gave it
  std::string path;        ///< absolute
  bool available = false;  ///< it can be seen
  Error why;               ///< where it is not available
  Moment at{};             ///< when
};

/// What one turn of the loop has brought. Apply `changes` in their order.
struct Batch {
  std::vector<Change> changes;           ///< to be applied in their order
  std::vector<CoverageChange> coverage;  ///< directories that are noticed in another way
  std::vector<Rescan> rescans;           ///< comparisons with the disk
  std::vector<RootState> roots;          ///< roots that came or went
  /// Roots of which everything has been looked at once: no change made after it can be missed.
  std::vector<RootId> ready;

  /// There is nothing in it.
  bool empty() const {
    return changes.empty() && coverage.empty() && rescans.empty() && roots.empty() && ready.empty();
  }
};

/// How long something took, in buckets that double.
struct Histogram {
  /// counts[i] are those of at most `bound(i)` and more than `bound(i - 1)`; the last has no bound.
  std::array<std::uint64_t, 24> counts{};
  std::uint64_t count = 0;         ///< of all buckets together
  std::chrono::nanoseconds sum{};  ///< of all of them

  /// 16 µs, and twice as much for each step. REQUIRES: i is not the last.
  static constexpr std::chrono::nanoseconds bound(std::size_t i) {
    return std::chrono::microseconds(std::int64_t{16} << i);
  }
};

/// So many directories are watched in this way.
struct CoverageCount {
  Mode mode = Mode::kNone;             ///< how
  Reason reason = Reason::kPreferred;  ///< why
  std::uint64_t directories = 0;       ///< how many
};

/// So often something failed with this.
struct ErrorCount {
  ErrorCode code = ErrorCode::kIo;  ///< what was wrong
  std::uint64_t count = 0;          ///< how often
};

/// What the watching has done, since its start, and what it is doing. A plain value.
struct Metrics {
  // Counters.
  std::uint64_t hints = 0;           ///< signs that something may have changed
  std::uint64_t looks = 0;           ///< directories looked at, for whatever cause
  std::uint64_t changes = 0;         ///< that were told
  std::uint64_t collapsed = 0;       ///< pending names given up for one look at the directory
  std::uint64_t overflows = 0;       ///< alarms that a queue of the kernel may have overflowed
  std::uint64_t rescans = 0;         ///< comparisons of much with the disk, see Rescan
  std::uint64_t lost_hints = 0;      ///< changes that only the background comparison found
  std::uint64_t degradations = 0;    ///< native to polled
  std::uint64_t returns = 0;         ///< polled to native
  std::uint64_t root_losses = 0;     ///< roots that went out of sight
  std::uint64_t sweeps_skipped = 0;  ///< the one before had not ended
  std::uint64_t look_errors = 0;     ///< entries and directories that could not be looked at
  std::vector<ErrorCount> look_errors_by_code;  ///< those that failed for a whole directory

  // Gauges.
  std::vector<CoverageCount> directories;    ///< by mode and reason; sorted, none with 0
  std::uint64_t files = 0;                   ///< entries that are not followed directories
  std::uint64_t looks_in_flight = 0;         ///< handed to the disk
  std::uint64_t looks_queued = 0;            ///< that wait for that
  std::uint64_t changes_waiting = 0;         ///< held for a rest, or in a Queue that nobody drains
  std::chrono::nanoseconds poll_interval{};  ///< the longest that a polled directory waits now

  /// From the first hint of a directory's being looked at to the change's being known.
  Histogram hint_to_change;

  /// Those of all reasons.
  std::uint64_t directories_in(Mode mode) const {
    std::uint64_t sum = 0;
    for (const CoverageCount& count : directories)
      sum += count.mode == mode ? count.directories : 0;
    return sum;
  }
};

/// The same as one JSON object, and as Prometheus text (format 0.0.4; names begin with "pawl_").
/// Times are in seconds. Any thread.
///@{
PAWL_EXPORT std::string to_json(const Metrics& metrics);
PAWL_EXPORT std::string to_prometheus(const Metrics& metrics);
///@}

/// How a Watcher watches. No duration may be longer than a year.
struct Options {
  /// Share of the user's inotify watches to take, in per cent; the rest is left to other programs.
  std::uint32_t native_watches_percent = 75;
  /// Instead of the share: so many watches at most.
  std::optional<std::uint64_t> native_watches_max = std::nullopt;
  /// 0: each change is told as soon as it is known. Else once nothing has changed for so long,
  /// merged to one change a path.
  std::chrono::milliseconds debounce{0};
  /// With `debounce`: no change waits for longer, though others go on.
  std::chrono::milliseconds debounce_max{2000};
  /// A mount that has not answered for so long is unreachable.
  std::chrono::milliseconds answer_timeout{10'000};
  /// Share of one core that looking at polled directories may take; 0.05 is 5%.
  double sweep_share = 0.05;
  /// The least time of one pass of the background comparison of everything with the disk, which
  /// finds hints that were lost. 0: there is none.
  std::chrono::milliseconds background_pass_min{60'000};
  /// A file that Watcher::save_snapshot has made, or empty. Of roots that are in it, what changed
  /// since it was made is told, before they are ready; once, when the root is first added.
  std::string since = {};
};

/// What is to be watched.
struct Root {
  std::string path;       ///< relative to the current directory, if it does not begin with a slash
  bool recursive = true;  ///< false: what lies in the root itself, and not below that
  bool follow_symlinks = false;      ///< inside the root only
  bool allow_empty = false;          ///< a root that comes back empty is empty
  Backend backend = Backend::kAuto;  ///< how it is to be noticed
  /// How often a polled directory is looked at.
  std::chrono::milliseconds poll_interval{1000};
  /// Patterns as in a .gitignore file, relative to the root: what matches is not seen.
  std::vector<std::string> ignore = {};
};

/// Takes a batch. Must not throw. It may call anything of the Watcher, and destroy it.
using Callback = std::function<void(Batch)>;

/// Batches for whoever takes them, on any thread. When more than 65,536 changes wait they are
/// merged, one a path, so that a queue nobody drains grows with what there is and not with how
/// often it changes.
///
/// A Queue is a handle: copies are the same queue, and it outlives the Watcher that fills it.
/// Threading: every method on any thread.
class PAWL_EXPORT Queue {
 public:
  /// A new one. kInstanceLimit: there are no more descriptors.
  static Expected<Queue> make();
  /// The same queue. One that was moved from can only be assigned to and destroyed.
  ///@{
  Queue(const Queue&);
  Queue(Queue&&) noexcept;
  Queue& operator=(const Queue&);
  Queue& operator=(Queue&&) noexcept;
  ///@}
  /// The last handle closes its descriptor. What waits in it is lost.
  ~Queue();

  /// All that waits; nothing if nothing does. Never blocks.
  std::optional<Batch> take();
  /// The same, but waits for something to come, for at most `timeout` (one beyond a year is a
  /// year), or for closed(): then it does not wait.
  std::optional<Batch> wait(std::chrono::milliseconds timeout);
  /// Readable, for poll(2) and the like, while something waits or the queue is closed. Do not read
  /// from it or close it: it is the queue's. -1 where the platform has none.
  int descriptor() const;
  /// The Watcher has gone: nothing more comes. What waits can still be taken.
  bool closed() const;

 private:
  friend class Watcher;
  struct PAWL_HIDDEN State;
  explicit Queue(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

/// Watches directory trees: on the caller's libuv loop, or with a thread of its own.
///
/// Threading. On a loop of the caller's: everything, the callback too, on the thread that runs the
/// loop. With its own thread: the callback is called on that; the methods may be called on any
/// thread, on that one too, one of them at a time, and wait for the watcher's thread. So do not
/// hold a lock in such a call that the callback takes.
class PAWL_EXPORT Watcher {
 public:
  /// On `loop`, which outlives the Watcher and runs on until uv_loop_close can succeed: the handles
  /// are freed in its next turns. An active Watcher keeps the loop running.
  ///
  /// kNotFound, kPermission, kCorrupt, kForeign, …: Options::since can't be had.
  /// kUsage: an option is out of range, or there is no callback.
  ///@{
  static Expected<Watcher> open(uv_loop_s* loop, Options options, Callback callback);
  static Expected<Watcher> open(uv_loop_s* loop, Options options, Queue queue);
  ///@}

  /// With a thread of its own. Any thread. Errors as above, and kInstanceLimit, kNoMemory: the loop
  /// or the thread could not be made.
  ///@{
  static Expected<Watcher> open(Options options, Callback callback);
  static Expected<Watcher> open(Options options, Queue queue);
  ///@}

  /// It goes on under another name: nothing else changes. What was there before an assignment is
  /// destroyed; one that was moved from can only be assigned to and destroyed.
  ///@{
  Watcher(Watcher&&) noexcept;
  Watcher& operator=(Watcher&&) noexcept;
  ///@}
  /// Stops watching; no callback follows, and one that runs on another thread has returned: until
  /// then it may use the Watcher. Takes no more than 250 ms, even if a mount hangs. At any moment,
  /// inside the callback too; its own thread then ends by itself a little later.
  ~Watcher();

  /// Starts watching a root. One that is not there is told as unavailable, and watched as soon as
  /// it is. Roots may be the same or lie in each other: each is told by itself. kUsage: the path is
  /// empty, a pattern is malformed, or Options::since knows it with other options.
  Expected<RootId> add_root(Root root);
  /// Forgets a root; nothing is told of it from now on, save what waits already. Unknown: nothing.
  void remove_root(RootId root);

  /// Gives up its watches; nothing of it is noticed until it is resumed. Unknown: nothing.
  void pause(RootId root);
  /// Watches it again. What changed meanwhile is told, as changes of the ordinary kind.
  void resume(RootId root);
  /// Compares everything below the root with the disk.
  void rescan(RootId root);

  /// Has what is known of all roots written to `file`, for Options::since of a later Watcher. A
  /// crash leaves the old file or the new one. `done` is called once, as a callback is, or not at
  /// all if the Watcher goes before. Waits, but no longer than 2 s, until no timestamp is so fresh
  /// that it might hide a later write.
  ///
  /// kBusy: a root is not ready yet. kPermission, kFull, kIo, …: the file could not be written.
  void save_snapshot(std::string file, std::function<void(Error)> done);

  /// What it has done and is doing. Takes time for each directory.
  Metrics metrics() const;
  /// All directories of a root and how they are watched, sorted by path. As long as the tree is.
  std::vector<DirectoryCoverage> coverage(RootId root) const;

 private:
  struct PAWL_HIDDEN Impl;
  explicit Watcher(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace pawl::watch
