#include "sync/api/config.h"

#include <filesystem>
#include <system_error>

#include "backends/fs_path.h"
#include "fallback/bridge/convert.h"
#include "sync/config_check.h"
#include "sync/source_uri.h"

namespace pawl::tasks {
namespace {

std::string working_folder() {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  return error ? "/" : path_text(here);
}

}  // namespace

SourceConfig config_of(const Source& source) {
  SourceConfig config;
  config.root = source.path.empty() ? std::string() : resolve_path(working_folder(), source.path);
  config.name = source.name;
  if (config.name.empty()) config.name = path_text(fs_path(config.root).filename());
  if (config.name.empty()) config.name = config.root;
  config.watch = source.watch;
  config.recursive = source.recursive;
  config.backend = static_cast<BackendChoice>(source.backend);
  config.follow_symlinks = source.follow_symlinks;
  config.allow_empty = source.allow_empty;
  config.watch_options.debounce = source.debounce;
  if (source.ignore) config.watch_options.ignore_patterns = *source.ignore;
  config.watch_options.max_concurrent_reloads = source.max_concurrent_reloads;
  config.watch_options.retry_on_error = source.retry_on_error;
  config.watch_options.retry_delay = source.retry_delay;
  config.watch_options.poll_interval = source.poll_interval;
  config.limits = {.file_size_max = source.limits.file_size_max,
                   .files_max = source.limits.files_max,
                   .zip_entries_max = source.limits.zip_entries_max,
                   .zip_expanded_max = source.limits.zip_expanded_max,
                   .zip_ratio_max = source.limits.zip_ratio_max,
                   .depth_max = source.limits.depth_max};
  return config;
}

Expected<Config> config_of(const Options& options) {
  Config config;
  if (!options.database.empty())
    config.database = resolve_path(working_folder(), options.database);
  config.revisions_max = options.revisions_max;
  config.changes_max = options.changes_max;
  config.native_watch_budget = {.percent = true, .value = options.native_watches_percent};
  for (const Source& source : options.sources) config.sources.push_back(config_of(source));
  std::string wrong;
  const auto say = [&](const std::string& text) { wrong += (wrong.empty() ? "" : "\n") + text; };
  if (options.revisions_max == 0) say("revisions_max is 0");
  if (options.native_watches_percent > 100) say("native_watches_percent is more than 100");
  for (const Source& source : options.sources)
    if (Error error = check(source); !error.ok()) say(error.message());
  SourcePlaces places;
  places.names.resize(config.sources.size());
  places.uris.resize(config.sources.size());
  std::vector<ConfigError> errors;
  check_config(config, false, places, errors);
  for (const ConfigError& error : errors) say(error.format());
  if (!wrong.empty()) return Error(ErrorCode::kUsage, "open the registry", config.database, wrong);
  return config;
}

Error check(const Source& source) {
  const auto wrong = [&](const char* what) {
    return Error(ErrorCode::kUsage, "add the source", source.path, what);
  };
  if (source.path.empty()) return wrong("there is no path");
  if (source.debounce.count() < 0) return wrong("debounce is negative");
  if (source.debounce > watch::kDurationMax) return wrong("debounce is longer than a year");
  if (source.poll_interval.count() <= 0) return wrong("poll_interval is not positive");
  if (source.poll_interval > watch::kDurationMax)
    return wrong("poll_interval is longer than a year");
  if (source.retry_delay.count() <= 0) return wrong("retry_delay is not positive");
  if (source.retry_delay > watch::kDurationMax) return wrong("retry_delay is longer than a year");
  if (source.max_concurrent_reloads == 0) return wrong("max_concurrent_reloads is 0");
  return {};
}

}  // namespace pawl::tasks
