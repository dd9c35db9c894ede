// What it costs at least to bring rows into a SQLite database: prepared statements in transactions,
// with pawl's own tables, indexes and settings (which pawl makes before the measurement).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bare {

struct Row {
  std::string uuid, version, label, description, tags, source, path, checksum;
  std::string metadata, input_schema, output_schema, script;
  std::int64_t stamp = 0;
};

// Whether the database is closed, which writes its log back, or left as it is by a process that
// then ends.
enum class AtEnd { kClose, kLeave };

// How a commit is kept whole: as pawl keeps a database that others read, or as one that only its
// writer has open.
enum class Journal { kWriteAhead, kRollback };

// Inserts each row into `tasks`, one into `revisions` that numbers its content, and one into
// `changes` that tells of it; `rows_per_transaction` at a time. REQUIRES: `database` was made by
// pawl.
void insert_rows(const std::string& database, const std::vector<Row>& rows,
                 std::size_t rows_per_transaction, AtEnd at_end = AtEnd::kClose,
                 Journal journal = Journal::kWriteAhead);

}  // namespace bare
