// Every statement that reads or writes pawl's tables. What they mean is said here, how a row looks
// in sync/schema.cc.
#pragma once

#include <string_view>

namespace pawl::sql {

// A valid task is there: new, changed, or back. `enabled` of a row that is live is the operator's
// and is left as it is; one that comes back gets what it had when it went.
// 1 uuid, 2 version, 3 label, 4 description, 5 tags, 6 source, 7 path, 8 checksum, 9 stamp, 10 now,
// 11 metadata, 12 input_schema, 13 output_schema, 14 script.
inline constexpr std::string_view kPutTask = R"sql(
INSERT INTO tasks (uuid, version, label, description, tags, source, path, checksum, enabled, valid,
  stamp, created_at, updated_at, validated_at, metadata, input_schema, output_schema, script)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, 1, ?9, ?10, ?10, ?10, ?11, ?12, ?13, ?14)
ON CONFLICT (uuid, version) DO UPDATE SET
  label = ?3, description = ?4, tags = ?5, source = ?6, path = ?7, checksum = ?8, stamp = ?9,
  enabled = CASE WHEN removed_at IS NULL THEN enabled ELSE coalesce(enabled_before, 1) END,
  enabled_before = NULL, valid = 1, errors = NULL,
  updated_at = CASE WHEN removed_at IS NULL AND checksum = ?8 AND path = ?7 AND source = ?6
    THEN updated_at ELSE ?10 END,
  validated_at = ?10, removed_at = NULL,
  metadata = ?11, input_schema = ?12, output_schema = ?13, script = ?14
)sql";

// The same for a task whose content the row already has. Parameters 1 to 10 as above.
inline constexpr std::string_view kPutKnownTask = R"sql(
UPDATE tasks SET
  label = ?3, description = ?4, tags = ?5, source = ?6, path = ?7, stamp = ?9,
  enabled = CASE WHEN removed_at IS NULL THEN enabled ELSE coalesce(enabled_before, 1) END,
  enabled_before = NULL, valid = 1, errors = NULL,
  updated_at = CASE WHEN removed_at IS NULL AND path = ?7 AND source = ?6
    THEN updated_at ELSE ?10 END,
  validated_at = ?10, removed_at = NULL
WHERE uuid = ?1 AND version = ?2 AND checksum = ?8
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
  native, polled, last_scan_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
)sql";

inline constexpr std::string_view kLiveTasks = R"sql(
SELECT uuid, version, label, description, tags, source, path, checksum, enabled, valid, errors,
  stamp
FROM tasks WHERE removed_at IS NULL ORDER BY id
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
  polled, last_scan_at
FROM sources ORDER BY name
)sql";

inline constexpr std::string_view kContent = R"sql(
SELECT metadata, input_schema, output_schema, script, checksum FROM tasks
WHERE uuid = ?1 AND version = ?2
)sql";

// 1 after, 2 limit.
inline constexpr std::string_view kChangesSince = R"sql(
SELECT seq, at, kind, uuid, version, path, checksum FROM changes WHERE seq > ?1
ORDER BY seq LIMIT ?2
)sql";
inline constexpr std::string_view kLastChange = R"sql(
SELECT seq, at, kind, uuid, version, path, checksum FROM changes ORDER BY seq DESC LIMIT 1
)sql";

// Live, of them disabled, of them invalid; and those that are gone.
inline constexpr std::string_view kTotals = R"sql(
SELECT
  (SELECT count(*) FROM tasks WHERE removed_at IS NULL),
  (SELECT count(*) FROM tasks WHERE removed_at IS NULL AND enabled = 0),
  (SELECT count(*) FROM tasks WHERE removed_at IS NULL AND valid = 0),
  (SELECT count(*) FROM tasks WHERE removed_at IS NOT NULL),
  (SELECT count(*) FROM problems WHERE kind = 'invalid'),
  (SELECT count(*) FROM problems WHERE kind = 'duplicate')
)sql";

}  // namespace pawl::sql
