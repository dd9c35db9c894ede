// The store: pawl's database, with this process as its one writer.
//
// Threading: one thread at a time; it may be handed from one to another. Every method may block for
// as long as the disk does, and for `busy_timeout` on another's lock.
// After an error nothing of what was asked is in the database, and the same may be tried again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/status.h"
#include "core/task/task.h"
#include "sync/conflict.h"
#include "sync/content_hash.h"
#include "sync/file_identity.h"
#include "sync/iso_time.h"
#include "sync/sqlite.h"
#include "sync/store_reader.h"
#include "sync/stored.h"
#include "sync/writer_lock.h"

namespace pawl {

struct OpenOptions {
  bool create = true;
  // How long to wait for the lock of another program that writes (an editor of rows, a backup).
  // Short, for the service tries again by itself, and stops in time.
  std::chrono::milliseconds busy_timeout{250};
  // How many revisions are kept of each version of a task, beside the one that the disk has and the
  // last one that someone else has written.
  std::uint32_t revisions_max = 20;
  // Whether someone works with the content that has this checksum: its revision is not dropped
  // then. Called by commit() and settle_edited(). Empty: nobody does.
  std::function<bool(std::string_view checksum)> is_held = nullptr;
  // How many entries of the feed are kept; 0: all.
  std::uint64_t changes_max = 0;
  // By the name of the source; kRegistry where there is none.
  std::map<std::string, ConflictRule> conflict_rules = {};
  // The feed goes on behind this number, if it has not come so far by itself.
  std::int64_t feed_after = 0;
  // A database that is not there is made as "<database>-unfinished" and comes to its place by
  // place(). Nobody reads it until then, so it needs no write-ahead log, which halves what is
  // written.
  bool place_when_done = false;
};

// What is committed together, in this order.
struct SyncBatch {
  // Paths that have no problem any more, without an entry in the feed.
  std::vector<std::string> settled_paths;
  std::vector<TaskEvent> events;
  std::vector<StampUpdate> stamps;
  // All sources that there are; those not named are forgotten. Nothing: they stay as they are.
  std::optional<std::vector<SourceState>> sources;

  bool empty() const {
    return settled_paths.empty() && events.empty() && stamps.empty() && !sources;
  }
};

struct EditScan {
  std::vector<std::int64_t> edited;  // ids of rows
  std::int64_t last = 0;             // the last of them
  bool done = false;                 // there are no more
};

class Store {
 public:
  // `path` may be ":memory:": a database that nobody else sees.
  //
  // kBusy: another process writes it (the detail says who), or holds its lock right now.
  // kForeign: it is not pawl's, or newer; nothing was touched. kCorrupt: it is damaged.
  // kNotFound, kPermission, kFull, kIo, …: by the system.
  static Result<std::unique_ptr<Store>> open(const std::string& path, const OpenOptions& options);
  // The same with a lock on `path` that the caller has got already.
  static Result<std::unique_ptr<Store>> open(const std::string& path, const OpenOptions& options,
                                             WriterLock lock);

  // Brings a database that place_when_done has made elsewhere to its place; else does nothing. On
  // error the store is good for nothing but to be destroyed. What was committed is kept either way,
  // for the next open() brings to its place what it finds elsewhere.
  //
  // kForeign: another file has come to its place. kBusy: another process has taken it away. kFull,
  // kIo, …: by the system.
  Status place();

  bool at_its_place() const { return !elsewhere_; }

  // All live tasks and problems, without their content.
  Result<StoredState> load() { return reader_->load(); }

  // One transaction: all of it, or on error nothing. Gives the feed's `seq` of each event, in
  // order; they increase, and none is ever used twice. 0: the event was left out, see take_wanted.
  //
  // - kAdded, kUpdated, kRecovered: the row gets the task and its content, and the content becomes
  //   a revision. Of an event without content it is that of the row, or of a revision.
  //   The path has no problem any more.
  // - kInvalid with a task: the row keeps its last good content and gets the errors. Without one,
  //   or if no row serves it: the path has a problem.
  // - kDuplicate: the path has a problem; the row that serves is untouched.
  // - kRemoved with a task: nothing serves it any more; its row stays, disabled. Without one: the
  //   path has no problem any more.
  //
  // If someone else has edited the row, the rule of its source decides what it has from then on;
  // the other content becomes a revision, and the feed tells of it before the event.
  Result<std::vector<std::int64_t>> commit(const SyncBatch& batch, WallMs now);

  // The next `limit` rows after `after` that someone else seems to have edited.
  Result<EditScan> find_edited(std::int64_t after, std::int64_t limit);
  // Deals with edited rows as commit() does, where nothing has changed on the disk.
  Status settle_edited(std::span<const std::int64_t> rows, WallMs now);

