#include "sync/schema.h"

#include <array>
#include <filesystem>
#include <string_view>

#include "backends/fs_path.h"
#include "sync/database_files.h"

namespace pawl {
namespace {

// The bodies stand last: SQLite keeps the beginning of a row in its page and the rest in overflow
// pages, so what a start reads of each task (all but the bodies) is found without following them.
//
// `enabled` is the operator's switch on a live row; `enabled_before` keeps it while the task is
// away. `stamp` is what the disk looked like when the task was read, as 64 bits; 0: not known.
// `problems` holds the paths that serve no task: of a task that never was valid (its identity is
// null), and duplicates (with all that is needed for one to take over without being read again).
constexpr const char* kVersion1 = R"sql(
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL,
  version TEXT NOT NULL,
  label TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,
  source TEXT NOT NULL,
  path TEXT NOT NULL,
  checksum TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  enabled_before INTEGER,
  valid INTEGER NOT NULL,
  errors TEXT,
  stamp INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  validated_at TEXT,
  removed_at TEXT,
  metadata TEXT NOT NULL,
  input_schema TEXT,
  output_schema TEXT,
  script TEXT NOT NULL,
  UNIQUE (uuid, version)
);
CREATE INDEX tasks_live_by_path ON tasks (path) WHERE removed_at IS NULL;
CREATE INDEX tasks_invalid ON tasks (path) WHERE valid = 0;
CREATE TABLE problems (
  path TEXT NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  uuid TEXT,
  version TEXT,
  label TEXT,
  description TEXT,
  tags TEXT,
  checksum TEXT,
  other_path TEXT,
  errors TEXT NOT NULL,
  stamp INTEGER NOT NULL,
  at TEXT NOT NULL
);
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  uuid TEXT,
  version TEXT,
  path TEXT NOT NULL,
  checksum TEXT
);
CREATE TABLE sources (
  name TEXT NOT NULL PRIMARY KEY,
  root TEXT NOT NULL,
  root_device TEXT NOT NULL,
  root_inode TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  since TEXT NOT NULL,
  directories INTEGER NOT NULL,
  files INTEGER NOT NULL,
  native INTEGER NOT NULL,
  polled INTEGER NOT NULL,
  last_scan_at TEXT
);
PRAGMA application_id = 1346459468;
PRAGMA user_version = 1;
)sql";

// Version 2: revisions, and how an edit by someone else is noticed. The table is made anew rather
// than given more columns, for those would stand behind the bodies.
//
// `checksum` is that of the disk, as it was last synced. `content_hash` is what sync/content_hash.h
// makes of the row as it was last written (null: not known yet, as after a migration). `conflict`
// says which side won the last conflict, 'registry' or 'database', for as long as nothing else has
// happened to the task; `conflict_revision` has the content of the other side.
//
// `coverage` says how the directories of a source are watched. A row with an empty `directory` is the
// sum of all that are watched so; the others are directories that are not as they should be.
//
// A revision's `number` counts within its uuid. `origin` is 'disk', or 'database' for what someone
// had written into the row. As long as the row of the task itself has the content, the revision does
// not: its `script` is null, and a trigger hands the bodies over when the row is written, by whomever.
//
// `edited` has the rows that someone else has written since pawl did: whoever changes what
// `content_hash` is of, and not the hash.
//
// tasks_live has all that a start needs to know, so that the bodies are not read then.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE revisions (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL,
  number INTEGER NOT NULL,
  version TEXT NOT NULL,
  checksum TEXT NOT NULL,
  origin TEXT NOT NULL,
  at TEXT NOT NULL,
  label TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,
  metadata TEXT,
  input_schema TEXT,
  output_schema TEXT,
  script TEXT,
  UNIQUE (uuid, number)
);
INSERT INTO revisions (uuid, number, version, checksum, origin, at, label, description, tags)
SELECT uuid, row_number() OVER (PARTITION BY uuid ORDER BY id), version, checksum, 'disk',
  updated_at, label, description, tags
