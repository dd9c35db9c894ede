// pawl doctor: what this system allows, how it is used, and how each PATH would be watched, and
// why.
//
// With --json, one object a line, in this order. A number that is not known is null.
//
//   {"event":"system","pawl":…,"libuv":…,"sqlite":…,"scripts_checked":bool,"archives_read":bool,
//    "watches_max":n,"watches_used":n,"watches_budget":n,"instances_max":n,"instances_used":n,
//    "queue_max":n,"queue_small":bool,"note":…}
//       limits of this user and what all of its programs use; watches_budget is what pawl takes of
//       them at most; queue_max: events that the kernel keeps for a process before it drops them
//   for each PATH:
//   {"event":"path","path":…,"directories":n,"files":n,"native":n,"polled":n,"unreachable":n}
//   {"event":"mount","root":…,"path":…,"file_system":…,"tells_all":bool,"may_hang":bool,
//    "granularity_ms":n,"directories":n,"files":n,"native":n,"polled":n,"unreachable":n,
//    "reason":…,"os_error":n,"remedy":…}
//       for each device below the PATH `root`: `path` is the first directory found on it;
//       tells_all: native watches there hear of every change; granularity_ms: two writes within it
//       may carry the same time; reason: of the polled ones, else of all, as in `coverage`
//   {"event":"unreachable","root":…,"path":…,"error":…}     the first 32 of each PATH
//   {"event":"stalled","root":…,"path":…}    did not answer; what comes after it was not looked at
//   with --db, for each source of that database that a PATH lies in, or that lies in a PATH:
//   {"event":"source",…} and {"event":"coverage",…} as `pawl status --json` tells them
//   at the end:
//   {"event":"advice","text":…}              what can be done, the most important first
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <uv.h>

#include <algorithm>
#include <cstdio>

#include "backends/file_system.h"
#include "backends/limits.h"
#include "backends/script/script_checker.h"
#include "core/task/archive.h"
#include "fallback/examine.h"
#include "fallback/forecast.h"
#include "sync/command/common.h"
#include "sync/command/notices.h"
#include "sync/command/source_lines.h"
#include "sync/human_lines.h"
#include "sync/json_lines.h"
#include "sync/store_reader.h"
#include "sync/versions.h"

