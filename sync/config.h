// The configuration: which folders are sources of tasks, how each is watched, and where the
// database is. Read from YAML, or made from the arguments of a command. Plain structs with
// defaults; units in types.
//
// Threading: plain functions on values, from any thread. Reading looks at the disk (the file, and
// whether the folders exist), so not on the loop thread. No exception leaves.
//
// The file, with every key and its default:
//
//   registry:
//     database:
//       path: registry.db                # relative to this file
//       revisions_max: 20                # kept of each version of a task; 1 to 100000
//       changes_max: 0                   # entries of the feed that are kept; 0: all
//     native_watch_budget: 75%           # of the user's watch limit; or a number of watches
//     sources:
//       - name: local-tasks              # unique; part of the identity of tasks without a uuid
//         uri: file://./tasks            # relative to this file; a plain path works too
//         config:
//           watch: true                  # false: loaded and synced at start, not watched
//           recursive: true
//           backend: auto                # auto | native | poll
//           follow_symlinks: false       # true: inside the root only
//           conflict: registry           # if a row was edited by someone else: registry (the disk
//                                        # wins), database (the row stays), newer
//           allow_empty: false           # true: an empty root means that its tasks are gone
//           watch_options:
//             debounce_ms: 500           # 0 to 3600000
//             ignore_patterns: [...]     # replaces default_ignore_patterns()
//             max_concurrent_reloads: 5  # 1 to 256
//             retry_on_error: true
//             retry_delay_ms: 1000       # 1 to 3600000; the first delay
//             poll_interval_ms: 1000     # 10 to 86400000
//           limits:                      # of each task
//             file_size: 8MiB            # 1 to 1GiB; bytes, or with KiB, MiB, GiB
//             files: 10000               # 1 to 1000000
//             zip_entries: 10000         # 1 to 1000000
//             zip_expanded: 64MiB        # 1 to 16GiB
//             zip_ratio: 200             # 1 to 100000: an entry's expanded over its packed size
//             depth: 32                  # 1 to 1000: folders below the task's own
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/coverage.h"
#include "core/task/limits.h"
#include "core/watch_budget.h"
#include "sync/conflict.h"

namespace pawl {

std::vector<std::string> default_ignore_patterns();

struct WatchOptions {
  std::chrono::milliseconds debounce{500};
  std::vector<std::string> ignore_patterns = default_ignore_patterns();
  std::uint32_t max_concurrent_reloads = 5;
  bool retry_on_error = true;
  std::chrono::milliseconds retry_delay{1000};
  std::chrono::milliseconds poll_interval{1000};

  bool operator==(const WatchOptions&) const = default;
};

struct SourceConfig {
  std::string name;
  std::string root;  // absolute, as bytes, no trailing slash
  bool watch = true;
  bool recursive = true;
  BackendChoice backend = BackendChoice::kAuto;
  bool follow_symlinks = false;
  bool allow_empty = false;
  ConflictRule conflict = ConflictRule::kRegistry;
  WatchOptions watch_options;
  TaskLimits limits;
  // Patterns that hide the database's own files, where it lies inside this root. To be compiled
  // together with, and after, watch_options.ignore_patterns: see all_ignore_patterns().
  std::vector<std::string> database_patterns;

  bool operator==(const SourceConfig&) const = default;

  std::vector<std::string> all_ignore_patterns() const;
};

struct Config {
  std::string database;  // absolute; empty where ConfigInput::needs_database is false
  std::uint32_t revisions_max = 20;  // see OpenOptions
  std::uint64_t changes_max = 0;
  WatchBudget native_watch_budget;
  std::vector<SourceConfig> sources;

  bool operator==(const Config&) const = default;
};

struct ConfigError {
  std::string file;
  std::uint32_t line = 0;    // from 1; 0: the file as a whole
  std::uint32_t column = 0;  // from 1
  std::string text;
  std::string remedy;

  // "file:line:column: error: text; remedy", without the parts that are not there.
  std::string format() const;
};

struct ConfigInput {
  std::string database;  // not empty: given by a flag, wins over the file's. Relative to folder
  std::string folder;    // what the arguments are relative to; empty: the current directory
  bool needs_database = true;  // false for a command without one, as `check`
};

// The configuration, or everything that is wrong with it, in the order of the file.
struct LoadedConfig {
  Config config;
  std::vector<ConfigError> errors;  // not empty: `config` is incomplete and not to be used

  bool ok() const { return errors.empty(); }
};

// Reads `file`. Relative paths in it start at its folder. A source whose folder is missing is an
// error; one that is there but can't be read is not, for that may pass.
LoadedConfig load_config(const std::string& file, const ConfigInput& input);

// The same from text, as if it were read from `file`.
LoadedConfig parse_config(const std::string& text, const std::string& file,
                          const ConfigInput& input);

// The simple case: folders (or file URIs) given as arguments, each with the options of `like`. The
// name of a source is that of its folder, or its whole path where two folders are called the same.
LoadedConfig config_from_arguments(std::span<const std::string> arguments, const SourceConfig& like,
                                   const ConfigInput& input);

}  // namespace pawl
