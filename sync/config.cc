#include "sync/config.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>
#include <tuple>

#include "backends/fs_path.h"
#include "sync/config_check.h"
#include "sync/config_schema.h"
#include "sync/source_uri.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

// Far more than anybody writes; a pipe or a database given by mistake is not read to its end.
constexpr std::size_t kFileMax = std::size_t{1} << 20;

std::string folder_of(const std::string& file) {
  std::error_code error;
  const fs::path absolute = fs::absolute(fs_path(file), error);
  return path_text((error ? fs_path(file) : absolute).parent_path());
}

std::string working_folder(const ConfigInput& input) {
  std::error_code error;
  if (input.folder.empty()) return path_text(fs::current_path(error));
  return path_text(fs::absolute(fs_path(input.folder), error));
}

// True if line `line` (from 0) of `text` is indented with a tab, which YAML does not allow.
bool has_tab_indent(std::string_view text, int line) {
  for (; line > 0 && !text.empty(); --line) {
    const std::size_t end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  const std::size_t first = text.find_first_not_of(' ');
  return first != std::string_view::npos && text[first] == '\t';
}

std::string parse_remedy(const std::string& message, std::string_view text, int line) {
  if (has_tab_indent(text, line)) return "indent with spaces, not tabs";

  if (message.find("anchor") != std::string::npos) {
    return "put a pattern that begins with * or & in quotes, as \"*.tmp\"";
  }
  return "see the configuration reference in README.md";
}

void finish(LoadedConfig& loaded, const ConfigInput& input, SourcePlaces& places) {
  if (!input.database.empty()) {
    loaded.config.database = resolve_path(working_folder(input), input.database);
    places.database = {"--db " + input.database, 0, 0};
  }
  check_config(loaded.config, input.needs_database, places, loaded.errors);
  std::stable_sort(loaded.errors.begin(), loaded.errors.end(),
                   [](const ConfigError& a, const ConfigError& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
}

}  // namespace

std::vector<std::string> default_ignore_patterns() {
  // The last four are what Emacs and Vim leave beside the file while they save it.
  return {"*.tmp", "*.swp", ".git/**", ".DS_Store", "*~", ".#*", "#*#", "4913"};
}

std::vector<std::string> SourceConfig::all_ignore_patterns() const {
  std::vector<std::string> all = watch_options.ignore_patterns;
  all.insert(all.end(), database_patterns.begin(), database_patterns.end());
  return all;
}

std::string ConfigError::format() const {
  std::string line_text = file;
  if (line > 0) line_text += fmt::format(":{}", line);
  if (line > 0 && column > 0) line_text += fmt::format(":{}", column);
  if (!line_text.empty()) line_text += ": ";
  line_text += "error: " + text;
  if (!remedy.empty()) line_text += "; " + remedy;
  return line_text;
}

LoadedConfig load_config(const std::string& file, const ConfigInput& input) {
  const auto refuse = [&](std::string text, std::string remedy) {
    LoadedConfig loaded;
    loaded.errors.push_back({file, 0, 0, std::move(text), std::move(remedy)});
    return loaded;
  };
  std::error_code error;
  const fs::file_status status = fs::status(fs_path(file), error);
  if (status.type() == fs::file_type::not_found) {
    return refuse("the configuration file does not exist", "check the path given to --config");
  }
  if (status.type() == fs::file_type::directory) {
    return refuse("is a folder", "give the YAML file to --config, or the folder as a source");
  }
  std::ifstream stream(fs_path(file), std::ios::binary);
  std::string text(kFileMax + 1, '\0');
  if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.eof() && stream.fail()) {
    return refuse("cannot be read", "check its permissions");
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kFileMax) return refuse("is larger than 1 MiB", "give the YAML configuration");
  return parse_config(text, file, input);
}

LoadedConfig parse_config(const std::string& text, const std::string& file,
                          const ConfigInput& input) {
  LoadedConfig loaded;
  SourcePlaces places;
  places.database = {file, 0, 0};
  try {
    SchemaReader reader(file, folder_of(file), loaded, places);
    reader.read(text);
  } catch (const YAML::Exception& exception) {
    const bool placed = !exception.mark.is_null();
    loaded.errors.push_back({file, placed ? static_cast<std::uint32_t>(exception.mark.line + 1) : 0,
                             placed ? static_cast<std::uint32_t>(exception.mark.column + 1) : 0,
                             "not YAML: " + exception.msg,
                             parse_remedy(exception.msg, text, exception.mark.line)});
    return loaded;
  } catch (const std::exception& exception) {
    loaded.errors.push_back({file, 0, 0, exception.what(), {}});
    return loaded;
  }
  finish(loaded, input, places);
  return loaded;
}

LoadedConfig config_from_arguments(std::span<const std::string> arguments, const SourceConfig& like,
                                   const ConfigInput& input) {
  LoadedConfig loaded;
  SourcePlaces places;
  std::map<std::string, int> uses;
  for (const std::string& argument : arguments) {
    const SourceUri uri = parse_source_uri(argument);
    if (!uri.ok()) {
      loaded.errors.push_back({argument, 0, 0, uri.error, uri.remedy});
      continue;
    }
    SourceConfig source = like;
    source.root = resolve_path(working_folder(input), uri.path);
    source.name = path_text(fs_path(source.root).filename());
    ++uses[source.name];
    places.uris.push_back({argument, 0, 0});
    loaded.config.sources.push_back(std::move(source));
  }
  places.names.resize(places.uris.size());
  for (SourceConfig& source : loaded.config.sources) {
    if (source.name.empty() || uses[source.name] > 1) source.name = source.root;
  }
  finish(loaded, input, places);
  return loaded;
}

}  // namespace pawl
