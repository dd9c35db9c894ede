#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

#include "tests/command/database.h"
#include "tests/command/json_line.h"
#include "tests/command/process.h"
#include "tests/command/registry_run.h"

namespace pawl {
namespace {

using Lines = std::vector<std::string>;

TEST(WatchCommand, FollowsATaskFromTheDiskToTheDatabase) {
  Registry registry;
  registry.add_task("one");
  WatchRun watch({registry.tasks(), "--db", registry.database(), "--debounce-ms", "50"});
  EXPECT_EQ(watch.ready().keys(), "event directories files native polled monotonic_ns");
  EXPECT_EQ(watch.ready().number("directories"), 2);
  EXPECT_EQ(watch.ready().number("files"), 4);
  const std::string path = registry.tasks() + "/one";
  watch.expect_task("added", path);

  registry.write("tasks/one/main.js", "export default () => 'edited';\n");
  const JsonLine updated = watch.expect_task("updated", path);
  EXPECT_EQ(updated.text("version"), "1.0.0");
  EXPECT_EQ(updated.text("label"), "Label");
  EXPECT_EQ(updated.raw("errors"), "[]");
  const std::string seq = std::to_string(updated.number("seq"));
  EXPECT_EQ(query(registry.database(), "SELECT kind FROM changes WHERE seq = " + seq),
            Lines{"updated"});
  EXPECT_EQ(query(registry.database(), "SELECT script FROM tasks"),
            Lines{"export default () => 'edited';\n"});

  const std::string schema = registry.read("tasks/one/input.schema.json");
  registry.write("tasks/one/input.schema.json", "{ = 1 }\n");
  const JsonLine invalid = watch.expect_task("invalid", path);
  ASSERT_EQ(invalid.texts("errors").size(), 1u);
  EXPECT_EQ(invalid.texts("errors")[0].rfind(path + "/input.schema.json:1:", 0), 0u);
  EXPECT_EQ(query(registry.database(), "SELECT script FROM tasks WHERE valid = 0"),
            Lines{"export default () => 'edited';\n"});

  registry.write("tasks/one/input.schema.json", schema);
  watch.expect_task("recovered", path);
  registry.add_task("two");
  watch.expect_task("added", registry.tasks() + "/two");
  registry.remove("tasks/one");
  const JsonLine removed = watch.expect_task("removed", path);
  EXPECT_GT(removed.number("seq"), invalid.number("seq"));
  watch.stop();
  EXPECT_EQ(query(registry.database(), "SELECT path FROM tasks WHERE removed_at IS NULL"),
            Lines{registry.tasks() + "/two"});
}

TEST(WatchCommand, FollowsARenamedTask) {
  Registry registry;
  registry.add_task("old");
  WatchRun watch({registry.tasks(), "--db", registry.database(), "--debounce-ms", "50"});
  watch.expect_task("added", registry.tasks() + "/old");
  registry.rename("tasks/old", "tasks/new");
  watch.expect_task("added", registry.tasks() + "/new");
  watch.stop();
  EXPECT_EQ(query(registry.database(), "SELECT path FROM tasks WHERE removed_at IS NULL"),
            Lines{registry.tasks() + "/new"});
}

// Whether the task has been read by then or not.
TEST(WatchCommand, KeepsAnEditMadeAsSoonAsItIsReady) {
  Registry registry;
  registry.add_task("one");
  const std::string edited = "export default () => 'edited';\n";
  WatchRun watch({registry.tasks(), "--db", registry.database(), "--debounce-ms", "50"});
  registry.write("tasks/one/main.js", edited);
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  Lines scripts;
  while (scripts != Lines{edited} && std::chrono::steady_clock::now() < until)
    scripts = query(registry.database(), "SELECT script FROM tasks");
  EXPECT_EQ(scripts, Lines{edited});
  watch.stop();
}

// The edit waits for a rest of an hour when the signal comes. That it has been noticed shows when
// a later one is, of a source that waits for nothing.
TEST(WatchCommand, CommitsWhatWaitsForARestBeforeItEnds) {
  Registry registry;
  registry.add_task("slow/one");
  registry.add_task("fast/two");
  const auto source = [](const std::string& name, const std::string& debounce_ms) {
    return "    - name: " + name + "\n      uri: tasks/" + name +
           "\n      config: { watch_options: { debounce_ms: " + debounce_ms + " } }\n";
  };
  registry.write("pawl.yaml", "registry:\n  database: { path: registry.db }\n  sources:\n" +
                                  source("slow", "3600000") + source("fast", "0"));
  WatchRun watch({"--config", registry.path("pawl.yaml")});
  watch.expect_task("added", registry.tasks() + "/slow/one");
  watch.expect_task("added", registry.tasks() + "/fast/two");
  registry.replace("tasks/slow/one/main.js", "export default () => 'pending';\n");
  registry.replace("tasks/fast/two/main.js", "export default () => 'noticed';\n");
  watch.expect_task("updated", registry.tasks() + "/fast/two");
  watch.stop();
  EXPECT_EQ(query(registry.database(), "SELECT script FROM tasks WHERE source = 'slow'"),
            Lines{"export default () => 'pending';\n"});
}

TEST(WatchCommand, EndsWithZeroAtAnInterrupt) {
  Registry registry;
  registry.add_task("one");
  WatchRun watch({registry.tasks(), "--db", registry.database()});
  watch.process().signal(SIGINT);
  EXPECT_EQ(watch.process().wait(std::chrono::milliseconds(2000)), 0);
}

TEST(WatchCommand, RefusesADatabaseThatHasAWriterAndNamesIt) {
  Registry registry;
  registry.add_task("one");
  WatchRun watch({registry.tasks(), "--db", registry.database()});
  const Finished second =
      run({PAWL_BINARY, "watch", registry.tasks(), "--db", registry.database()});
  EXPECT_EQ(second.exit, 1);
  EXPECT_NE(second.errors.find("pid " + std::to_string(watch.process().pid())), std::string::npos)
      << second.errors;
  const Finished status = run({PAWL_BINARY, "status", "--db", registry.database()});
  EXPECT_EQ(status.exit, 0) << status.errors;
  watch.stop();
}

TEST(WatchCommand, FindsAtItsStartWhatChangedWhileItWasKilled) {
  Registry registry;
  registry.add_task("one");
  {
    WatchRun watch({registry.tasks(), "--db", registry.database()});
    watch.process().signal(SIGKILL);
    EXPECT_EQ(watch.process().wait(), 128 + SIGKILL);
  }
  registry.write("tasks/one/main.js", "export default () => 'meanwhile';\n");
  const Finished finished =
      run({PAWL_BINARY, "sync", registry.tasks(), "--db", registry.database()});
  EXPECT_EQ(finished.exit, 0) << finished.all();
  EXPECT_EQ(query(registry.database(), "SELECT script FROM tasks"),
            Lines{"export default () => 'meanwhile';\n"});
}

TEST(WatchCommand, PollsWhenAsked) {
  Registry registry;
  registry.add_task("one");
  WatchRun watch({registry.tasks(), "--db", registry.database(), "--debounce-ms", "50", "--backend",
                  "poll", "--poll-interval-ms", "50"});
  EXPECT_EQ(watch.ready().number("native"), 0);
  watch.expect_task("added", registry.tasks() + "/one");
  registry.write("tasks/one/main.js", "export default () => 'polled';\n");
  watch.expect_task("updated", registry.tasks() + "/one");
  watch.stop();
}

// Lines of `event` that pawl prints.
std::vector<JsonLine> told(const std::vector<std::string>& command, const std::string& event) {
  std::vector<JsonLine> found;
  for (const std::string& text : run(command).lines) {
    const auto line = JsonLine::parse(text);
    if (line && line->text("event") == event) found.push_back(*line);
  }
  return found;
}

// It is written every two seconds at most.
std::vector<JsonLine> await(const std::vector<std::string>& command, const std::string& event) {
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  std::vector<JsonLine> found;
  while (found.empty() && std::chrono::steady_clock::now() < deadline) found = told(command, event);
  return found;
}

TEST(WatchCommand, HasItsCoverageInStatusAndDoctor) {
  Registry registry;
  registry.add_task("one");
  WatchRun watch({registry.tasks(), "--db", registry.database(), "--debounce-ms", "50", "--backend",
                  "poll", "--poll-interval-ms", "200"});
  watch.ready();
  const std::vector<std::string> status = {PAWL_BINARY, "status", "--json", "--db",
                                           registry.database()};
  const std::vector<JsonLine> coverage = await(status, "coverage");
  ASSERT_EQ(coverage.size(), 1u);
  EXPECT_EQ(coverage[0].keys(), "event source mode reason directories since");
  EXPECT_EQ(coverage[0].text("mode"), "polled");
  EXPECT_EQ(coverage[0].text("reason"), "configured");
  EXPECT_EQ(coverage[0].number("directories"), 2);
  const std::vector<JsonLine> source = told(status, "source");
  ASSERT_EQ(source.size(), 1u);
  EXPECT_EQ(source[0].number("poll_interval_ms"), 200);
  EXPECT_EQ(source[0].number("poll_wanted_ms"), 200);
  const std::string human = run({PAWL_BINARY, "status", "--db", registry.database()}).all();
  EXPECT_NE(human.find("  polled: 2 directories since "), std::string::npos) << human;
  EXPECT_NE(human.find("each polled directory is looked at within 0.2 s"), std::string::npos);
  const std::vector<std::string> doctor = {PAWL_BINARY, "doctor", registry.tasks(), "--db",
                                           registry.database(), "--json"};
  EXPECT_EQ(told(doctor, "coverage").size(), 1u);
  EXPECT_EQ(told({PAWL_BINARY, "doctor", "/proc/self/fd", "--db", registry.database(), "--json"},
                 "coverage")
                .size(),
            0u);
  watch.stop();
}

}  // namespace
}  // namespace pawl
