#include "sync/stored_rows.h"

#include <bit>
#include <charconv>

#include "sync/json_strings.h"

namespace pawl {
namespace {

// Takes ":123" off the end of `text`, if a number from 1 stands there.
std::uint32_t take_number(std::string_view& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size() || text[colon + 1] == '0') {
    return 0;
  }
  std::uint32_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, number);
  if (error != std::errc() || stop != end) return 0;
  text = text.substr(0, colon);
  return number;
}

Diagnostic parse_diagnostic(std::string_view text, const std::string& path) {
  constexpr std::string_view kMark = ": error: ";
  const std::size_t mark = text.find(kMark);
  if (mark == std::string_view::npos) return {path, 0, 0, std::string(text)};
  std::string_view where = text.substr(0, mark);
  const std::uint32_t last = take_number(where);
  const std::uint32_t before = last != 0 ? take_number(where) : 0;
  return {std::string(where), before != 0 ? before : last, before != 0 ? last : 0,
          std::string(text.substr(mark + kMark.size()))};
}

std::uint64_t parse_u64(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::uint64_t count(const Statement& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

SourceStatus parse_status(std::string_view name) {
  for (const SourceStatus status : {SourceStatus::kAvailable, SourceStatus::kUnavailable}) {
    if (source_status_name(status) == name) return status;
  }
  return SourceStatus::kWatchFailed;
}

// Tags that someone has spoiled are no tags; the next change of the task mends them.
std::vector<std::string> read_tags(const Statement& row, int column) {
  return parse_json_strings(row.text(column)).value_or(std::vector<std::string>{});
}

std::string string(const Statement& row, int column) {
  return std::string(row.text(column));
}

}  // namespace

std::string_view source_status_name(SourceStatus status) {
  switch (status) {
    case SourceStatus::kAvailable:
      return "available";
    case SourceStatus::kUnavailable:
      return "unavailable";
    case SourceStatus::kWatchFailed:
      return "watch failed";
  }
  return "unavailable";
}

std::string errors_text(std::span<const Diagnostic> errors) {
  std::vector<std::string> lines;
  lines.reserve(errors.size());
  for (const Diagnostic& error : errors) lines.push_back(error.format());
  return json_strings(lines);
}

std::vector<Diagnostic> parse_errors_text(std::string_view text, const std::string& path) {
  std::vector<Diagnostic> errors;
  if (text.empty()) return errors;
  const std::optional<std::vector<std::string>> lines = parse_json_strings(text);
  if (!lines) return {Diagnostic{path, 0, 0, std::string(text)}};
  for (const std::string& line : *lines) errors.push_back(parse_diagnostic(line, path));
  return errors;
}

std::int64_t stamp_column(std::uint64_t digest) {
  return std::bit_cast<std::int64_t>(digest);
}

std::uint64_t stamp_of_column(std::int64_t column) {
  return std::bit_cast<std::uint64_t>(column);
}

StoredTask read_task(const Statement& row) {
  TaskFields task;
  task.uuid = row.text(0);
  task.version = row.text(1);
  task.label = row.text(2);
  task.description = row.text(3);
  task.tags = read_tags(row, 4);
  task.source = row.text(5);
  task.path = row.text(6);
  task.checksum = row.text(7);
  StoredTask stored;
  stored.enabled = row.integer(8) != 0;
  stored.valid = row.integer(9) != 0;
  stored.errors = parse_errors_text(row.text(10), task.path);
  stored.stamp_digest = stamp_of_column(row.integer(11));
  stored.task = make_task(task);
  return stored;
}

StoredProblem read_problem(const Statement& row) {
  StoredProblem problem;
  problem.path = row.text(0);
  problem.source = row.text(1);
  problem.kind = row.text(2) == task_event_name(TaskEventKind::kDuplicate)
                     ? TaskEventKind::kDuplicate
                     : TaskEventKind::kInvalid;
  problem.other_path = row.text(3);
  problem.errors = parse_errors_text(row.text(4), problem.path);
  problem.stamp_digest = stamp_of_column(row.integer(5));
  if (row.is_null(6)) return problem;
  TaskFields task;
  task.uuid = row.text(6);
  task.version = row.text(7);
  task.label = row.text(8);
  task.description = row.text(9);
  task.tags = read_tags(row, 10);
  task.checksum = row.text(11);
  task.source = problem.source;
  task.path = problem.path;
  problem.task = make_task(task);
  return problem;
}

SourceState read_source(const Statement& row) {
  SourceState source;
  source.name = row.text(0);
  source.root = row.text(1);
  source.root_device = parse_u64(row.text(2));
  source.root_inode = parse_u64(row.text(3));
  source.status = parse_status(row.text(4));
  source.reason = row.text(5);
  source.since = parse_iso_time(row.text(6)).value_or(0);
  source.directories = count(row, 7);
  source.files = count(row, 8);
  source.native = count(row, 9);
  source.polled = count(row, 10);
  source.last_scan_at = parse_iso_time(row.text(11));
  source.poll_interval_ms = count(row, 12);
  source.poll_wanted_ms = count(row, 13);
  return source;
}

std::pair<std::string, StoredCoverage> read_coverage(const Statement& row) {
  return {string(row, 0),
          StoredCoverage{.directory = string(row, 1),
                         .mode = string(row, 2),
                         .reason = string(row, 3),
                         .directories = count(row, 4),
                         .os_error = static_cast<int>(row.integer(5)),
                         .since = parse_iso_time(row.text(6)).value_or(0)}};
}

StoredChange read_change(const Statement& row) {
  return {row.integer(0), string(row, 1), string(row, 2), string(row, 3),
          string(row, 4), string(row, 5), string(row, 6)};
}

StoredConflict read_conflict(const Statement& row) {
  return {string(row, 0),
          string(row, 1),
          string(row, 2),
          string(row, 3),
          string(row, 4),
          row.integer(5),
          0};
}

StoredRevision read_revision(const Statement& row, bool with_content) {
  StoredRevision revision{string(row, 0), row.integer(1), string(row, 2),
                          string(row, 3), string(row, 4), string(row, 5),
                          string(row, 6), row.integer(7), {}};
  if (with_content) {
    revision.content = {string(row, 8), string(row, 9), string(row, 10), string(row, 11)};
  }
  return revision;
}

}  // namespace pawl
