#include "sync/config_check.h"

#include <fmt/format.h>

#include <filesystem>

#include "backends/fs_path.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

void report(std::vector<ConfigError>& errors, const Place& place, std::string text,
            std::string remedy) {
  errors.push_back({place.file, place.line, place.column, std::move(text), std::move(remedy)});
}

// Without symbolic links, as far as the path exists: two paths to one folder are then equal.
std::string real_path(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(fs_path(path), error);
  return error ? path : path_text(real);
}

// What follows `root` in `path`, without a slash in front; null if `path` is not inside.
const char* inside(const std::string& root, const std::string& path) {
  if (!path.starts_with(root)) return nullptr;
  if (root.ends_with('/')) return path.c_str() + root.size();
  if (path.size() == root.size()) return path.c_str() + root.size();
  return path[root.size()] == '/' ? path.c_str() + root.size() + 1 : nullptr;
}

void check_names(const Config& config, const SourcePlaces& places,
                 std::vector<ConfigError>& errors) {
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    for (std::size_t j = 0; j < i && !config.sources[i].name.empty(); ++j) {
      if (config.sources[i].name != config.sources[j].name) continue;
      report(errors, places.names[i],
             fmt::format("another source is called '{}' too", config.sources[i].name),
             places.names[j].line == 0
                 ? "give each a name of its own"
                 : fmt::format("the other is in line {}; give each a name of its own",
                               places.names[j].line));
      break;
    }
  }
}

void check_folder(const SourceConfig& source, const Place& place,
                  std::vector<ConfigError>& errors) {
  std::error_code error;
  const fs::file_status status = fs::status(fs_path(source.root), error);
  if (status.type() == fs::file_type::not_found) {
    report(errors, place, fmt::format("the folder {} does not exist", source.root),
           "make it, or correct the path");
  } else if (status.type() == fs::file_type::regular) {
    report(errors, place, fmt::format("{} is a file", source.root),
           "give the folder that it is in");
  } else if (fs::exists(status) && !fs::is_directory(status) &&
             status.type() != fs::file_type::unknown) {
    report(errors, place, fmt::format("{} is no folder", source.root), "give a folder");
  }
}

// How two roots lie to each other, for a person; empty if they are apart.
std::string overlap(const std::string& one, const std::string& other) {
  if (one == other) return "is the same as";
  if (inside(other, one) != nullptr) return "lies inside";
  return inside(one, other) != nullptr ? "holds" : "";
}

void check_overlap(const Config& config, const std::vector<std::string>& roots,
                   const SourcePlaces& places, std::vector<ConfigError>& errors) {
  for (std::size_t i = 0; i < roots.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (roots[i].empty() || roots[j].empty()) continue;
      const std::string how = overlap(roots[i], roots[j]);
      if (how.empty()) continue;
      report(errors, places.uris[i],
             fmt::format("the folder {} the one of source '{}', {}", how, config.sources[j].name,
                         roots[j]),
             "a task belongs to one source: remove one of the two, or move its folder");
      break;
    }
  }
}

// Characters with a meaning in patterns stand for themselves.
std::string escape_pattern(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("*?[]{}\\!# ").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void check_database(Config& config, bool needs_database, const std::vector<std::string>& roots,
                    const SourcePlaces& places, std::vector<ConfigError>& errors) {
  if (config.database.empty()) {
    if (needs_database && !places.database_reported) {
      report(errors, places.database, "there is no database",
             places.database.line == 0
                 ? "give --db FILE"
                 : "write 'database: { path: registry.db }', or give --db FILE");
    }
    return;
  }
  std::error_code error;
  if (fs::is_directory(fs_path(config.database), error)) {
    report(errors, places.database, fmt::format("the database {} is a folder", config.database),
           "give the path of a file");
    return;
  }
  const fs::path database = fs_path(config.database);
  const fs::path folder = database.parent_path();
  if (fs::status(folder, error).type() == fs::file_type::not_found) {
    report(errors, places.database,
           fmt::format("the folder of the database, {}, does not exist", path_text(folder)),
           "make it, or correct the path");
    return;
  }
  const std::string real =
      real_path(path_text(folder)) + "/" + path_text(database.filename());
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const char* relative = roots[i].empty() ? nullptr : inside(roots[i], real);
    if (relative == nullptr) continue;
    const std::string pattern = fmt::format("/{}", escape_pattern(relative));
    config.sources[i].database_patterns = {pattern, pattern + "-*"};  // -wal, -shm, -journal
  }
}

}  // namespace

void check_config(Config& config, bool needs_database, const SourcePlaces& places,
                  std::vector<ConfigError>& errors) {
  check_names(config, places, errors);
  std::vector<std::string> roots;
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    const std::string& root = config.sources[i].root;
    if (!root.empty()) check_folder(config.sources[i], places.uris[i], errors);
    roots.push_back(root.empty() ? std::string() : real_path(root));
  }
  check_overlap(config, roots, places, errors);
  check_database(config, needs_database, roots, places, errors);
}

}  // namespace pawl
