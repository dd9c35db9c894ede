// pawl history, show, diff and restore: what tasks were before.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>

#include "backends/fs_path.h"
#include "sync/command/common.h"
#include "sync/command/line_diff.h"
#include "sync/human_lines.h"
#include "sync/json_lines.h"
#include "sync/store_reader.h"

namespace pawl::command {
namespace {

struct HistoryOptions {
  CommonOptions common;
  std::string database;
  std::string first;
  std::string second;
  std::string to;
  bool force = false;
};

// UUID[@VERSION][#REVISION].
struct RevisionName {
  std::string uuid;
  std::string version;
  std::int64_t number = 0;  // 0: the newest
};

std::optional<RevisionName> parse_name(std::string_view text) {
  RevisionName name;
  if (const std::size_t hash = text.rfind('#'); hash != std::string_view::npos) {
    const std::string_view digits = text.substr(hash + 1);
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, name.number);
    if (error != std::errc() || stop != end || name.number < 1) return std::nullopt;
    text = text.substr(0, hash);
  }
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    name.version = text.substr(at + 1);
    if (name.version.empty()) return std::nullopt;
    text = text.substr(0, at);
  }
  name.uuid = text;
  if (name.uuid.empty()) return std::nullopt;
  for (char& c : name.uuid) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

struct NamedFile {
  const char* name;
  std::string TaskContent::*text;
};
constexpr std::array<NamedFile, 4> kFiles = {{{"metadata.json", &TaskContent::metadata},
                                              {"input.schema.json", &TaskContent::input_schema},
                                              {"output.schema.json", &TaskContent::output_schema},
                                              {"main.js", &TaskContent::script}}};

int fail(const Status& status) {
  spdlog::error("{}", status.message());
  return status.code() == Code::kUsage ? kExitUsage : kExitFailure;
}

Result<StoredRevision> find_revision(const HistoryOptions& options, const std::string& text) {
  const std::optional<RevisionName> name = parse_name(text);
  if (!name) {
    return Status(Code::kUsage, "read", text, "write it as UUID, UUID@VERSION or UUID#REVISION");
  }
  Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(absolute_path(options.database));
  if (!reader.ok()) return reader.status();
  return (*reader)->revision(name->uuid, name->version, name->number);
}

std::string heading(const StoredRevision& revision) {
  return fmt::format("{}@{}#{}", revision.uuid, revision.version, revision.number);
}

// An object that is not closed yet.
std::string json_fields(const StoredRevision& revision) {
  std::string line = "{\"event\":\"revision\",\"uuid\":";
  append_json_string(line, revision.uuid);
  line += fmt::format(",\"revision\":{},\"version\":", revision.number);
  append_json_string(line, revision.version);
  line +=
      fmt::format(",\"checksum\":\"{}\",\"origin\":\"{}\",\"at\":\"{}\",\"bytes\":{},\"label\":",
                  revision.checksum, revision.origin, revision.at, revision.bytes);
  append_json_string(line, revision.label);
  return line;
}

int run_history(const HistoryOptions& options) {
  const std::optional<RevisionName> name = parse_name(options.first);
  if (!name) return fail(Status(Code::kUsage, "read", options.first, "write it as UUID"));
  Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(absolute_path(options.database));
  if (!reader.ok()) return fail(reader.status());
  Result<std::vector<StoredRevision>> history = (*reader)->history(name->uuid);
  if (!history.ok()) return fail(history.status());
  std::size_t shown = 0;
  for (const StoredRevision& revision : *history) {
    if (!name->version.empty() && revision.version != name->version) continue;
    ++shown;
    if (options.common.json) {
      fmt::print("{}}}\n", json_fields(revision));
      continue;
    }
    std::string label;
    append_readable(label, revision.version + "  " + revision.label);
    fmt::print("#{}  {}  {:8}  {}  {} bytes  {}\n", revision.number, revision.at, revision.origin,
               revision.checksum, revision.bytes, label);
  }
  if (shown > 0) return kExitOk;
  return fail(Status(Code::kNotFound, "find", options.first, "the database has no revision of it"));
}

int run_show(const HistoryOptions& options) {
  Result<StoredRevision> revision = find_revision(options, options.first);
  if (!revision.ok()) return fail(revision.status());
  if (options.common.json) {
    std::string line = json_fields(*revision);
    for (const NamedFile& file : kFiles) {
      line += fmt::format(",\"{}\":", file.name);
      append_json_string(line, revision->content.*file.text);
    }
    fmt::print("{}}}\n", line);
    return kExitOk;
  }
  fmt::print("{}  {}  {}\n", heading(*revision), revision->at, revision->origin);
  for (const NamedFile& file : kFiles) {
    const std::string& text = revision->content.*file.text;
    if (text.empty()) continue;
    fmt::print("--- {}\n{}{}", file.name, text, text.ends_with('\n') ? "" : "\n");
  }
  return kExitOk;
}

int run_diff(const HistoryOptions& options) {
  Result<StoredRevision> before = find_revision(options, options.first);
  if (!before.ok()) return fail(before.status());
  Result<StoredRevision> after = find_revision(options, options.second);
  if (!after.ok()) return fail(after.status());
  for (const NamedFile& file : kFiles) {
    const std::string lines =
        line_diff(before->content.*file.text, after->content.*file.text,
                  heading(*before) + "/" + file.name, heading(*after) + "/" + file.name);
    if (!options.common.json) {
      fmt::print("{}", lines);
      continue;
    }
    if (lines.empty()) continue;
    std::string line = "{\"event\":\"diff\",\"before\":";
    append_json_string(line, heading(*before));
    line += ",\"after\":";
    append_json_string(line, heading(*after));
    line += fmt::format(",\"file\":\"{}\",\"lines\":", file.name);
    append_json_string(line, lines);
    fmt::print("{}}}\n", line);
  }
  return kExitOk;
}

// What a file is written to before it is given its name: then whatever goes wrong, what was there
// before is there still, and whole. Watchers leave such names out by themselves.
std::filesystem::path draft_of(const std::filesystem::path& path) {
  std::filesystem::path draft = path;
  return draft += ".pawl-restore.tmp";
}

Status write_draft(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path draft = draft_of(path);
  errno = 0;
  std::ofstream file(draft, std::ios::binary);
  file << text;
  file.close();
  return file ? Status() : Status::from_errno(errno == 0 ? EIO : errno, "write", path_text(draft));
}

// All drafts first: a disk that fills up leaves the task as it was.
Status write_drafts(const std::filesystem::path& folder, const TaskContent& content) {
  for (const NamedFile& file : kFiles) {
    if ((content.*file.text).empty()) continue;
    if (Status done = write_draft(folder / file.name, content.*file.text); !done.ok()) return done;
  }
  return Status();
}

// Gives the drafts their names, and takes away what the revision does not have.
Status put_in_place(const std::filesystem::path& folder, const TaskContent& content) {
  for (const NamedFile& file : kFiles) {
    const std::filesystem::path path = folder / file.name;
    std::error_code error;
    if ((content.*file.text).empty()) {
      std::filesystem::remove(path, error);
    } else {
      std::filesystem::rename(draft_of(path), path, error);
    }
    if (error) return Status::from_errno(errno_of(error), "write", path_text(path));
  }
  return Status();
}

int run_restore(const HistoryOptions& options) {
  namespace fs = std::filesystem;
  Result<StoredRevision> revision = find_revision(options, options.first);
  if (!revision.ok()) return fail(revision.status());
  const fs::path folder = fs_path(absolute_path(options.to));
  std::error_code error;
  for (const NamedFile& file : kFiles) {
    const fs::file_status there = fs::symlink_status(folder / file.name, error);
    if (there.type() == fs::file_type::not_found || options.force) continue;
    return fail(Status(Code::kInvalid, "write", path_text(folder / file.name),
                       "it is there already; --force writes over it"));
  }
  fs::create_directories(folder, error);
  if (error) return fail(Status::from_errno(errno_of(error), "make", path_text(folder)));
  Status written = write_drafts(folder, revision->content);
  if (written.ok()) written = put_in_place(folder, revision->content);
  if (!written.ok()) {
    for (const NamedFile& file : kFiles) fs::remove(draft_of(folder / file.name), error);
    return fail(written);
  }
  if (options.common.json) {
    std::string line = json_fields(*revision) + ",\"restored_to\":";
    append_json_string(line, path_text(folder));
    fmt::print("{}}}\n", line);
  } else if (!options.common.quiet) {
    std::string where;
    append_readable(where, path_text(folder));
    fmt::print("{} restored to {}\n", heading(*revision), where);
  }
  return kExitOk;
}

CLI::App* add(CLI::App& app, const char* name, const char* description,
              const std::shared_ptr<HistoryOptions>& options, int (*run)(const HistoryOptions&),
              int& exit_code) {
  CLI::App* command = app.add_subcommand(name, description);
  command->add_option("--db", options->database, "The SQLite database")->required();
  add_common_options(*command, options->common);
  command->callback([options, run, &exit_code] {
    set_up_logging(options->common);
    exit_code = run(*options);
  });
  return command;
}

constexpr const char* kName = "UUID[@VERSION][#REVISION]; the newest that fits";

}  // namespace

void add_history(CLI::App& app, int& exit_code) {
  auto history = std::make_shared<HistoryOptions>();
  add(app, "history", "Lists the revisions of a task", history, run_history, exit_code)
      ->add_option("TASK", history->first, "UUID[@VERSION]")
      ->required();
  auto show = std::make_shared<HistoryOptions>();
  add(app, "show", "Prints one revision of a task", show, run_show, exit_code)
      ->add_option("TASK", show->first, kName)
      ->required();
  auto diff = std::make_shared<HistoryOptions>();
  CLI::App* compare =
      add(app, "diff", "Compares two revisions, line by line", diff, run_diff, exit_code);
  compare->add_option("BEFORE", diff->first, kName)->required();
  compare->add_option("AFTER", diff->second, kName)->required();
  auto restore = std::make_shared<HistoryOptions>();
  CLI::App* back =
      add(app, "restore", "Writes one revision back to a folder", restore, run_restore, exit_code);
  back->add_option("TASK", restore->first, kName)->required();
  back->add_option("--to", restore->to, "The folder; made if it is not there")->required();
  back->add_flag(
      "--force", restore->force,
      "Write over files that are there, and remove a schema that the revision does not have");
}

}  // namespace pawl::command