FROM tasks;
CREATE TABLE tasks_2 (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL,
  version TEXT NOT NULL,
  label TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,
  source TEXT NOT NULL,
  path TEXT NOT NULL,
  checksum TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  enabled_before INTEGER,
  valid INTEGER NOT NULL,
  errors TEXT,
  stamp INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  validated_at TEXT,
  removed_at TEXT,
  content_hash INTEGER,
  conflict TEXT,
  conflict_at TEXT,
  conflict_revision INTEGER,
  metadata TEXT NOT NULL,
  input_schema TEXT,
  output_schema TEXT,
  script TEXT NOT NULL,
  UNIQUE (uuid, version)
);
INSERT INTO tasks_2 (id, uuid, version, label, description, tags, source, path, checksum, enabled,
  enabled_before, valid, errors, stamp, created_at, updated_at, validated_at, removed_at, metadata,
  input_schema, output_schema, script)
SELECT id, uuid, version, label, description, tags, source, path, checksum, enabled,
  enabled_before, valid, errors, stamp, created_at, updated_at, validated_at, removed_at, metadata,
  input_schema, output_schema, script
FROM tasks;
DROP TABLE tasks;
ALTER TABLE tasks_2 RENAME TO tasks;
CREATE INDEX tasks_live ON tasks (path, id, uuid, version, label, description, tags, source,
  checksum, enabled, valid, errors, stamp, conflict, conflict_revision) WHERE removed_at IS NULL;
CREATE INDEX tasks_invalid ON tasks (path) WHERE valid = 0;
CREATE INDEX tasks_in_conflict ON tasks (path) WHERE conflict IS NOT NULL;
CREATE INDEX tasks_without_hash ON tasks (id) WHERE content_hash IS NULL;
CREATE VIEW revision_bodies AS
SELECT r.id, iif(r.script IS NULL, t.metadata, r.metadata) AS metadata,
  iif(r.script IS NULL, t.input_schema, r.input_schema) AS input_schema,
  iif(r.script IS NULL, t.output_schema, r.output_schema) AS output_schema,
  iif(r.script IS NULL, t.script, r.script) AS script
FROM revisions r LEFT JOIN tasks t
  ON r.script IS NULL AND t.uuid = r.uuid AND t.version = r.version;
CREATE TABLE edited (id INTEGER PRIMARY KEY);
CREATE TRIGGER tasks_edited
AFTER UPDATE OF label, description, tags, metadata, input_schema, output_schema, script ON tasks
WHEN NEW.content_hash IS OLD.content_hash AND (NEW.label IS NOT OLD.label
  OR NEW.description IS NOT OLD.description OR NEW.tags IS NOT OLD.tags
  OR NEW.metadata IS NOT OLD.metadata OR NEW.input_schema IS NOT OLD.input_schema
  OR NEW.output_schema IS NOT OLD.output_schema OR NEW.script IS NOT OLD.script)
BEGIN
  INSERT OR IGNORE INTO edited (id) VALUES (NEW.id);
END;
CREATE TRIGGER tasks_overwritten
BEFORE UPDATE OF label, description, tags, metadata, input_schema, output_schema, script ON tasks
WHEN NEW.label IS NOT OLD.label OR NEW.description IS NOT OLD.description
  OR NEW.tags IS NOT OLD.tags OR NEW.metadata IS NOT OLD.metadata
  OR NEW.input_schema IS NOT OLD.input_schema OR NEW.output_schema IS NOT OLD.output_schema
  OR NEW.script IS NOT OLD.script
BEGIN
  UPDATE revisions SET metadata = OLD.metadata, input_schema = OLD.input_schema,
    output_schema = OLD.output_schema, script = OLD.script
  WHERE uuid = OLD.uuid AND version = OLD.version AND checksum = OLD.checksum AND origin = 'disk'
    AND script IS NULL;
END;
CREATE TRIGGER tasks_deleted BEFORE DELETE ON tasks
BEGIN
  UPDATE revisions SET metadata = OLD.metadata, input_schema = OLD.input_schema,
    output_schema = OLD.output_schema, script = OLD.script
  WHERE uuid = OLD.uuid AND version = OLD.version AND checksum = OLD.checksum AND origin = 'disk'
    AND script IS NULL;
