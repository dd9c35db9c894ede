/// @file
/// A registry of tasks, and its SQLite database, kept true to the disk.
///
///     pawl::tasks::Options options;
///     options.database = "registry.db";
///     options.sources = {{.path = "tasks"}};
///     auto registry = pawl::tasks::Registry::open(options, {});
///     if (!registry) return fail(registry.error().message());
///     if (auto task = registry->get("7d3a1c52-4b0e-4c1f-9f43-0f6f3a1b2c01"))
///       run(registry->content(task)->script);
///
/// Link pawl::pawl. It includes what <pawl/watcher.h> has.
#pragma once

#include <pawl/watcher.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pawl {
class Task;
class RegistrySnapshot;
}  // namespace pawl

namespace pawl::tasks {

/// What is wrong with a task, and where.
struct Diagnostic {
  std::string path;          ///< absolute; inside an archive "/a/task.zip/main.js"
  std::uint32_t line = 0;    ///< from 1; 0: the whole file
  std::uint32_t column = 0;  ///< from 1, in bytes; 0: the whole line
  std::string text;          ///< for a person, in one line
};

/// One content of one version of a task. It never changes, and holding it keeps it alive: work that
/// runs on it goes on with it, whatever happens to its files. A handle: copies are the same
/// content.
///
/// Threading: any thread. What is returned lives as long as the handle.
/// REQUIRES, of the accessors: the handle is not empty.
class PAWL_EXPORT Task {
 public:
  /// None.
  Task() = default;
  /// The same content.
  ///@{
  Task(const Task&);
  Task(Task&&) noexcept;
  Task& operator=(const Task&);
  Task& operator=(Task&&) noexcept;
  ///@}
  /// If it was the last holder of a version that is served no more: Callbacks::on_released.
  ~Task();

  /// It is not empty.
  explicit operator bool() const { return task_ != nullptr; }

  std::string uuid() const;               ///< lower case
  std::string version() const;            ///< Semantic Versioning 2.0.0
  std::string label() const;              ///< from metadata.json
  std::string description() const;        ///< from metadata.json; may be empty
  std::vector<std::string> tags() const;  ///< from metadata.json, in its order
  std::string source() const;             ///< the name of its source
  std::string path() const;      ///< absolute: the task's directory, or its .zip file
  std::string checksum() const;  ///< of every file of it, 32 hexadecimal digits

  /// Of the same uuid and version, and with the same content. Two empty ones are the same.
  bool operator==(const Task& other) const;

 private:
  friend class Registry;
  friend class Snapshot;
  friend struct Access;
  explicit Task(std::shared_ptr<const pawl::Task> task);
  std::shared_ptr<const pawl::Task> task_;
};

/// The files of a task, byte for byte. A schema that it does not have is empty.
struct Content {
  std::string metadata;       ///< metadata.json
  std::string input_schema;   ///< input.schema.json
  std::string output_schema;  ///< output.schema.json
  std::string script;         ///< main.js
};

/// A path that is there and serves nothing new.
struct Trouble {
  std::string source;              ///< the name of its source
  std::string path;                ///< absolute
  std::vector<Diagnostic> errors;  ///< why; at least one
  /// Of an invalid path: the last good version, which serves on; empty if there never was one.
  Task serving;
  std::string other_path;  ///< of a duplicate: the path that serves its identity
};

/// The registry at one moment. To read several things that fit together, hold on to one; it holds
/// all tasks that are in it. A handle: copies are the same moment.
///
/// Threading: any thread. Nothing here waits or fails.
class PAWL_EXPORT Snapshot {
 public:
  /// The same moment. One that was moved from can only be assigned to and destroyed.
  ///@{
  Snapshot(const Snapshot&);
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(const Snapshot&);
  Snapshot& operator=(Snapshot&&) noexcept;
  ///@}
  /// As ~Task() for each that only it has held.
  ~Snapshot();

