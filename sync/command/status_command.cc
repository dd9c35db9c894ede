// pawl status: what a database says of its tasks and sources, while a writer runs or not.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sync/command/common.h"
#include "sync/command/source_lines.h"
#include "sync/human_lines.h"
#include "sync/json_lines.h"
#include "sync/store_reader.h"
#include "sync/writer_lock.h"

namespace pawl::command {
namespace {

struct StatusOptions {
  CommonOptions common;
  std::string database;
};

std::string field(std::string_view key, std::string_view value) {
  std::string text = fmt::format(",\"{}\":", key);
  append_json_string(text, value);
  return text;
}

std::string errors_field(const std::vector<Diagnostic>& errors) {
  std::string text = ",\"errors\":[";
  for (const Diagnostic& error : errors) {
    if (text.back() != '[') text += ',';
    append_json_string(text, error.format());
  }
  return text + ']';
}

void print_json(const StoreOverview& overview, const std::string& writer) {
  const StoreTotals& totals = overview.totals;
  fmt::print(
      "{{\"event\":\"status\",\"tasks\":{},\"disabled\":{},\"invalid\":{},\"removed\":{},"
      "\"never_valid\":{},\"duplicates\":{},\"conflicts\":{}{}}}\n",
      totals.live, totals.disabled, totals.invalid, totals.removed, totals.never_valid,
      totals.duplicates, totals.conflicts, writer.empty() ? "" : field("writer", writer));
  std::string conflicts;
  for (const StoredConflict& conflict : overview.conflicts) append_json_line(conflicts, conflict);
  fmt::print("{}", conflicts);
  std::string sources;
  for (const SourceState& source : overview.sources) append_source_json(sources, source);
  fmt::print("{}", sources);
  for (const StoredTask& invalid : overview.invalid)
    fmt::print("{{\"event\":\"invalid\"{}{}{}{}}}\n", field("uuid", invalid.task->uuid()),
               field("version", invalid.task->version()), field("path", invalid.task->path()),
               errors_field(invalid.errors));
  for (const StoredProblem& problem : overview.problems)
    fmt::print("{{\"event\":\"{}\"{}{}}}\n",
               problem.kind == TaskEventKind::kDuplicate ? "duplicate" : "invalid",
               field("path", problem.path), errors_field(problem.errors));
  if (const auto& last = overview.last_change)
    fmt::print("{{\"event\":\"last_change\",\"seq\":{}{}{}{}}}\n", last->seq, field("at", last->at),
               field("kind", last->kind), field("path", last->path));
}

std::string readable(std::string_view path) {
  std::string text;
  append_readable(text, path);
  return text;
}

void print_errors(const std::vector<Diagnostic>& errors) {
  for (const Diagnostic& error : errors) fmt::print("  {}\n", readable(error.format()));
}

void print_text(const StoreOverview& overview, const std::string& writer) {
  const StoreTotals& totals = overview.totals;
  fmt::print("{} tasks ({} disabled, {} invalid), {} removed, {} never valid, {} duplicate, {} "
      "in conflict\n",
             totals.live, totals.disabled, totals.invalid, totals.removed, totals.never_valid,
             totals.duplicates, totals.conflicts);
  if (!writer.empty()) fmt::print("writer: {}\n", writer);
  std::string conflicts;
  for (const StoredConflict& conflict : overview.conflicts) {
    append_human_line(conflicts, conflict, wants_colours());
  }
  fmt::print("{}", conflicts);
  std::string sources;
  for (const SourceState& source : overview.sources) append_source_text(sources, source);
  fmt::print("{}", sources);
  for (const StoredTask& invalid : overview.invalid) {
    fmt::print("invalid: {} {} {} (its last good version serves)\n", invalid.task->uuid(),
               invalid.task->version(), readable(invalid.task->path()));
    print_errors(invalid.errors);
  }
  for (const StoredProblem& problem : overview.problems) {
    const bool duplicate = problem.kind == TaskEventKind::kDuplicate;
    fmt::print("{}: {}\n", duplicate ? "duplicate" : "invalid", readable(problem.path));
    print_errors(problem.errors);
  }
  if (const auto& last = overview.last_change)
    fmt::print("last change: {} {} {} (seq {})\n", last->at, last->kind, readable(last->path),
               last->seq);
}

int run_status(const StatusOptions& options) {
  set_up_logging(options.common);
  Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(absolute_path(options.database));
  if (!reader.ok()) {
    spdlog::error("{}", reader.status().message());
    return kExitFailure;
  }
  Result<StoreOverview> overview = (*reader)->overview();
  if (!overview.ok()) {
    spdlog::error("{}", overview.status().message());
    return kExitFailure;
  }
  const std::string writer = writer_of((*reader)->path());
  if (options.common.json) {
    print_json(*overview, writer);
  } else {
    print_text(*overview, writer);
  }
  return kExitOk;
}

}  // namespace

void add_status(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* command = app.add_subcommand(
      "status", "Tells of the tasks in a database, the invalid ones, the sources, the last change");
  command->add_option("--db", options->database, "The SQLite database")->required();
  add_common_options(*command, options->common);
  command->callback([options, &exit_code] { exit_code = run_status(*options); });
}

}  // namespace pawl::command