END;
ALTER TABLE sources ADD COLUMN poll_interval_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN poll_wanted_ms INTEGER NOT NULL DEFAULT 0;
CREATE TABLE coverage (
  source TEXT NOT NULL,
  directory TEXT NOT NULL,
  mode TEXT NOT NULL,
  reason TEXT NOT NULL,
  directories INTEGER NOT NULL,
  os_error INTEGER NOT NULL,
  since TEXT NOT NULL,
  PRIMARY KEY (source, directory, mode, reason)
) WITHOUT ROWID;
PRAGMA user_version = 2;
)sql";

// Element i leads from version i to version i + 1, and sets user_version.
constexpr std::array<const char*, kSchemaVersion> kMigrations = {kVersion1, kVersion2};

Status foreign(const std::string& path, std::string why) {
  return Status(Code::kForeign, "use", path, std::move(why));
}

Status check_newer(const std::string& path, std::int64_t version) {
  if (version <= kSchemaVersion) return Status();
  return foreign(path, "it was written by a newer pawl (its schema is version " +
                           std::to_string(version) + ", this pawl knows up to " +
                           std::to_string(kSchemaVersion) + ")");
}

// `*empty`: a database without anything in it, that is nobody's.
Status check_marks(Connection& connection, bool* empty) {
  *empty = false;
  Result<std::int64_t> id = connection.integer("PRAGMA application_id");
  if (!id.ok()) return id.status();
  Result<std::int64_t> version = connection.integer("PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*id == kApplicationId) return check_newer(connection.path(), *version);
  if (*id != 0) {
    return foreign(connection.path(), "it is the database of another program (application_id " +
                                          std::to_string(*id) + ")");
  }
  Result<std::int64_t> things = connection.integer("SELECT count(*) FROM sqlite_master");
  if (!things.ok()) return things.status();
  if (*things != 0 || *version != 0) {
    return foreign(connection.path(), "it holds data that pawl did not write");
  }
  *empty = true;
  return Status();
}

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// A writer that died has left a log that is still to be written into the file, or taken back from
// it, so that the file by itself may make no sense. Its first page does: the marks are made before
// anything else, and never change.
//
// It is read by way of SQLite: were the file opened and closed beside it, the system would let go of
// the locks that other connections of this process hold on it.
Status check_header(const std::string& path) {
  Result<std::unique_ptr<Connection>> connection = Connection::open(path, OpenMode::kImmutable);
  if (!connection.ok()) return connection.status();
  std::array<char, 100> header{};
  if (Status read = (*connection)->read_start(header); !read.ok()) return read;
  if (header[0] == '\0') return Status();  // it died before it had written anything
  if (std::string_view(header.data(), 15) != "SQLite format 3") {
    return foreign(path, "file is not a database");
  }
  const std::uint32_t id = big_endian(&header[68]);
  if (id == kApplicationId) return check_newer(path, big_endian(&header[60]));
  return foreign(path, id == 0 ? std::string("it holds data that pawl did not write")
                               : "it is the database of another program (application_id " +
                                     std::to_string(id) + ")");
}

bool has_log(const std::string& path) {
  for (const char* suffix : {"-wal", "-journal"}) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(fs_path(file_beside(path, suffix)), error);
    if (!error && size > 0) return true;
  }
  return false;
}