  /// The latest version by semver precedence; empty if there is none.
  Task get(std::string_view uuid) const;
  /// This version; empty if there is none.
  Task get(std::string_view uuid, std::string_view version) const;
  /// By semver precedence, the latest at the end.
  std::vector<Task> versions(std::string_view uuid) const;
  /// All versions that fit, byte for byte, sorted by uuid and precedence. Each of these looks at
  /// every task.
  ///@{
  std::vector<Task> list() const;
  std::vector<Task> find_by_label(std::string_view label) const;
  std::vector<Task> find_by_tag(std::string_view tag) const;
  ///@}
  /// Sorted by path, then source.
  ///@{
  std::vector<Trouble> invalid() const;
  std::vector<Trouble> duplicates() const;
  ///@}
  /// Tasks, each version counted.
  std::size_t size() const;
  /// Grows with each batch of changes; 0 is the empty registry.
  std::uint64_t number() const;

 private:
  friend class Registry;
  explicit Snapshot(std::shared_ptr<const RegistrySnapshot> snapshot);
  std::shared_ptr<const RegistrySnapshot> snapshot_;
};

/// What happened to a task.
enum class EventKind : std::uint8_t {
  kAdded,
  kUpdated,
  kRemoved,
  kInvalid,    ///< its last good version stays
  kRecovered,  ///< valid again
  kDuplicate,  ///< another path already serves this identity
};
/// "added", "updated", … Valid for ever. Any thread.
PAWL_EXPORT std::string_view name_of(EventKind kind);

/// What happened to a task. Told once it is in the database, where there is one.
struct Event {
  EventKind kind = EventKind::kAdded;  ///< what happened
  /// After the event; of kRemoved the one that went; of kInvalid the last good one, or empty.
  /// Whoever keeps it holds it.
  Task task;
  std::string source;              ///< the name of its source
  std::string path;                ///< absolute
  std::string other_path;          ///< kDuplicate
  std::vector<Diagnostic> errors;  ///< kInvalid, kDuplicate
  std::int64_t seq = 0;            ///< in the feed; 0 where there is no database
};

/// A version that is served no more, and that nobody holds.
struct Released {
  std::string uuid;      ///< Task::uuid
  std::string version;   ///< Task::version
  std::string checksum;  ///< Task::checksum
};

/// One entry of the feed.
struct FeedEntry {
  std::int64_t seq = 0;  ///< strictly increases
  std::string at;        ///< UTC, as "2026-01-02T03:04:05.678Z"
  std::string kind;      ///< name_of(EventKind), or "conflict"
  std::string uuid;      ///< empty if none was known, as what follows
  std::string version;   ///< of the task
  std::string path;      ///< absolute
  std::string checksum;  ///< of the task after the entry
};

/// A piece of the feed.
struct FeedPage {
  std::vector<FeedEntry> entries;  ///< oldest first
  /// Entries after the cursor are missing, or it is of another feed: take all tasks anew, and go on
  /// from `resync_from`.
  bool resync = false;
  std::int64_t resync_from = 0;  ///< with `resync`
};

/// How large a task may be. What exceeds a limit makes that task invalid, and no other.
struct Limits {
  std::uint64_t file_size_max = std::uint64_t{8} << 20;  ///< bytes; an archive's own size as well
  std::uint32_t files_max = 10'000;                      ///< of a folder
  std::uint32_t zip_entries_max = 10'000;                ///< of an archive
  std::uint64_t zip_expanded_max = std::uint64_t{64} << 20;  ///< bytes, all entries together
  std::uint32_t zip_ratio_max = 200;  ///< expanded by compressed bytes of one entry
  std::uint32_t depth_max = 32;       ///< folders below the task's own
};

/// A folder of tasks. No duration may be longer than a year.
struct Source {
  std::string path;  ///< relative to the current directory, if it does not begin with a slash
  std::string name =
      {};             ///< part of the identity of tasks without a uuid; empty: the folder's name
  bool watch = true;  ///< false: loaded at the start, and not watched
  bool recursive = true;  ///< false: only the folder itself and its direct children can be tasks
  bool follow_symlinks = false;  ///< inside the folder only
  bool allow_empty = false;      ///< true: an empty folder means that its tasks are gone
  watch::Backend backend = watch::Backend::kAuto;  ///< how changes are to be noticed
  /// A task is loaded once it has rested for so long.
  std::chrono::milliseconds debounce{500};
  std::chrono::milliseconds poll_interval{1000};  ///< how often a polled directory is looked at
  /// Patterns as in a .gitignore file. Nothing: what editors leave behind, and .git.
  std::optional<std::vector<std::string>> ignore = std::nullopt;
  std::uint32_t max_concurrent_reloads = 5;  ///< at least 1
  bool retry_on_error = true;  ///< a task that the disk did not let be read, and the database
  std::chrono::milliseconds retry_delay{1000};  ///< the first; doubles up to a minute
  Limits limits = {};                           ///< of each task
};

/// How a source fares.
enum class SourceStatus : std::uint8_t {
  kLooking,  ///< its first look is not done
  kAvailable,
  kUnavailable,  ///< it can't be seen; nothing of it is removed
  kPaused,
};

/// A source, and how it fares.
struct SourceState {
  std::string name;                              ///< as in Source, or the folder's
  std::string path;                              ///< absolute
  SourceStatus status = SourceStatus::kLooking;  ///< now
  std::string reason;                            ///< of kUnavailable
  std::uint64_t directories = 0;                 ///< that are known
  std::uint64_t files = 0;                       ///< that are known
  std::uint64_t native = 0;                      ///< directories watched natively
  std::uint64_t polled = 0;                      ///< directories that are polled
};

/// What the registry has done, since its start, and what it is doing. A plain value.
struct Metrics {
  watch::Metrics watching;  ///< of all sources together
  // Counters.
  std::uint64_t reloads = 0;          ///< tasks loaded, again or for the first time
  std::uint64_t reload_failures = 0;  ///< of these: the disk did not let itself be read
  std::uint64_t reloads_invalid = 0;  ///< of these: the task was not valid
  std::uint64_t commits = 0;          ///< to the database
  std::uint64_t commit_failures = 0;  ///< each is followed by another try
  std::vector<watch::ErrorCount> commit_failures_by_code;  ///< the same by what was wrong
  // Gauges.
  std::uint64_t tasks = 0;         ///< that serve, each version counted
  std::uint64_t invalid = 0;       ///< paths
  std::uint64_t duplicates = 0;    ///< paths
  std::uint64_t debouncing = 0;    ///< tasks that wait for a rest
  std::uint64_t loading = 0;       ///< tasks that are being read and checked
  std::uint64_t sync_pending = 0;  ///< what waits for the database
  /// How long the oldest change that is not in the database has been known; 0 if nothing waits.
  std::chrono::nanoseconds sync_lag{};
  /// From the first change of a task to its commit: the debounce and the loading are in it.
  watch::Histogram change_to_commit;
};

/// The same as one JSON object, and as Prometheus text (format 0.0.4; names begin with "pawl_").
/// Times are in seconds. Any thread.
///@{
PAWL_EXPORT std::string to_json(const Metrics& metrics);
PAWL_EXPORT std::string to_prometheus(const Metrics& metrics);
///@}

/// What a Registry keeps, and where.
struct Options {
  std::vector<Source> sources = {};  ///< those at the start; others may be added
  /// The SQLite file, made if it is not there. Empty: there is none, nor a feed, and the texts of
  /// tasks are kept in memory.
  std::string database = {};
  /// Kept of each version of a task, beside those that someone holds; at least 1.
  std::uint32_t revisions_max = 20;
  std::uint64_t changes_max = 0;  ///< entries of the feed that are kept; 0: all
  /// Share of the user's inotify watches to take, in per cent; the rest is left to other programs.
  std::uint32_t native_watches_percent = 75;
};

/// Called on the thread of the registry, one at a time. Any may be empty; none may throw. They may
/// call anything of the Registry, and destroy it. With a thread of its own the first may come
/// before open() has returned.
struct Callbacks {
  /// In the order of the feed.
  std::function<void(std::vector<Event>)> on_events = nullptr;
  /// `now` serves where `before` did, as the latest of its uuid. Who holds `before` keeps it.
  std::function<void(Task now, Task before)> on_newer = nullptr;
  /// The last holder of a version that is served no more has let go of it; pawl itself holds one
  /// until what took its place is in the database. Told once for each.
  std::function<void(Released)> on_released = nullptr;
  /// Every source has been looked at, or is known to be unavailable: no later change can be missed.
  std::function<void()> on_watching = nullptr;
  /// All that was found is in the registry and committed; may come again.
  std::function<void()> on_settled = nullptr;
  /// Coverage, rescans, roots and readiness; `changes` is empty. A root is the source's index,
  /// counted in the order in which they were added.
  std::function<void(watch::Batch)> on_watch = nullptr;
  /// The database could not be written, or can be again (no error). It is tried again by itself.
  std::function<void(Error)> on_sync = nullptr;
};

/// Keeps tasks true to the disk: on the caller's libuv loop, or with a thread of its own.
///
/// Threading. What reads tasks, their texts and the feed may be called on any thread, at any time.
/// The rest as with watch::Watcher: with a loop of the caller's on the loop's thread; with its own
/// thread on any, one at a time, waiting for the registry's thread.
class PAWL_EXPORT Registry {
 public:
  /// Opens the database and starts. `loop` outlives the Registry, and runs on until uv_loop_close
  /// can succeed.
  ///
  /// kUsage: an option is wrong, or a source's folder is not there; the message says what to do.
  /// kBusy: another process writes the database. kForeign: it is not pawl's, or newer; nothing was
  /// touched. kCorrupt: it is damaged. kPermission, kFull, kIo, …: by the system.
  static Expected<Registry> open(uv_loop_s* loop, Options options, Callbacks callbacks);
  /// With a thread of its own. Any thread. Errors as above, and kInstanceLimit, kNoMemory: the loop
  /// or the thread could not be made.
  static Expected<Registry> open(Options options, Callbacks callbacks);

