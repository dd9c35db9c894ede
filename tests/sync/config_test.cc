// Each config/NAME.yaml is read and compared with config/NAME.expected: the configuration, a line
// for each value that is not the default, or its errors. A new pair of files is a new case.
#include "sync/config.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "backends/fs_path.h"
#include "core/ignore.h"
#include "sync/source_uri.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

const std::string kFolder = absolute_path(PAWL_TEST_DATA "/sync/config");  // with its drive, on Windows

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

template <class T>
void line(std::string& text, const char* name, const T& value, const T& standard) {
  if (value != standard) text += fmt::format("  {}: {}\n", name, value);
}

std::string describe(const SourceConfig& source) {
  const SourceConfig standard;
  std::string text = fmt::format("source {}: {}\n", source.name, source.root);
  line(text, "watch", source.watch, standard.watch);
  line(text, "recursive", source.recursive, standard.recursive);
  line(text, "backend", static_cast<int>(source.backend), static_cast<int>(standard.backend));
  line(text, "follow_symlinks", source.follow_symlinks, standard.follow_symlinks);
  line(text, "allow_empty", source.allow_empty, standard.allow_empty);
  const WatchOptions& options = source.watch_options;
  const WatchOptions& usual = standard.watch_options;
  line(text, "debounce", options.debounce.count(), usual.debounce.count());
  if (options.ignore_patterns != usual.ignore_patterns) {
    text += fmt::format("  ignore: {}\n", fmt::join(options.ignore_patterns, " "));
  }
  line(text, "reloads", options.max_concurrent_reloads, usual.max_concurrent_reloads);
  line(text, "retry", options.retry_on_error, usual.retry_on_error);
  line(text, "retry_delay", options.retry_delay.count(), usual.retry_delay.count());
  line(text, "poll_interval", options.poll_interval.count(), usual.poll_interval.count());
  line(text, "file_size", source.limits.file_size_max, standard.limits.file_size_max);
  line(text, "files", source.limits.files_max, standard.limits.files_max);
  line(text, "zip_entries", source.limits.zip_entries_max, standard.limits.zip_entries_max);
  line(text, "zip_expanded", source.limits.zip_expanded_max, standard.limits.zip_expanded_max);
  line(text, "zip_ratio", source.limits.zip_ratio_max, standard.limits.zip_ratio_max);
  line(text, "depth", source.limits.depth_max, standard.limits.depth_max);
  for (const std::string& pattern : source.database_patterns) text += "  hides: " + pattern + "\n";
  return text;
}

