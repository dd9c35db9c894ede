// Every statement that reads or writes pawl's tables. What they mean is said here, how a row looks
// in sync/schema.cc.
#pragma once

#include <string_view>

namespace pawl::sql {

// A task that has no row yet; if it has one, nothing happens.
// 1 uuid, 2 version, 3 label, 4 description, 5 tags, 6 source, 7 path, 8 checksum, 9 stamp, 10 now,
// 11 content_hash, 12 metadata, 13 input_schema, 14 output_schema, 15 script.
inline constexpr std::string_view kInsertTask = R"sql(
INSERT INTO tasks (uuid, version, label, description, tags, source, path, checksum, enabled, valid,
  stamp, created_at, updated_at, validated_at, content_hash, metadata, input_schema, output_schema,
  script)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, 1, ?9, ?10, ?10, ?10, ?11, ?12, ?13, ?14, ?15)
ON CONFLICT (uuid, version) DO NOTHING
)sql";

// The row of a task as it is now, all of it that someone else might have edited. 1 uuid, 2 version.
inline constexpr std::string_view kReadRow = R"sql(
SELECT id, uuid, version, source, path, checksum, content_hash, conflict, conflict_at,
  conflict_revision, removed_at, updated_at, validated_at, label, description, tags, metadata,
  input_schema, output_schema, script, stamp
FROM tasks WHERE uuid = ?1 AND version = ?2
)sql";

// A valid task is there: changed, or back. `enabled` of a row that is live is the operator's
// and is left as it is; one that comes back gets what it had when it went.
// 1 id, 2 label, 3 description, 4 tags, 5 source, 6 path, 7 checksum, 8 stamp, 9 now,
// 10 content_hash, 11 conflict, 12 conflict_at, 13 conflict_revision, 14 metadata, 15 input_schema,
// 16 output_schema, 17 script.
inline constexpr std::string_view kWriteTask = R"sql(
UPDATE tasks SET
  label = ?2, description = ?3, tags = ?4, source = ?5, path = ?6, checksum = ?7, stamp = ?8,
  enabled = CASE WHEN removed_at IS NULL THEN enabled ELSE coalesce(enabled_before, 1) END,
  enabled_before = NULL, valid = 1, errors = NULL,
  updated_at = CASE WHEN removed_at IS NULL AND checksum = ?7 AND path = ?6 AND source = ?5
    THEN updated_at ELSE ?9 END,
  validated_at = ?9, removed_at = NULL, content_hash = ?10, conflict = ?11, conflict_at = ?12,
  conflict_revision = ?13,
  metadata = ?14, input_schema = ?15, output_schema = ?16, script = ?17
WHERE id = ?1
)sql";

// After an edit by someone else, when nothing happened on the disk. 1 id, 2 label, 3 description,
// 4 tags, 5 now, 6 content_hash, 7 conflict, 8 conflict_revision, 9 metadata, 10 input_schema,
// 11 output_schema, 12 script.
inline constexpr std::string_view kMendTask = R"sql(
UPDATE tasks SET label = ?2, description = ?3, tags = ?4, updated_at = ?5, content_hash = ?6,
  conflict = ?7, conflict_at = ?5, conflict_revision = ?8,
  metadata = ?9, input_schema = ?10, output_schema = ?11, script = ?12
WHERE id = ?1
)sql";
// Of a row whose hash was not known. 1 id, 2 content_hash.
inline constexpr std::string_view kSetHash = "UPDATE tasks SET content_hash = ?2 WHERE id = ?1";
// It equals the disk again. 1 id, 2 content_hash.
inline constexpr std::string_view kEndConflict = R"sql(
UPDATE tasks SET content_hash = ?2, conflict = NULL, conflict_at = NULL, conflict_revision = NULL
WHERE id = ?1
)sql";

// Rows that someone else has written, or of which pawl has not said what it wrote. 1 after this id,
// 2 limit.
inline constexpr std::string_view kEditedRows = R"sql(
SELECT id FROM edited WHERE id > ?1
UNION SELECT id FROM tasks WHERE content_hash IS NULL AND id > ?1
ORDER BY 1 LIMIT ?2
)sql";
// 1 id.
inline constexpr std::string_view kForgetEdit = "DELETE FROM edited WHERE id = ?1";

inline constexpr std::string_view kNameOfRow = "SELECT uuid, version FROM tasks WHERE id = ?1";