  // What the last commit() or settle_edited() that went well has met, and gives once.
  std::vector<StoredConflict> take_conflicts() { return std::exchange(conflicts_, {}); }
  // Tasks whose content is neither in the row nor in a revision: to be read and committed with it.
  std::vector<TaskPtr> take_wanted() { return std::exchange(wanted_, {}); }

  // Reads all of it. kCorrupt: something in it is damaged.
  Status check();
  // Another connection has committed since this was last asked.
  Result<bool> others_wrote();
  // The path no longer leads to the file that is open: it is gone or another. Or its lock is.
  bool replaced() const;
  // To be called before a store whose file was replaced is destroyed: takes away what lies beside
  // the path and belongs to the old file, lest SQLite take it for the log of the new one.
  void leave_replaced();
  // Writes the log back into the database as far as readers let it. `all`: the log is emptied too,
  // if nobody reads; this waits for the transactions of readers as for a lock.
  Status write_log_back(bool all);
  // Bytes of the log.
  std::uint64_t log_size() const;
  // The newest number of the feed.
  std::int64_t last_seq() const { return last_seq_; }
  // What others are told of this writer, beside who it is. See WriterLock.
  void tell_others(std::string_view text);

  void set_busy_timeout(std::chrono::milliseconds timeout);

  // The read side, on the same connection and thread. Others open their own StoreReader.
  StoreReader& reader() { return *reader_; }

  // Gives up what of the database is held in memory: megabytes, after many rows were read or written.
  void release_memory() {
    connection_->release_memory();
    reader_->release_memory();
  }
  // Its place, wherever it is now.
  const std::string& path() const { return path_; }

 private:
  Store() = default;
  static Result<std::unique_ptr<Store>> open_held(const std::string& path,
                                                  const OpenOptions& options,
                                                  std::optional<WriterLock> lock);
  // Opens the file where it is, and makes it ready.
  Status attach();

  Status apply(const TaskEvent& event);
  struct Row;
  struct Decision;

  Status put(const TaskEvent& event);
  Result<bool> insert(const TaskEvent& event, const ContentView& disk);
  Status rewrite(const TaskEvent& event, const Row& row, std::string_view tags);
  Status resolve(const TaskEvent& event, const Row& row, const ContentView& disk);
  Status write(const TaskEvent& event, const Row& row, const ContentView& view,
               const Decision& decision);
  Status settle(const Row& row);
  Status mend(const Row& row);
  Result<std::optional<Row>> read_row(std::string_view uuid, std::string_view version);
  Result<std::optional<TaskContent>> revision_content(std::string_view uuid,
                                                      std::string_view version,
                                                      std::string_view checksum, Row* described);
  // Who holds the bodies of a revision: itself; or the row, which is written with them in the same
  // transaction, and hands them over when it is written again (sync/schema.cc).
  enum class BodiesIn : std::uint8_t { kRevision, kRow, kNewRow };
  Result<std::int64_t> add_revision(std::string_view uuid, std::string_view version,
                                    std::string_view checksum, bool from_disk,
                                    const ContentView& content, std::string_view keep,
                                    BodiesIn bodies = BodiesIn::kRevision);
  Status prune_revisions(std::string_view uuid, std::string_view version, std::string_view keep);
  ConflictRule rule_of(std::string_view source) const;
  Status tell_conflict(const Row& row, std::string_view path, bool disk_wins, std::int64_t revision,
                       std::string_view checksum);
  Status mark_invalid(const TaskEvent& event);
  Status remove(const TaskEvent& event);
  Status put_problem(const TaskEvent& event);
  Status ask_for_problems();
  Status drop_problem(const std::string& path);
  Result<std::int64_t> append_change(const TaskEvent& event);
  Status append_change(std::string_view kind, std::string_view uuid, std::string_view version,
                       std::string_view path, std::string_view checksum);
  Status prune_changes();
  Status continue_feed();
  Status apply_stamps(std::span<const StampUpdate> stamps);
  Status apply_sources(std::span<const SourceState> sources);
  Status put_source(const SourceState& source);
  Status put_coverage(const std::string& source, std::span<const StoredCoverage> coverage);

  std::string path_;
  // Declared first, gone last: the lock outlives the connection.
  std::optional<WriterLock> lock_;
  std::shared_ptr<Connection> connection_;
  std::unique_ptr<StoreReader> reader_;
  OpenOptions options_;
  bool elsewhere_ = false;  // than at path_
  std::string log_path_;
  FileIdentity identity_;  // of the file, its log, and the log's index
  FileIdentity log_identity_;
  FileIdentity index_identity_;
  std::int64_t others_version_ = 0;
  std::int64_t last_seq_ = 0;
  std::string now_;  // of the batch being applied, as text
  bool any_problem_ = true;  // in the transaction under way
  std::vector<StoredConflict> conflicts_;
  std::vector<TaskPtr> wanted_;
};

}  // namespace pawl