std::string describe(const LoadedConfig& loaded) {
  std::string text;
  for (const ConfigError& error : loaded.errors) text += error.format() + "\n";
  if (!loaded.ok()) return text;
  const WatchBudget& budget = loaded.config.native_watch_budget;
  text += fmt::format("database: {}\nbudget: {}{}\n", loaded.config.database, budget.value,
                      budget.percent ? "%" : "");
  for (const SourceConfig& source : loaded.config.sources) text += describe(source);
  return text;
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class ConfigTable : public testing::TestWithParam<std::string> {};

TEST_P(ConfigTable, IsReadAsExpected) {
  const std::string path = kFolder + "/" + GetParam();
  const LoadedConfig loaded = load_config(path + ".yaml", {});
  EXPECT_EQ(replace_all(describe(loaded), kFolder, "DIR"), read_file(path + ".expected"))
      << "the case is " << path << ".yaml";
}

INSTANTIATE_TEST_SUITE_P(Files, ConfigTable, testing::ValuesIn(cases()),
                         [](const auto& file) { return replace_all(file.param, "-", "_"); });

TEST(Config, FindsItsTable) {
  EXPECT_GE(cases().size(), 15u);
}

ConfigInput in_folder() {
  ConfigInput input;
  input.database = "registry.db";
  input.folder = kFolder;
  return input;
}

TEST(Config, DatabaseOfTheCommandWinsOverTheFile) {
  const LoadedConfig loaded = parse_config(
      "registry:\n  database: {path: other.db}\n  sources: [{name: a, uri: folders/one}]\n",
      kFolder + "/x.yaml", in_folder());
  ASSERT_TRUE(loaded.ok()) << describe(loaded);
  EXPECT_EQ(loaded.config.database, kFolder + "/registry.db");
}

TEST(Config, CommandWithoutADatabaseNeedsNone) {
  ConfigInput input;
  input.needs_database = false;
  EXPECT_TRUE(parse_config("registry:\n  sources: [{name: a, uri: folders/one}]\n",
                           kFolder + "/x.yaml", input)
                  .ok());
}

TEST(Config, MissingFileIsOneError) {
  const LoadedConfig loaded = load_config("/nowhere/pawl.yaml", {});
  ASSERT_EQ(loaded.errors.size(), 1u);
  EXPECT_EQ(
      loaded.errors[0].format(),
      "/nowhere/pawl.yaml: error: the configuration file does not exist; check the path given "
      "to --config");
}

TEST(Config, FolderInsteadOfFileIsAnError) {
  EXPECT_EQ(load_config(kFolder, {}).errors.at(0).text, "is a folder");
}

TEST(Config, EveryPrefixOfAFileIsReadWithoutACrash) {
  const std::string text = read_file(kFolder + "/full.yaml");
  ASSERT_GT(text.size(), 500u);
  ASSERT_TRUE(parse_config(text, kFolder + "/full.yaml", {}).ok());
  for (std::size_t size = 0; size < text.size(); size += 3) {
    const LoadedConfig loaded = parse_config(text.substr(0, size), kFolder + "/full.yaml", {});
    for (const ConfigError& error : loaded.errors) EXPECT_FALSE(error.text.empty());
  }
}

TEST(Config, DeepNestingIsAnErrorAndNoCrash) {
  const LoadedConfig loaded = parse_config(std::string(200'000, '['), "/x.yaml", {});
  EXPECT_FALSE(loaded.ok());
}

TEST(Config, BytesThatAreNotUtf8AreRefused) {
  const LoadedConfig loaded = parse_config("registry:\n  x: \xff\n", "/x.yaml", {});
  ASSERT_EQ(loaded.errors.size(), 1u);
  EXPECT_EQ(loaded.errors[0].text, "the configuration is not UTF-8");
}

TEST(Config, ArgumentsBecomeSources) {
  SourceConfig like;
  like.recursive = false;
  const std::vector<std::string> arguments{"folders/one", "file://./folders/two/"};
  const LoadedConfig loaded = config_from_arguments(arguments, like, in_folder());
  ASSERT_TRUE(loaded.ok()) << describe(loaded);
  ASSERT_EQ(loaded.config.sources.size(), 2u);
  EXPECT_EQ(loaded.config.sources[0].name, "one");
  EXPECT_EQ(loaded.config.sources[1].root, kFolder + "/folders/two");
  EXPECT_FALSE(loaded.config.sources[1].recursive);
}

TEST(Config, ArgumentsOfOneNameAreCalledByTheirPaths) {
  const fs::path top = fs::path(testing::TempDir()) / "pawl_config_names";
  fs::create_directories(top / "a/tasks");
  fs::create_directories(top / "b/tasks");
  ConfigInput input = in_folder();
  input.folder = top.string();
  const std::vector<std::string> arguments{"a/tasks", "b/tasks"};
  const LoadedConfig loaded = config_from_arguments(arguments, {}, input);
  ASSERT_TRUE(loaded.ok()) << describe(loaded);
  EXPECT_EQ(loaded.config.sources[0].name, path_text(top / "a/tasks"));
  EXPECT_EQ(loaded.config.sources[1].name, path_text(top / "b/tasks"));
  fs::remove_all(top);
}

TEST(Config, WrongArgumentsAreAllReported) {
  const std::vector<std::string> arguments{"https://example.org/tasks", "nowhere", "folders/one",
                                           "folders/one/inner"};
  const LoadedConfig loaded = config_from_arguments(arguments, {}, in_folder());
  ASSERT_EQ(loaded.errors.size(), 3u) << describe(loaded);
  EXPECT_EQ(loaded.errors[0].format(),
            "https://example.org/tasks: error: a source over https can't be watched; download it "
            "into a folder and give that folder");
}

TEST(Config, RootBehindASymbolicLinkOverlapsWhatItLeadsTo) {
  const fs::path top = fs::path(testing::TempDir()) / "pawl_config_links";
  fs::remove_all(top);
  fs::create_directories(top / "real");
  std::error_code error;
  fs::create_directory_symlink("real", top / "link", error);
  if (error) GTEST_SKIP() << "symbolic links can't be made here: " << error.message();
  ConfigInput input = in_folder();
  input.folder = top.string();
  const std::vector<std::string> arguments{"real", "link"};
  const LoadedConfig loaded = config_from_arguments(arguments, {}, input);
  ASSERT_EQ(loaded.errors.size(), 1u);
  EXPECT_EQ(loaded.errors[0].text,
            "the folder is the same as the one of source 'real', " + (top / "real").string());
  fs::remove_all(top);
}

TEST(Config, DatabaseInsideARootIsHiddenByItsPatterns) {
  ConfigInput input = in_folder();
  input.folder = kFolder + "/folders";
  input.database = "one/my [db].sqlite";
  const LoadedConfig loaded = config_from_arguments(std::vector<std::string>{"one"}, {}, input);
  ASSERT_TRUE(loaded.ok()) << describe(loaded);
  const Result<IgnoreRules> rules =
      IgnoreRules::compile(loaded.config.sources[0].all_ignore_patterns());
  ASSERT_TRUE(rules.ok()) << rules.status().message();
  EXPECT_TRUE(rules->ignored("my [db].sqlite", false));
  EXPECT_TRUE(rules->ignored("my [db].sqlite-wal", false));
  EXPECT_FALSE(rules->ignored("inner/my [db].sqlite", false));
  EXPECT_FALSE(rules->ignored("my d.sqlite", false));
  EXPECT_FALSE(rules->ignored("task/main.js", false));
}

TEST(WatchBudget, IsAShareOrANumber) {
  EXPECT_EQ((WatchBudget{true, 75}.of(1000)), 750u);
  EXPECT_EQ((WatchBudget{true, 100}.of(UINT64_MAX)), UINT64_MAX);
  EXPECT_EQ((WatchBudget{false, 500}.of(1000)), 500u);
  EXPECT_EQ((WatchBudget{false, 5000}.of(1000)), 1000u);
}

TEST(SourceUri, IsAPathOnThisMachine) {
  const std::map<std::string, std::string> paths{
      {"tasks", "tasks"},
      {"./tasks", "./tasks"},
      {"/srv/tasks", "/srv/tasks"},
      {"with space%20", "with space%20"},
      {"file://./tasks", "./tasks"},
      {"file://../tasks", "../tasks"},
      {"file:///srv/tasks", "/srv/tasks"},
      {"file://localhost/srv", "/srv"},
      {"FILE:tasks", "tasks"},
      {"file:/srv", "/srv"},
      {"file:///a%20b/%C3%A9/%ff%25", "/a b/\xC3\xA9/\xff%"},
      {"a:b", "a:b"},
      {"weird:name", "weird:name"},
  };
  for (const auto& [text, path] : paths) {
    const SourceUri uri = parse_source_uri(text);
    EXPECT_TRUE(uri.ok()) << text << ": " << uri.error;
    EXPECT_EQ(uri.path, path) << text;
  }
}

TEST(SourceUri, IsRefusedWithARemedyOtherwise) {
  const std::map<std::string, std::string> remedies{
      {"", "give a folder"},
      {"http://example.org/x", "download it"},
      {"https://example.org/x.git", "clone it"},
      {"git://example.org/x", "clone it"},
      {"git+ssh://example.org/x", "clone it"},
      {"ssh://git@example.org/x", "clone it"},
      {"git@example.org:team/tasks.git", "clone it"},
      {"ftp://example.org/x", "give a path"},
      {"file://tasks/a", "file://./tasks/a"},
      {"file://", "file://./FOLDER"},
      {"file:///a%2", "%25"},
      {"file:///a%zz", "%25"},
      {"file:///a%00", "no name holds a zero byte"},
      {"file:///a?b", "%3F"},
      {"file:///a#b", "%23"},
      {"~/tasks", "absolute path"},
  };
  for (const auto& [text, remedy] : remedies) {
    const SourceUri uri = parse_source_uri(text);
    EXPECT_FALSE(uri.ok()) << text;
    EXPECT_NE(uri.remedy.find(remedy), std::string::npos) << text << ": " << uri.remedy;
  }
}

TEST(SourceUri, PathIsMadeAbsoluteAndNormal) {
  EXPECT_EQ(resolve_path("/a/b", "c"), absolute_path("/a/b/c"));
  EXPECT_EQ(resolve_path("/a/b", "./c//d/."), absolute_path("/a/b/c/d"));
  EXPECT_EQ(resolve_path("/a/b", "/c/"), absolute_path("/c"));
  EXPECT_EQ(resolve_path("/a/b", "."), absolute_path("/a/b"));
  EXPECT_EQ(resolve_path("/nowhere/b", "../c"), absolute_path("/nowhere/c"));
  EXPECT_EQ(resolve_path("/", "."), absolute_path("/"));
}

}  // namespace
}  // namespace pawl
