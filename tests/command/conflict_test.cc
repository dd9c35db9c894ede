// Other programs that edit rows while `pawl watch` runs on them, or while it does not.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/command/trouble.h"
#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

using Lines = std::vector<std::string>;

// An edit by the sqlite3 command, under each rule.
class ConflictTrouble : public Trouble {
 protected:
  void begin(const std::string& rule) {
    if (run({"/usr/bin/env", "sqlite3", "--version"}).exit != 0) skip_ = true;
    configure(registry_, kQuick + ("        conflict: " + rule + "\n"));
    watch_ = std::make_unique<WatchRun>(config());
    watch_->expect_task("added", path("one"));
  }
  void edit(const std::string& sets) {
    const Finished done =
        run({"/usr/bin/env", "sqlite3", "-cmd", ".timeout 10000", registry_.database(),
             "UPDATE tasks SET " + sets + " WHERE path = '" + path("one") + "'"});
    ASSERT_EQ(done.exit, 0) << done.all();
  }
  JsonLine conflict() {
    return watch_->expect("conflict",
                          [](const JsonLine& line) { return line.text("event") == "conflict"; });
  }
  std::string row(const std::string& columns) {
    return query(registry_.database(), "SELECT " + columns + " FROM tasks").at(0);
  }
  // The conflict was an event; it is in the feed and in the status, and the other side is a
  // revision.
  void expect_told(const JsonLine& event, const std::string& kept, const std::string& other) {
    EXPECT_EQ(event.text("kept"), kept);
    const std::string uuid = event.text("uuid");
    const Finished feed = run({PAWL_BINARY, "changes", "--json", "--db", registry_.database(),
                               "--since", std::to_string(event.number("seq") - 1)});
    ASSERT_FALSE(feed.lines.empty());
    EXPECT_EQ(JsonLine::parse(feed.lines[0])->text("kind"), "conflict");
    const std::string said = status(registry_.database());
    EXPECT_NE(said.find("1 in conflict"), std::string::npos) << said;
    const Finished lost = run({PAWL_BINARY, "show", "--json", "--db", registry_.database(),
                               uuid + "#" + std::to_string(event.number("revision"))});
    ASSERT_EQ(lost.exit, 0) << lost.all();
    EXPECT_EQ(JsonLine::parse(lost.lines.at(0))->text("main.js"), other);
  }

  bool skip_ = false;
  std::unique_ptr<WatchRun> watch_;
  const std::string disk_ = "export default () => 'disk';\n";
};
#define SKIP_WITHOUT_SQLITE3() \
  if (skip_) GTEST_SKIP() << "there is no sqlite3 command"

TEST_F(ConflictTrouble, RegistryTheDiskWinsAndTheEditIsARevision) {
  begin("registry");
  SKIP_WITHOUT_SQLITE3();
  edit("script = 'edited'");
  expect_told(conflict(), "registry", "edited");
  EXPECT_EQ(row("script"), registry_.read("tasks/one/main.js"));
  registry_.replace("tasks/one/main.js", disk_);
  watch_->expect_task("updated", path("one"));
  watch_->stop();
  expect_equal_to_disk({"one"});
}

TEST_F(ConflictTrouble, DatabaseTheRowStaysThroughChangesOfTheDiskAndARestart) {
  begin("database");
  SKIP_WITHOUT_SQLITE3();
  const std::string before = registry_.read("tasks/one/main.js");
  edit("script = 'edited'");
  expect_told(conflict(), "database", before);
  EXPECT_EQ(row("script"), "edited");
  registry_.replace("tasks/one/main.js", disk_);
  expect_told(conflict(), "database", disk_);
  EXPECT_EQ(row("script || ' ' || conflict"), "edited database");
  watch_->stop();
  watch_ = std::make_unique<WatchRun>(config());
  registry_.replace("tasks/one/main.js", disk_ + "// and more\n");
  expect_told(conflict(), "database", disk_ + "// and more\n");
  EXPECT_EQ(row("script || ' ' || conflict"), "edited database");
  watch_->stop();
}

TEST_F(ConflictTrouble, NewerTheLaterOneWins) {
  begin("newer");
  SKIP_WITHOUT_SQLITE3();
  const std::string before = registry_.read("tasks/one/main.js");
  edit("script = 'edited'");
  expect_told(conflict(), "database", before);
  EXPECT_EQ(row("script"), "edited");
  registry_.replace("tasks/one/main.js", disk_);
  expect_told(conflict(), "registry", "edited");
  EXPECT_EQ(row("script"), disk_);
  watch_->stop();
  expect_equal_to_disk({"one"});
}

TEST_F(ConflictTrouble, AnEditMadeWhileNothingRanIsMetAtTheStart) {
  begin("registry");
  SKIP_WITHOUT_SQLITE3();
  watch_->stop();
  edit("script = 'edited', label = 'mine'");
  registry_.replace("tasks/one/main.js", disk_);
  watch_ = std::make_unique<WatchRun>(config());
  expect_told(conflict(), "registry", "edited");
  watch_->expect_task("updated", path("one"));
  watch_->stop();
  expect_equal_to_disk({"one"});
  EXPECT_EQ(row("label"), "Label");
}

TEST_F(ConflictTrouble, TheSwitchOfATaskIsTheDatabasesUnderEveryRule) {
  begin("registry");
  SKIP_WITHOUT_SQLITE3();
  edit("enabled = 0");
  registry_.replace("tasks/one/main.js", disk_);
  watch_->expect_task("updated", path("one"));
  EXPECT_EQ(row("enabled"), "0");
  watch_->stop();
  registry_.replace("tasks/one/main.js", disk_ + "// and more\n");
  watch_ = std::make_unique<WatchRun>(config());
  watch_->expect_task("updated", path("one"));
  EXPECT_EQ(row("enabled"), "0");
  registry_.rename("tasks/one", "away");
  watch_->expect_task("removed", path("one"));
  registry_.rename("away", "tasks/one");
  watch_->expect_task("added", path("one"));
  EXPECT_EQ(row("enabled"), "0");
  watch_->stop();
  EXPECT_EQ(query(registry_.database(), "SELECT count(*) FROM changes WHERE kind = 'conflict'"),
            Lines{"0"});
}

TEST_F(ConflictTrouble, ADeletedRowComesBack) {
  begin("database");
  SKIP_WITHOUT_SQLITE3();
  run({"/usr/bin/env", "sqlite3", "-cmd", ".timeout 10000", registry_.database(),
       "DELETE FROM tasks; DELETE FROM revisions;"});
  watch_->expect_task("added", path("one"));
  watch_->stop();
  expect_equal_to_disk({"one"});
}

// What nobody can give back any more, since the disk has it no more: the rest is done.
TEST_F(ConflictTrouble, ARowThatNobodyCanGiveBackKeepsNothingFromEnding) {
  begin("registry");
  SKIP_WITHOUT_SQLITE3();
  registry_.replace("tasks/one/metadata.json", "{");
  watch_->expect_task("invalid", path("one"));
  run({"/usr/bin/env", "sqlite3", "-cmd", ".timeout 10000", registry_.database(),
       "UPDATE tasks SET script = 'edited'; DELETE FROM revisions;"});
  watch_->stop();
  const Finished finished = run({PAWL_BINARY, "sync", "--config", registry_.path("pawl.yaml")});
  EXPECT_EQ(finished.exit, 3) << finished.all();
}

}  // namespace
}  // namespace pawl
