#include "sync/config_schema.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "core/ignore.h"
#include "core/task/text.h"
#include "sync/source_uri.h"
#include "sync/yaml_documents.h"

namespace pawl {

SchemaReader::SchemaReader(std::string file, std::string folder, LoadedConfig& loaded,
                           SourcePlaces& places)
    : file_(std::move(file)), folder_(std::move(folder)), loaded_(loaded), places_(places) {}

void SchemaReader::read(const std::string& text) {
  places_.database_reported = true;  // until there is a registry to hold one
  const Place top{file_, 1, 1};
  // yaml-cpp puts U+FFFD for what is not UTF-8, and would so open another file than the one meant.
  if (const auto bad = find_invalid_utf8(text)) {
    const TextPosition at = position_of(text, *bad);
    loaded_.errors.push_back({file_, at.line, at.column, "the configuration is not UTF-8",
                              "write such a name as a file URI with %NN for each byte"});
    return;
  }
  const YamlDocuments documents = count_documents(text);
  if (documents == YamlDocuments::kEndless) {
    loaded_.errors.push_back({file_, 0, 0, "the configuration is not YAML",
                              "look for a ',' that stands outside of '[…]' and '{…}'"});
    return;
  }
  if (documents == YamlDocuments::kSeveral) {
    loaded_.errors.push_back({file_, 0, 0, "the file holds several YAML documents",
                              "remove the line '---' and what follows it"});
    return;
  }
  YamlMap map(YAML::Load(text), top, "the configuration", loaded_.errors);
  const YAML::Node node = map.child("registry");
  if (node.IsDefined()) {
    registry(node, map.place_of("registry"));
  } else if (loaded_.errors.empty()) {
    map.report(map.place(), "registry is missing", "begin the file with 'registry:'");
  }
  map.finish();
}

void SchemaReader::registry(const YAML::Node& node, const Place& place) {
  const std::size_t errors_at_first = loaded_.errors.size();
  YamlMap map(node, place, "registry", loaded_.errors);
  if (loaded_.errors.size() > errors_at_first) return;
  const std::size_t errors_before = loaded_.errors.size();
  YamlMap database(map.child("database"), map.place_of("database"), "database", loaded_.errors);
  std::string path;
  if (database.text("path", path)) loaded_.config.database = resolve_path(folder_, path);
  database.number("revisions_max", 1U, 100'000U, loaded_.config.revisions_max);
  database.number("changes_max", std::uint64_t{0}, std::uint64_t{1} << 40,
                  loaded_.config.changes_max);
  database.finish();
  places_.database_reported = loaded_.errors.size() > errors_before;
  places_.database = database.place_of("path");
  budget(map);
  sources(map);
  map.finish();
}

void SchemaReader::budget(YamlMap& map) {
  const YAML::Node node = map.child("native_watch_budget");
  if (!node.IsDefined()) return;
  const std::string text = node.IsScalar() ? node.Scalar() : std::string();
  WatchBudget read{text.ends_with('%'), 0};
  const char* end = text.data() + text.size() - (read.percent ? 1 : 0);
  const auto [stop, error] = std::from_chars(text.data(), end, read.value);
  if (text.empty() || error != std::errc() || stop != end || (read.percent && read.value > 100)) {
    map.report(map.place_of("native_watch_budget"),
               fmt::format("native_watch_budget can't be '{}'", text),
               "write a number of watches, or a share as 75%");
    return;
  }
  loaded_.config.native_watch_budget = read;
}

void SchemaReader::sources(YamlMap& map) {
  const YAML::Node node = map.child("sources");
  const std::string remedy = "write a list below it, each with '- name:' and 'uri:'";
  if (!node.IsDefined() || (node.IsSequence() && node.size() == 0) || node.IsNull()) {
    map.report(map.place_of("sources"), "there are no sources", remedy);
    return;
  }
  if (!node.IsSequence()) {
    map.report(map.place_of("sources"), "sources must be a list", remedy);
    return;
  }
  // yaml-cpp marks an empty entry at whatever follows it.
  for (const YAML::Node& item : node) source(item, map.place_of(item.IsNull() ? node : item));
}

void SchemaReader::source(const YAML::Node& node, const Place& place) {
  YamlMap map(node, place, "a source", loaded_.errors);
  SourceConfig source;
  const std::size_t errors_before = loaded_.errors.size();
  const bool named = map.text("name", source.name);
  std::string text;
  const bool has_uri = map.text("uri", text);
  // One error for one mistake: a wrong type has been reported already.
  if (loaded_.errors.size() == errors_before && (node.IsMap() || node.IsNull())) {
    if (!named) map.report(place, "the source has no name", "write 'name:' and a name of its own");
    if (!has_uri) map.report(place, "the source has no uri", "write 'uri: file://./FOLDER'");
  }
  if (has_uri) {
    SourceUri uri = parse_source_uri(text);
    if (uri.ok()) {
      source.root = resolve_path(folder_, uri.path);
    } else {
      map.report(map.place_of("uri"), std::move(uri.error), std::move(uri.remedy));
    }
  }
  const YAML::Node config = map.child("config");
  if (config.IsDefined()) source_config(config, map.place_of("config"), source);
  places_.names.push_back(map.place_of("name"));
  places_.uris.push_back(map.place_of("uri"));
  map.finish();
  loaded_.config.sources.push_back(std::move(source));
}

void SchemaReader::source_config(const YAML::Node& node, const Place& place, SourceConfig& source) {
  static constexpr std::array<std::string_view, 3> kBackends{"auto", "native", "poll"};
  YamlMap map(node, place, "config", loaded_.errors);
  map.boolean("watch", source.watch);
  map.boolean("recursive", source.recursive);
  std::size_t backend = 0;
  if (map.choice("backend", kBackends, backend)) {
    source.backend = static_cast<BackendChoice>(backend);
  }
  map.boolean("follow_symlinks", source.follow_symlinks);
  map.boolean("allow_empty", source.allow_empty);
  constexpr std::array<std::string_view, 3> kRules = {"registry", "database", "newer"};
  std::size_t rule = 0;
  if (map.choice("conflict", kRules, rule)) source.conflict = static_cast<ConflictRule>(rule);
  const YAML::Node options = map.child("watch_options");
  if (options.IsDefined()) {
    watch_options(options, map.place_of("watch_options"), source.watch_options);
  }
  const YAML::Node bounds = map.child("limits");
  if (bounds.IsDefined()) limits(bounds, map.place_of("limits"), source.limits);
  map.finish();
}

void SchemaReader::watch_options(const YAML::Node& node, const Place& place,
                                 WatchOptions& options) {
  constexpr std::uint64_t kHour = 3'600'000;  // ms
  YamlMap map(node, place, "watch_options", loaded_.errors);
  map.milliseconds("debounce_ms", 0, kHour, options.debounce);
  std::vector<Place> places;
  map.texts("ignore_patterns", options.ignore_patterns, places);
  // One at a time, so that each error has its place.
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::span<const std::string> one(&options.ignore_patterns[i], 1);
    const Result<IgnoreRules> rules = IgnoreRules::compile(one);
    if (rules.ok()) continue;
    const Status& status = rules.status();
    map.report(places[i],
               fmt::format("bad ignore pattern '{}': {}", one[0],
                           status.detail().empty() ? status.message() : status.detail()),
               "write it as in a .gitignore file");
  }
  map.number("max_concurrent_reloads", 1U, 256U, options.max_concurrent_reloads);
  map.boolean("retry_on_error", options.retry_on_error);
  map.milliseconds("retry_delay_ms", 1, kHour, options.retry_delay);
  map.milliseconds("poll_interval_ms", 10, 24 * kHour, options.poll_interval);
  map.finish();
}

void SchemaReader::limits(const YAML::Node& node, const Place& place, TaskLimits& limits) {
  constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
  YamlMap map(node, place, "limits", loaded_.errors);
  map.size("file_size", kGiB, limits.file_size_max);
  map.number("files", 1U, 1'000'000U, limits.files_max);
  map.number("zip_entries", 1U, 1'000'000U, limits.zip_entries_max);
  map.size("zip_expanded", 16 * kGiB, limits.zip_expanded_max);
  map.number("zip_ratio", 1U, 100'000U, limits.zip_ratio_max);
  map.number("depth", 1U, 1000U, limits.depth_max);
  map.finish();
}

}  // namespace pawl