// 1 uuid. Null without any.
inline constexpr std::string_view kLastNumber = "SELECT max(number) FROM revisions WHERE uuid = ?1";
// 1 uuid, 2 version, 3 origin.
inline constexpr std::string_view kNewestRevision = R"sql(
SELECT number, checksum FROM revisions WHERE uuid = ?1 AND version = ?2 AND origin = ?3
ORDER BY number DESC LIMIT 1
)sql";
// 1 uuid, 2 number, 3 version, 4 checksum, 5 origin, 6 at, 7 label, 8 description, 9 tags,
// 10 metadata, 11 input_schema, 12 output_schema, 13 script; the last four null: the row has them.
inline constexpr std::string_view kAddRevision = R"sql(
INSERT INTO revisions (uuid, number, version, checksum, origin, at, label, description, tags,
  metadata, input_schema, output_schema, script)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
)sql";
// All but the newest, the one that the disk has, and the last one that someone has written into the
// row: it may be the only copy. 1 uuid, 2 version, 3 how many, 4 checksum.
inline constexpr std::string_view kOldRevisions = R"sql(
SELECT number, checksum FROM revisions WHERE uuid = ?1 AND version = ?2 AND number <= (
  SELECT number FROM revisions WHERE uuid = ?1 AND version = ?2
  ORDER BY number DESC LIMIT 1 OFFSET ?3)
AND NOT (checksum = ?4 AND origin = 'disk' AND number = (
  SELECT max(number) FROM revisions WHERE uuid = ?1 AND version = ?2 AND checksum = ?4))
AND NOT (origin = 'database' AND number = (
  SELECT max(number) FROM revisions WHERE uuid = ?1 AND version = ?2 AND origin = 'database'))
)sql";
inline constexpr std::string_view kDropRevision =
    "DELETE FROM revisions WHERE uuid = ?1 AND number = ?2";
// One whose content is not the row's. 1 uuid, 2 version, 3 checksum.
inline constexpr std::string_view kRevisionContent = R"sql(
SELECT label, description, tags, metadata, input_schema, output_schema, script FROM revisions
WHERE uuid = ?1 AND version = ?2 AND checksum = ?3 AND script IS NOT NULL
ORDER BY number DESC LIMIT 1
)sql";
// 1 uuid.
inline constexpr std::string_view kHistory = R"sql(
SELECT r.uuid, r.number, r.version, r.checksum, r.origin, r.at, r.label,
  length(CAST(b.metadata AS BLOB)) + coalesce(length(CAST(b.input_schema AS BLOB)), 0) +
  coalesce(length(CAST(b.output_schema AS BLOB)), 0) + length(CAST(b.script AS BLOB))
FROM revisions r JOIN revision_bodies b ON b.id = r.id
WHERE r.uuid = ?1 ORDER BY r.number
)sql";
// 1 uuid, 2 version or '', 3 number or 0: the newest that fits.
inline constexpr std::string_view kRevision = R"sql(
SELECT r.uuid, r.number, r.version, r.checksum, r.origin, r.at, r.label,
  length(CAST(b.metadata AS BLOB)) + coalesce(length(CAST(b.input_schema AS BLOB)), 0) +
  coalesce(length(CAST(b.output_schema AS BLOB)), 0) + length(CAST(b.script AS BLOB)),
  b.metadata, b.input_schema, b.output_schema, b.script
FROM revisions r JOIN revision_bodies b ON b.id = r.id
WHERE r.uuid = ?1 AND (?2 = '' OR r.version = ?2) AND (?3 = 0 OR r.number = ?3)
ORDER BY r.number DESC LIMIT 1
)sql";

// It is invalid: the row keeps its last good content. 1 uuid, 2 version, 3 errors, 4 stamp.
inline constexpr std::string_view kMarkInvalid = R"sql(
UPDATE tasks SET valid = 0, errors = ?3, stamp = ?4
WHERE uuid = ?1 AND version = ?2 AND removed_at IS NULL
)sql";

// Nothing serves it any more. 1 uuid, 2 version, 3 now.
inline constexpr std::string_view kRemoveTask = R"sql(
UPDATE tasks SET enabled_before = enabled, enabled = 0, updated_at = ?3, removed_at = ?3
WHERE uuid = ?1 AND version = ?2 AND removed_at IS NULL
)sql";

// 1 path, 2 source, 3 kind, 4 other_path, 5 errors, 6 stamp, 7 now; of the task, or null: 8 uuid,
// 9 version, 10 label, 11 description, 12 tags, 13 checksum.
inline constexpr std::string_view kPutProblem = R"sql(
INSERT OR REPLACE INTO problems (path, source, kind, other_path, errors, stamp, at, uuid, version,
  label, description, tags, checksum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
)sql";

inline constexpr std::string_view kAnyProblem = "SELECT EXISTS (SELECT 1 FROM problems)";
inline constexpr std::string_view kDropProblem = "DELETE FROM problems WHERE path = ?1";

// 1 at, 2 kind, 3 uuid, 4 version, 5 path, 6 checksum.
inline constexpr std::string_view kAppendChange =
    "INSERT INTO changes (at, kind, uuid, version, path, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

// 1 path, 2 stamp. A path may serve one task and a problem at most once each.
inline constexpr std::string_view kStampTask =
    "UPDATE tasks SET stamp = ?2 WHERE path = ?1 AND removed_at IS NULL";
