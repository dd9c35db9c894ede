// pawl sync, check and status.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <set>

#include "tests/command/database.h"
#include "tests/command/json_line.h"
#include "tests/command/process.h"
#include "tests/command/registry_run.h"
#include "tests/generate/task_generator.h"

namespace pawl {
namespace {

using Lines = std::vector<std::string>;

Finished sync(const Registry& registry, Lines options = {}) {
  Lines arguments{PAWL_BINARY, "sync", registry.tasks(), "--db", registry.database()};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return run(arguments);
}

TEST(SyncCommand, FillsTheDatabaseAndSumsUp) {
  Registry registry;
  if (const auto why = sees_less_of_the_sample(); !why.empty()) GTEST_SKIP() << why;
  registry.copy_sample();
  const Finished finished = sync(registry);
  EXPECT_EQ(finished.exit, 3) << finished.all();
  ASSERT_FALSE(finished.lines.empty());
  EXPECT_EQ(finished.lines.back(),
            "9 added, 0 updated, 0 removed, 0 unchanged, 2 invalid, 0 duplicate");

  const std::string& database = registry.database();
  const std::string live = " FROM tasks WHERE removed_at IS NULL AND enabled = 1 AND valid = 1";
  EXPECT_EQ(query(database, "SELECT count(*)" + live), Lines{"9"});
  EXPECT_EQ(query(database, "SELECT script" + live + " AND label = 'Greet'"),
            Lines{registry.read("tasks/greet/main.js")});
  EXPECT_EQ(
      query(database, "SELECT version" + live + " AND label = 'Convert currency' ORDER BY version"),
      (Lines{"1.4.0", "2.0.0-beta.1"}));
  EXPECT_EQ(query(database, "SELECT path" + live + " AND path LIKE '%.zip'"),
            Lines{registry.tasks() + "/invoice-total.zip"});
  EXPECT_EQ(query(database, "SELECT path FROM problems WHERE kind = 'invalid' ORDER BY path"),
            (Lines{registry.tasks() + "/broken-schema", registry.tasks() + "/broken-script"}));
  EXPECT_EQ(query(database, "SELECT count(*) FROM changes WHERE kind = 'added'"), Lines{"9"});
  EXPECT_EQ(query(database, "PRAGMA integrity_check"), Lines{"ok"});
}

TEST(SyncCommand, DoesNothingASecondTime) {
  Registry registry;
  if (const auto why = sees_less_of_the_sample(); !why.empty()) GTEST_SKIP() << why;
  registry.copy_sample();
  EXPECT_EQ(sync(registry).exit, 3);
  const std::string feed = "SELECT seq || ' ' || at || ' ' || kind FROM changes ORDER BY seq";
  const Lines before = query(registry.database(), feed);
  const Finished again = sync(registry);
  EXPECT_EQ(again.exit, 3);
  ASSERT_FALSE(again.lines.empty());
  EXPECT_EQ(again.lines.back(),
            "0 added, 0 updated, 0 removed, 9 unchanged, 2 invalid, 0 duplicate");
  EXPECT_EQ(query(registry.database(), feed), before);
}

TEST(SyncCommand, FindsWhatChangedBetweenTwoRuns) {
  Registry registry;
  registry.add_task("stays");
  registry.add_task("changes");
  registry.add_task("goes");
  EXPECT_EQ(sync(registry).exit, 0);
  registry.write("tasks/changes/main.js", "export default () => 'changed';\n");
  registry.remove("tasks/goes");
  registry.add_task("comes");
  const Finished again = sync(registry, {"--json"});
  EXPECT_EQ(again.exit, 0);
  ASSERT_FALSE(again.lines.empty());
  EXPECT_EQ(again.lines.back(),
            "{\"event\":\"summary\",\"added\":1,\"updated\":1,\"removed\":1,\"unchanged\":1,"
            "\"invalid\":0,\"duplicates\":0}");
  EXPECT_EQ(query(registry.database(),
                  "SELECT path FROM tasks WHERE enabled = 0 AND removed_at IS NOT NULL"),
            Lines{registry.tasks() + "/goes"});
}

TEST(SyncCommand, PutsANewDatabaseInItsPlace) {
  Registry registry;
  registry.add_task("one");
  EXPECT_EQ(sync(registry).exit, 0);
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(registry.root()))
    names.insert(entry.path().filename().string());
  EXPECT_EQ(names, (std::set<std::string>{"tasks", "registry.db", "registry.db-shm",
                                          "registry.db-wal", "registry.db.lock"}));
  EXPECT_EQ(query(registry.database(), "PRAGMA journal_mode"), Lines{"wal"});
}

TEST(SyncCommand, DoesNotTakeThePlaceOfAnEmptyFile) {
  Registry registry;
  registry.add_task("one");
  registry.write("registry.db", "");
  const std::string other = registry.path("other.db");
  std::filesystem::create_hard_link(registry.database(), other);
  EXPECT_EQ(sync(registry).exit, 0);
  EXPECT_TRUE(std::filesystem::equivalent(registry.database(), other)) << "it may be a mount";
}

// Whenever it dies, and whoever comes next, what it has numbered is there, and numbered once.
TEST(SyncCommand, KilledInItsFirstSyncIsGoneOnWith) {
  constexpr int kTasks = 2000;
  Registry registry;
  ASSERT_TRUE(write_generated_tasks(registry.tasks(), kTasks, 1).ok());
  const std::string unfinished = registry.database() + "-unfinished";
  int killed = 0;
  for (int round = 0; killed < 4; ++round) {
    ASSERT_LT(round, 100) << "it is never killed in time";
    Process pawl({PAWL_BINARY, "sync", registry.tasks(), "--db", registry.database(), "--quiet"});
    // Each time there is more of it.
    const std::uintmax_t wanted = std::uintmax_t{2'000'000} * static_cast<unsigned>(killed);
    std::error_code error;
    while (std::filesystem::file_size(unfinished, error) <= wanted || error)
      if (pawl.wait(std::chrono::milliseconds(1))) break;
    pawl.signal(SIGKILL);
    ASSERT_TRUE(pawl.wait());
    if (std::filesystem::exists(unfinished)) {
      ++killed;
    } else {  // it was quicker
      for (const char* part : {"", "-wal", "-shm"})
        registry.remove(std::string("registry.db") + part);
      killed = 0;
    }
  }
  const Finished finished = sync(registry);
  EXPECT_EQ(finished.exit, 0) << finished.all();
  EXPECT_FALSE(std::filesystem::exists(unfinished));
  const std::string number = std::to_string(kTasks);
  EXPECT_EQ(query(registry.database(), "PRAGMA integrity_check"), Lines{"ok"});
  EXPECT_EQ(query(registry.database(), "SELECT count(*) FROM tasks WHERE enabled = 1"),
            Lines{number});
  EXPECT_EQ(query(registry.database(), "SELECT max(seq) || ' ' || count(*) FROM changes"),
            Lines{number + " " + number});
}

TEST(StatusCommand, SaysThatTheFirstSyncHasNotEnded) {
  Registry registry;
  registry.add_task("one");
  EXPECT_EQ(sync(registry).exit, 0);
  registry.rename("registry.db", "registry.db-unfinished");
  const Finished early = run({PAWL_BINARY, "status", "--db", registry.database()});
  EXPECT_EQ(early.exit, 1);
  EXPECT_NE(early.errors.find("its first sync has not ended"), std::string::npos) << early.errors;
  WatchRun watch({registry.tasks(), "--db", registry.database()});
  EXPECT_NE(status(registry.database()).find("1 task"), std::string::npos)
      << status(registry.database());
  watch.stop();
}

TEST(SyncCommand, TakesAPatternAndThenASource) {
  Registry registry;
  registry.add_task("seen");
  registry.add_task("hidden");
  const Finished finished = run(
      {PAWL_BINARY, "sync", "--db", registry.database(), "--ignore", "hidden", registry.tasks()});
  EXPECT_EQ(finished.exit, 0) << finished.all();
  EXPECT_EQ(query(registry.database(), "SELECT path FROM tasks"),
            Lines{registry.tasks() + "/seen"});
}

TEST(SyncCommand, ReadsAConfiguration) {
  Registry registry;
  registry.add_task("one");
  registry.write("pawl.yaml",
                 "registry:\n  database: { path: own.db }\n  sources:\n    - name: local\n"
                 "      uri: file://./tasks\n");
  EXPECT_EQ(run({PAWL_BINARY, "sync", "--config", registry.path("pawl.yaml")}).exit, 0);
  EXPECT_EQ(query(registry.path("own.db"), "SELECT source FROM tasks"), Lines{"local"});
}

TEST(SyncCommand, FailsOnADatabaseThatIsNotPawls) {
  Registry registry;
  registry.add_task("one");
  registry.write("registry.db", "This is not a database, and it is long enough to show that.\n");
  const Finished finished = sync(registry);
  EXPECT_EQ(finished.exit, 1);
  EXPECT_NE(finished.errors.find(registry.database()), std::string::npos) << finished.errors;
  EXPECT_EQ(registry.read("registry.db").rfind("This is not", 0), 0u);
}

TEST(CheckCommand, SaysWithItsExitCodeWhetherAllIsValid) {
  Registry registry;
  if (const auto why = sees_less_of_the_sample(); !why.empty()) GTEST_SKIP() << why;
  registry.copy_sample();
  const Finished all = run({PAWL_BINARY, "check", registry.tasks()});
  EXPECT_EQ(all.exit, 3) << all.all();
  EXPECT_NE(all.all().find("broken-script/main.js:4:7: error: "), std::string::npos) << all.all();
  EXPECT_NE(all.all().find("broken-schema/input.schema.json:4:37: error: "), std::string::npos);
  registry.remove("tasks/broken-script");
  registry.remove("tasks/broken-schema");
  const Finished good = run({PAWL_BINARY, "check", registry.tasks()});
  EXPECT_EQ(good.exit, 0) << good.all();
}

TEST(CheckCommand, ListsErrorsAsJson) {
  Registry registry;
  registry.add_task("good");
  registry.add_task("bad");
  registry.write("tasks/bad/input.schema.json", "{ = 1 }\n");
  const Finished finished = run({PAWL_BINARY, "check", "--json", registry.tasks()});
  EXPECT_EQ(finished.exit, 3);
  Lines errors;
  for (const std::string& text : finished.lines) {
    const auto line = JsonLine::parse(text);
    ASSERT_TRUE(line) << text;
    if (line->text("kind") == "invalid") errors = line->texts("errors");
  }
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].rfind(registry.tasks() + "/bad/input.schema.json:1:", 0), 0u) << errors[0];
}

