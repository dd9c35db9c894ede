// Rows and columns as values. The columns of each are those of its statements in sync/statements.h.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/task/diagnostic.h"
#include "sync/sqlite.h"
#include "sync/stored.h"

namespace pawl {

// The column `errors`: a JSON array of what Diagnostic::format gives. Reading it back gives
// diagnostics of the same format(). Text that is no such array (someone edited it) is one error.
std::string errors_text(std::span<const Diagnostic> errors);
std::vector<Diagnostic> parse_errors_text(std::string_view text, const std::string& path);

// 64 bits as SQLite's signed integer, and back.
std::int64_t stamp_column(std::uint64_t digest);
std::uint64_t stamp_of_column(std::int64_t column);

StoredTask read_task(const Statement& row);
StoredProblem read_problem(const Statement& row);
SourceState read_source(const Statement& row);
// With the name of its source.
std::pair<std::string, StoredCoverage> read_coverage(const Statement& row);
StoredChange read_change(const Statement& row);
StoredConflict read_conflict(const Statement& row);
StoredRevision read_revision(const Statement& row, bool with_content);

}  // namespace pawl
