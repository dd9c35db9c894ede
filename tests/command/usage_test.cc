// Options, help and exit codes of every command.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/command/process.h"
#include "tests/command/scratch.h"

namespace pawl {
namespace {

struct Usage {
  const char* command;
  std::vector<const char*> options;
  bool wants_path;  // of a folder that is there
};

const std::vector<Usage> kCommands{
    {"watch",
     {"SOURCE", "--config", "--db", "--backend", "--debounce-ms", "--poll-interval-ms", "--ignore",
      "--follow-symlinks", "--allow-empty"},
     true},
    {"sync",
     {"SOURCE", "--config", "--db", "--ignore", "--follow-symlinks", "--allow-empty"},
     true},
    {"check", {"SOURCE", "--config", "--ignore", "--follow-symlinks"}, true},
    {"events",
     {"PATH", "--ignore", "--backend", "--poll-interval-ms", "--no-recursive", "--debounce-ms"},
     true},
    {"status", {"--db"}, false},
    {"doctor", {"PATH"}, true},
};

TEST(Usage, HelpNamesEveryOption) {
  for (const Usage& usage : kCommands) {
    SCOPED_TRACE(usage.command);
    const Finished help = run({PAWL_BINARY, usage.command, "--help"});
    EXPECT_EQ(help.exit, 0);
    EXPECT_EQ(help.errors, "");
    for (const char* option : usage.options)
      EXPECT_NE(help.all().find(option), std::string::npos) << option;
    for (const char* option : {"--json", "--quiet", "--log-level", "--help"})
      EXPECT_NE(help.all().find(option), std::string::npos) << option;
  }
}

TEST(Usage, HelpNamesEveryCommand) {
  const Finished help = run({PAWL_BINARY, "--help"});
  EXPECT_EQ(help.exit, 0);
  for (const Usage& usage : kCommands)
    EXPECT_NE(help.all().find(usage.command), std::string::npos) << usage.command;
}

TEST(Usage, VersionIsOneLine) {
  const Finished version = run({PAWL_BINARY, "--version"});
  EXPECT_EQ(version.exit, 0);
  ASSERT_EQ(version.lines.size(), 1u);
  EXPECT_EQ(version.lines[0].rfind("pawl ", 0), 0u) << version.lines[0];
}

TEST(Usage, AnUnknownOptionIsWrong) {
  Scratch scratch;
  for (const Usage& usage : kCommands) {
    std::vector<std::string> arguments{PAWL_BINARY, usage.command, "--wrong"};
    if (usage.wants_path) {
      arguments.push_back(scratch.root());
    } else {
      arguments.insert(arguments.end(), {"--db", scratch.path("registry.db")});
    }
    const Finished finished = run(arguments);
    EXPECT_EQ(finished.exit, 2) << usage.command;
    EXPECT_NE(finished.errors.find("--wrong"), std::string::npos) << finished.errors;
    EXPECT_TRUE(finished.lines.empty());
  }
}

TEST(Usage, NoCommandAndAnUnknownOneAreWrong) {
  EXPECT_EQ(run({PAWL_BINARY}).exit, 2);
  EXPECT_EQ(run({PAWL_BINARY, "wrong"}).exit, 2);
}

TEST(Usage, NoPathIsWrong) {
  for (const Usage& usage : kCommands) EXPECT_EQ(run({PAWL_BINARY, usage.command}).exit, 2);
}

TEST(Usage, AMissingPathIsWrongAndNamed) {
  Scratch scratch;
  for (const Usage& usage : kCommands) {
    if (!usage.wants_path) continue;
    std::vector<std::string> arguments{PAWL_BINARY, usage.command, scratch.path("nothing")};
    if (usage.options[0] == std::string("SOURCE") && usage.command != std::string("check"))
      arguments.insert(arguments.end(), {"--db", scratch.path("registry.db")});
    const Finished finished = run(arguments);
    EXPECT_EQ(finished.exit, 2) << usage.command;
    EXPECT_NE(finished.errors.find(scratch.path("nothing")), std::string::npos)
        << usage.command << ": " << finished.errors;
  }
}

TEST(Usage, WrongValuesAreWrong) {
  Scratch scratch;
  const std::vector<std::vector<std::string>> cases{
      {"--backend", "inotify"}, {"--poll-interval-ms", "1"}, {"--poll-interval-ms", "soon"},
      {"--debounce-ms", "-1"},  {"--log-level", "loud"},     {"--ignore", "[z-a"},
  };
  for (const auto& options : cases) {
    std::vector<std::string> arguments{PAWL_BINARY, "events"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.push_back(scratch.root());
    const Finished finished = run(arguments);
    EXPECT_EQ(finished.exit, 2) << options[0] << " " << options[1];
    EXPECT_NE(finished.errors, "");
  }
}

TEST(Usage, ConfigurationErrorsNameFileAndLine) {
  Scratch scratch;
  scratch.directory("tasks");
  scratch.write("pawl.yaml",
                "registry:\n  database: { path: registry.db }\n  sources:\n    - name: a\n"
                "      uri: file://./tasks\n      config:\n        wach: true\n");
  for (const char* command : {"watch", "sync"}) {
    const Finished finished = run({PAWL_BINARY, command, "--config", scratch.path("pawl.yaml")});
    EXPECT_EQ(finished.exit, 2) << command;
    EXPECT_NE(finished.errors.find(scratch.path("pawl.yaml") + ":7:"), std::string::npos)
        << finished.errors;
    EXPECT_NE(finished.errors.find("watch"), std::string::npos) << finished.errors;
  }
  EXPECT_FALSE(std::filesystem::exists(scratch.path("registry.db")));
}

TEST(Usage, SourcesAndAConfigurationExcludeEachOther) {
  Scratch scratch;
  EXPECT_EQ(run({PAWL_BINARY, "sync", scratch.root(), "--config", scratch.path("x")}).exit, 2);
}

}  // namespace
}  // namespace pawl