namespace pawl::command {
namespace {

struct DoctorOptions {
  CommonOptions common;
  std::vector<std::string> paths;
  std::string database;
};

struct Findings {
  WatchLimits limits;
  bool scripts_checked = false;
  std::vector<Examination> examinations;
  Forecast forecast;
  std::vector<SourceState> sources;  // as a running watch has them, or left them
};

using Number = std::optional<std::uint64_t>;

std::string number(const Number& value) {
  return value ? fmt::to_string(*value) : "null";
}

std::string readable(std::string_view text) {
  std::string out;
  append_readable(out, text);
  return out;
}

std::string field(std::string_view key, std::string_view value) {
  std::string text = fmt::format(",\"{}\":", key);
  append_json_string(text, value);
  return text;
}

MountForecast sum_of(const std::vector<MountForecast>& mounts) {
  MountForecast sum;
  for (const MountForecast& mount : mounts) {
    sum.native += mount.native;
    sum.polled += mount.polled;
    sum.unreachable += mount.unreachable;
  }
  return sum;
}

void print_json_system(const Findings& findings) {
  const WatchLimits& limits = findings.limits;
  fmt::print(
      "{{\"event\":\"system\"{}{}{},\"scripts_checked\":{},\"archives_read\":{},\"watches_max\":{},"
      "\"watches_used\":{},\"watches_budget\":{},\"instances_max\":{},\"instances_used\":{},"
      "\"queue_max\":{},\"queue_small\":{}{}}}\n",
      field("pawl", PAWL_VERSION), field("libuv", uv_version_string()),
      field("sqlite", sqlite_version()), findings.scripts_checked, reads_archives(),
      number(limits.watches_max), number(limits.watches_used), number(findings.forecast.budget),
      number(limits.instances_max), number(limits.instances_used), number(limits.queue_max),
      findings.forecast.queue_small, field("note", limits.note));
}

void print_json_mount(const std::string& root, const ExaminedMount& mount,
                      const MountForecast& forecast) {
  fmt::print(
      "{{\"event\":\"mount\"{}{}{},\"tells_all\":{},\"may_hang\":{},\"granularity_ms\":{},"
      "\"directories\":{},\"files\":{},\"native\":{},\"polled\":{},\"unreachable\":{}{},"
      "\"os_error\":{}{}}}\n",
      field("root", root), field("path", mount.path), field("file_system", mount.mount.type),
      mount.mount.tells_all, mount.mount.may_hang,
      std::chrono::duration_cast<milliseconds>(mount.mount.granularity).count(), mount.directories,
      mount.files, forecast.native, forecast.polled, forecast.unreachable,
      field("reason", reason_name(forecast.reason)), forecast.os_error,
      field("remedy", reason_remedy(forecast.reason)));
}

void print_json_path(const Examination& tree, const std::vector<MountForecast>& forecasts) {
  const MountForecast sum = sum_of(forecasts);
  fmt::print(
      "{{\"event\":\"path\"{},\"directories\":{},\"files\":{},\"native\":{},\"polled\":{},"
      "\"unreachable\":{}}}\n",
      field("path", tree.path), tree.directories(), tree.files(), sum.native, sum.polled,
      sum.unreachable);
  for (std::size_t i = 0; i < tree.mounts.size(); ++i)
    print_json_mount(tree.path, tree.mounts[i], forecasts[i]);
  for (const Status& error : tree.errors)
    fmt::print("{{\"event\":\"unreachable\"{}{}{}}}\n", field("root", tree.path),
               field("path", error.path()), field("error", error.message()));
  if (!tree.stalled_at.empty())
    fmt::print("{{\"event\":\"stalled\"{}{}}}\n", field("root", tree.path),
               field("path", tree.stalled_at));
}

void print_json(const Findings& findings, const std::vector<std::string>& advice) {
  print_json_system(findings);
  for (std::size_t i = 0; i < findings.examinations.size(); ++i)
    print_json_path(findings.examinations[i], findings.forecast.mounts[i]);
  std::string sources;
  for (const SourceState& source : findings.sources) append_source_json(sources, source);
  fmt::print("{}", sources);
  for (const std::string& text : advice)
    fmt::print("{{\"event\":\"advice\"{}}}\n", field("text", text));
}

std::string use_of(const Number& used, const Number& max) {
  const std::string limit = max ? fmt::to_string(*max) : "no known limit";
  return used ? fmt::format("{} of {} used", *used, limit) : limit;
}

void print_text_system(const Findings& findings) {
  const WatchLimits& limits = findings.limits;
  fmt::print("pawl {}, libuv {}, SQLite {}; scripts are {}; ZIP archives are {}\n", PAWL_VERSION,
             uv_version_string(), sqlite_version(),
             findings.scripts_checked ? "checked" : "not checked: this build has no engine",
             reads_archives() ? "read" : "not read: this build has no libzip");
  fmt::print("native watches    {}", use_of(limits.watches_used, limits.watches_max));
  if (findings.forecast.budget)
    fmt::print("; pawl takes {} at most, of which {} are free", *findings.forecast.budget,
               *findings.forecast.available);
  fmt::print("\nwatch instances   {}\n", use_of(limits.instances_used, limits.instances_max));
  fmt::print("queue for events  {}{}\n", limits.queue_max ? number(limits.queue_max) : "not known",
             findings.forecast.queue_small ? " (small)" : "");
  if (!limits.note.empty()) fmt::print("note              {}\n", limits.note);
}

void print_text_mount(const ExaminedMount& mount, const MountForecast& forecast) {
  fmt::print("  {:<8} {}: {} directories, {} native, {} polled, {} unreachable, {} files",
             mount.mount.type, readable(mount.path), mount.directories, forecast.native,
             forecast.polled, forecast.unreachable, mount.files);
  if (forecast.polled > 0) {
    const std::string_view remedy = reason_remedy(forecast.reason);
    fmt::print("; polled for: {}{}{}", reason_name(forecast.reason), remedy.empty() ? "" : "; ",
               remedy);
  }
  fmt::print("\n");
}

void print_text_path(const Examination& tree, const std::vector<MountForecast>& forecasts) {
  const MountForecast sum = sum_of(forecasts);
  fmt::print("\n{}: {} directories, {} native, {} polled, {} unreachable, {} files\n",
             readable(tree.path), tree.directories(), sum.native, sum.polled, sum.unreachable,
             tree.files());
  for (std::size_t i = 0; i < tree.mounts.size(); ++i)
    print_text_mount(tree.mounts[i], forecasts[i]);
  for (const Status& error : tree.errors)
    fmt::print("  unreachable: {}\n", readable(error.message()));
  if (tree.unreachable > tree.errors.size())
    fmt::print("  and {} more unreachable directories\n", tree.unreachable - tree.errors.size());
  if (!tree.stalled_at.empty())
    fmt::print("  {} does not answer; what comes after it was not looked at\n",
               readable(tree.stalled_at));
}

void print_advice(const std::vector<std::string>& advice) {
  for (const std::string& text : advice) fmt::print("advice: {}\n", readable(text));
}

void print_text(const Findings& findings, const std::vector<std::string>& advice) {
  print_text_system(findings);
  for (std::size_t i = 0; i < findings.examinations.size(); ++i)
    print_text_path(findings.examinations[i], findings.forecast.mounts[i]);
  std::string sources;
  for (const SourceState& source : findings.sources) append_source_text(sources, source);
  fmt::print("\n{}", sources);
  print_advice(advice);
  if (advice.empty()) fmt::print("all is well\n");
}

Examination examine_shown(const std::shared_ptr<FileSystem>& files, const std::string& path,
                          bool show) {
  bool shown = false;
  ExamineOptions options;
  if (show) {
    options.on_progress = [&shown](std::uint64_t directories, std::uint64_t found) {
      shown = true;
      fmt::print(stderr, "\r\033[K{}", scanning_line(directories, found));
      static_cast<void>(std::fflush(stderr));
    };
  }
  Examination examination = examine(files, path, options);
  if (shown) fmt::print(stderr, "\r\033[K");
  return examination;
}

bool is_within(const std::string& path, const std::string& above) {
  return path == above || above == "/" || path.starts_with(above + "/");
}

// The sources that have to do with the paths.
Status find_sources(const DoctorOptions& options, Findings& findings) {
  if (options.database.empty()) return {};
  Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(absolute_path(options.database));
  if (!reader.ok()) return reader.status();
  Result<StoreOverview> overview = (*reader)->overview();
  if (!overview.ok()) return overview.status();
  for (SourceState& source : overview->sources) {
    const bool concerned = std::any_of(
        findings.examinations.begin(), findings.examinations.end(), [&](const Examination& tree) {
          return is_within(source.root, tree.path) || is_within(tree.path, source.root);
        });
    if (concerned) findings.sources.push_back(std::move(source));
  }
  return {};
}

int run_doctor(const DoctorOptions& options) {
  set_up_logging(options.common);
  Findings findings;
  findings.limits = read_watch_usage();
  findings.scripts_checked = make_script_checker()->checks();
  const std::shared_ptr<FileSystem> files = make_file_system();
  for (const std::string& path : options.paths) {
    findings.examinations.push_back(
        examine_shown(files, absolute_path(path), !options.common.quiet && stderr_is_terminal()));
    const Status& status = findings.examinations.back().status;
    if (status.ok()) continue;
    spdlog::error("{} (give a directory that exists)", status.message());
    return kExitUsage;
  }
  if (const Status found = find_sources(options, findings); !found.ok()) {
    spdlog::error("{}", found.message());
    return kExitFailure;
  }
  findings.forecast =
      make_forecast(findings.examinations, findings.limits, WatchBudget{}, try_to_cover);
  const std::vector<std::string> advice =
      advise(findings.examinations, findings.forecast, findings.limits);
  if (options.common.json) {
    print_json(findings, advice);
  } else if (!options.common.quiet) {
    print_text(findings, advice);
  } else {
    print_advice(advice);
  }
  return kExitOk;
}

}  // namespace

void add_doctor(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<DoctorOptions>();
  CLI::App* command = app.add_subcommand(
      "doctor", "Tells the limits of this system, and how each PATH would be watched, and why");
  command->add_option("PATH", options->paths, "Directories to examine")->required();
  command->add_option("--db", options->database,
                      "The database of a watch: tell, too, how its sources are watched now");
  add_common_options(*command, options->common);
  command->callback([options, &exit_code] { exit_code = run_doctor(*options); });
}

}  // namespace pawl::command