  /// It goes on under another name: nothing else changes. What was there before an assignment is
  /// destroyed; one that was moved from can only be assigned to and destroyed.
  ///@{
  Registry(Registry&&) noexcept;
  Registry& operator=(Registry&&) noexcept;
  ///@}
  /// As close() with no error to be seen, and for 2 s at most. No callback follows, and one that
  /// runs on another thread has returned: until then it may use the Registry. At any moment, inside
  /// a callback too; its own thread then ends by itself a little later. Tasks and snapshots live
  /// on.
  ~Registry();

  // Reading: any thread.

  /// As it is now. Never waits for more than the exchange of a pointer.
  Snapshot snapshot() const;
  /// As in snapshot().
  ///@{
  Task get(std::string_view uuid) const { return snapshot().get(uuid); }
  Task get(std::string_view uuid, std::string_view version) const {
    return snapshot().get(uuid, version);
  }
  std::vector<Task> versions(std::string_view uuid) const { return snapshot().versions(uuid); }
  std::vector<Task> list() const { return snapshot().list(); }
  std::vector<Task> find_by_label(std::string_view label) const {
    return snapshot().find_by_label(label);
  }
  std::vector<Task> find_by_tag(std::string_view tag) const { return snapshot().find_by_tag(tag); }
  std::vector<Trouble> invalid() const { return snapshot().invalid(); }
  ///@}