TEST(StatusCommand, TellsOfTasksInWords) {
  Registry registry;
  if (const auto why = sees_less_of_the_sample(); !why.empty()) GTEST_SKIP() << why;
  registry.copy_sample();
  EXPECT_EQ(sync(registry).exit, 3);
  const Finished status = run({PAWL_BINARY, "status", "--db", registry.database()});
  EXPECT_EQ(status.exit, 0);
  ASSERT_GE(status.lines.size(), 3u);
  const std::string totals =
      "9 tasks (0 disabled, 0 invalid), 0 removed, 2 never valid, 0 duplicate";
  EXPECT_EQ(status.lines[0].rfind(totals, 0), 0u) << status.lines[0];
  const std::string all = status.all();
  EXPECT_NE(all.find("source tasks: available"), std::string::npos) << all;
  EXPECT_NE(all.find("invalid: " + registry.tasks() + "/broken-script"), std::string::npos) << all;
  EXPECT_NE(all.find("main.js:4:7: error: "), std::string::npos) << all;
  EXPECT_NE(all.find("last change: "), std::string::npos) << all;
}

TEST(StatusCommand, TellsOfTasksInJson) {
  Registry registry;
  if (const auto why = sees_less_of_the_sample(); !why.empty()) GTEST_SKIP() << why;
  registry.copy_sample();
  EXPECT_EQ(sync(registry).exit, 3);
  const Finished status = run({PAWL_BINARY, "status", "--json", "--db", registry.database()});
  EXPECT_EQ(status.exit, 0);
  Lines events;
  for (const std::string& text : status.lines) {
    const auto line = JsonLine::parse(text);
    ASSERT_TRUE(line) << text;
    events.push_back(line->text("event"));
    if (events.back() == "status") {
      EXPECT_EQ(line->number("tasks"), 9);
      EXPECT_EQ(line->number("never_valid"), 2);
    }
    if (events.back() == "last_change") {
      EXPECT_EQ(query(registry.database(), "SELECT max(seq) FROM changes"),
                Lines{std::to_string(line->number("seq"))});
    }
  }
  EXPECT_EQ(events, (Lines{"status", "source", "invalid", "invalid", "last_change"}));
}

TEST(StatusCommand, FailsWithoutADatabaseAndMakesNone) {
  Scratch scratch;
  const Finished status = run({PAWL_BINARY, "status", "--db", scratch.path("none.db")});
  EXPECT_EQ(status.exit, 1);
  EXPECT_NE(status.errors.find("none.db"), std::string::npos) << status.errors;
  EXPECT_FALSE(std::filesystem::exists(scratch.path("none.db")));
}

}  // namespace
}  // namespace pawl