inline constexpr std::string_view kStampProblem = "UPDATE problems SET stamp = ?2 WHERE path = ?1";

inline constexpr std::string_view kClearSources = "DELETE FROM sources";
inline constexpr std::string_view kPutSource = R"sql(
INSERT INTO sources (name, root, root_device, root_inode, state, reason, since, directories, files,
  native, polled, last_scan_at, poll_interval_ms, poll_wanted_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
)sql";
inline constexpr std::string_view kClearCoverage = "DELETE FROM coverage WHERE source = ?1";
inline constexpr std::string_view kClearStrayCoverage =
    "DELETE FROM coverage WHERE source NOT IN (SELECT name FROM sources)";
inline constexpr std::string_view kPutCoverage = R"sql(
INSERT INTO coverage (source, directory, mode, reason, directories, os_error, since)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
)sql";

// Where the row was kept against the disk, the disk's description of the task is in a revision.
inline constexpr std::string_view kLiveTasks = R"sql(
SELECT t.uuid, t.version, coalesce(r.label, t.label), coalesce(r.description, t.description),
  coalesce(r.tags, t.tags), t.source, t.path, t.checksum, t.enabled, t.valid, t.errors, t.stamp
FROM tasks t INDEXED BY tasks_live LEFT JOIN revisions r
  ON t.conflict = 'database' AND r.uuid = t.uuid AND r.number = t.conflict_revision
WHERE t.removed_at IS NULL ORDER BY t.path, t.id
)sql";

inline constexpr std::string_view kConflicts = R"sql(
SELECT uuid, version, path, conflict, conflict_at, conflict_revision
FROM tasks WHERE conflict IS NOT NULL AND removed_at IS NULL ORDER BY path
)sql";

inline constexpr std::string_view kInvalidTasks = R"sql(
SELECT uuid, version, label, description, tags, source, path, checksum, enabled, valid, errors,
  stamp
FROM tasks WHERE valid = 0 AND removed_at IS NULL ORDER BY path
)sql";

inline constexpr std::string_view kProblems = R"sql(
SELECT path, source, kind, other_path, errors, stamp, uuid, version, label, description, tags,
  checksum
FROM problems ORDER BY path
)sql";
inline constexpr std::string_view kProblemPaths = "SELECT path FROM problems ORDER BY path";

inline constexpr std::string_view kSources = R"sql(
SELECT name, root, root_device, root_inode, state, reason, since, directories, files, native,
  polled, last_scan_at, poll_interval_ms, poll_wanted_ms
FROM sources ORDER BY name
)sql";
// Sums before what they sum up.
inline constexpr std::string_view kCoverage = R"sql(
SELECT source, directory, mode, reason, directories, os_error, since
FROM coverage ORDER BY source, directory
)sql";

inline constexpr std::string_view kContent = R"sql(
SELECT checksum, conflict, content_hash, label, description, tags, metadata, input_schema,
  output_schema, script
FROM tasks WHERE uuid = ?1 AND version = ?2
)sql";

// 1 after, 2 limit.
inline constexpr std::string_view kChangesSince = R"sql(
SELECT seq, at, kind, uuid, version, path, checksum FROM changes WHERE seq > ?1
ORDER BY seq LIMIT ?2
)sql";
inline constexpr std::string_view kLastChange = R"sql(
SELECT seq, at, kind, uuid, version, path, checksum FROM changes ORDER BY seq DESC LIMIT 1
)sql";

// The oldest that is kept and the newest that ever was; null without any.
inline constexpr std::string_view kFeedEnds = R"sql(
SELECT (SELECT min(seq) FROM changes), (SELECT seq FROM sqlite_sequence WHERE name = 'changes')
)sql";
// 1 up to this one.
inline constexpr std::string_view kPruneChanges = "DELETE FROM changes WHERE seq <= ?1";
// The feed goes on after 1.
inline constexpr std::string_view kForgetSequence =
    "DELETE FROM sqlite_sequence WHERE name = 'changes'";
inline constexpr std::string_view kSetSequence =
    "INSERT INTO sqlite_sequence (name, seq) VALUES ('changes', ?1)";

// Live, of them disabled, of them invalid; and those that are gone.
inline constexpr std::string_view kTotals = R"sql(
SELECT
  (SELECT count(*) FROM tasks WHERE removed_at IS NULL),
  (SELECT count(*) FROM tasks WHERE removed_at IS NULL AND enabled = 0),
  (SELECT count(*) FROM tasks WHERE removed_at IS NULL AND valid = 0),
  (SELECT count(*) FROM tasks WHERE removed_at IS NOT NULL),
  (SELECT count(*) FROM problems WHERE kind = 'invalid'),
  (SELECT count(*) FROM problems WHERE kind = 'duplicate'),
  (SELECT count(*) FROM tasks WHERE conflict IS NOT NULL AND removed_at IS NULL)
)sql";

}  // namespace pawl::sql