  /// The texts of a task, as they were when it was read: from memory if they were wanted lately,
  /// else from the database, which keeps those of a version for as long as someone holds that. May
  /// wait for the disk. kNotFound: `task` is empty, or the database that had this content is not
  /// there any more.
  Expected<Content> content(const Task& task) const;

  /// The feed after `cursor` (0: from its start), oldest first, at most `limit` entries. May wait
  /// for the disk. kUnsupported: there is no database.
  Expected<FeedPage> changes_since(std::int64_t cursor, std::size_t limit) const;

  // Steering.

  /// What the database knows of the source is taken over, if nothing waits for the database just
  /// now; else its tasks come as new. kUsage: the name is in use, or the folder lies in another's
  /// or is not there.
  Error add_source(Source source);
  /// Its tasks are removed, from the database too. kNotFound, here and below: there is no such
  /// source; kUsage: the Registry is closed.
  Error remove_source(std::string_view name);
  /// Gives up its watches. What is loaded serves on. kNotFound.
  Error pause(std::string_view name);
  /// What happened to it meanwhile is found, and told as always. kNotFound.
  Error resume(std::string_view name);
  /// Compares all of it with the disk. kNotFound.
  Error rescan(std::string_view name);
  /// All of them, in the order in which they were added; none after close().
  std::vector<SourceState> sources() const;

  /// What waits for a rest is taken up at once, and so is what changes from now on.
  void flush();
  /// What it has done and is doing; all zero after close(). Takes time for each directory.
  Metrics metrics() const;

  /// Stops, and commits what is known, for `deadline` at most. An error: not all of it is in the
  /// database; the next start finds it again. Reading goes on; steering does nothing any more.
  Error close(std::chrono::milliseconds deadline);

 private:
  struct PAWL_HIDDEN Impl;
  explicit Registry(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace pawl::tasks