Status migrate(Connection& connection, std::int64_t feed_after) {
  bool empty = false;
  if (Status ours = check_marks(connection, &empty); !ours.ok()) return ours;
  Result<std::int64_t> version = connection.integer("PRAGMA user_version");
  if (!version.ok()) return version.status();
  // Without a lock: another program may hold it, for long, and there is nothing to be done.
  if (!empty && *version == kSchemaVersion) return Status();
  Transaction transaction(connection);
  if (Status begun = transaction.begin(Transaction::Kind::kWrite); !begun.ok()) return begun;
  if (Status ours = check_marks(connection, &empty); !ours.ok()) return ours;
  version = connection.integer("PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*version == kSchemaVersion) return Status();
  for (std::int64_t from = *version; from < kSchemaVersion; ++from) {
    Status step = connection.execute(kMigrations[static_cast<std::size_t>(from)]);
    if (!step.ok()) return step;
  }
  if (*version == 0 && feed_after > 0) {
    const std::string begin_behind =
        "INSERT INTO sqlite_sequence (name, seq) VALUES ('changes', " + std::to_string(feed_after) +
        ")";
    if (Status begun = connection.execute(begin_behind.c_str()); !begun.ok()) return begun;
  }
  return transaction.commit();
}

// A journal that is cut and not removed costs less per commit.
Status use_rollback_journal(Connection& connection) {
  Result<std::string> mode = connection.text("PRAGMA journal_mode = TRUNCATE");
  if (!mode.ok()) return mode.status();
  return connection.execute("PRAGMA synchronous = FULL");
}

}  // namespace

bool is_memory_database(const std::string& path) {
  return path == ":memory:";
}

Status check_ownership(const std::string& path) {
  if (is_memory_database(path)) return Status();
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(fs_path(path), error);
  if (error == std::errc::no_such_file_or_directory || (!error && size == 0)) return Status();
  if (error) return Status::from_errno(errno_of(error), "open", path);
  if (has_log(path)) return check_header(path);
  Result<std::unique_ptr<Connection>> connection = Connection::open(path, OpenMode::kImmutable);
  if (!connection.ok()) return connection.status();
  bool empty = false;
  return check_marks(**connection, &empty);
}

Status use_write_ahead_log(Connection& connection) {
  Result<std::string> mode = connection.text("PRAGMA journal_mode = WAL");
  if (!mode.ok()) return mode.status();
  if (*mode == "wal" || *mode == "memory") return connection.execute("PRAGMA synchronous = NORMAL");
  return Status(Code::kUnsupported, "open", connection.path(),
                "its file system cannot hold a write-ahead log (journal mode is " + *mode + ")");
}

Status prepare_to_write(Connection& connection, std::chrono::milliseconds busy_timeout,
                        std::int64_t feed_after, Log log) {
  connection.set_busy_timeout(busy_timeout);
  if (log == Log::kWriteAhead) connection.keep_log_file();
  // Before the log is switched on: then whoever sees the file sees whose it is, for the marks are
  // in the file itself and not only in its log.
  Status migrated = migrate(connection, feed_after);
  if (!migrated.ok()) {
    if (migrated.code() == Code::kForeign) connection.leave_log_alone();
    return migrated;
  }
  // Also where it is for later: that it can't be is told before all the work is done.
  if (Status logged = use_write_ahead_log(connection); !logged.ok()) return logged;
  if (log == Log::kRollback) {
    if (Status logged = use_rollback_journal(connection); !logged.ok()) return logged;
  }
  // 4,000 pages of 4 KiB: a first load then writes its log back every 16 MiB, and what a burst made
  // larger is cut down to that again.
  return connection.execute(
      "PRAGMA foreign_keys = ON;"
      "PRAGMA trusted_schema = OFF;"
      "PRAGMA wal_autocheckpoint = 4000;"
      "PRAGMA journal_size_limit = 16777216;");
}

Status prepare_to_read(Connection& connection, std::chrono::milliseconds busy_timeout) {
  connection.set_busy_timeout(busy_timeout);
  bool empty = false;
  if (Status ours = check_marks(connection, &empty); !ours.ok()) return ours;
  if (empty) {
    return Status(Code::kBusy, "read", connection.path(), "nothing has been written to it yet");
  }
  Result<std::int64_t> version = connection.integer("PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*version < kSchemaVersion) {
    return Status(Code::kUnsupported, "read", connection.path(),
                  "an older pawl wrote it; the next `pawl watch` or `pawl sync` migrates it");
  }
  return connection.execute("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;");
}

}  // namespace pawl
