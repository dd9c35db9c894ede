// How directories are watched, as a person and as a program are told of it; and sources that are out of
// sight, empty or hung.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <thread>

#include "tests/command/database.h"
#include "tests/command/registry_run.h"
#include "tests/fallback/disk.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

constexpr std::size_t kDirectories = 1000;
constexpr std::size_t kBudget = 5;
constexpr std::size_t kPolled = kDirectories + 1 - kBudget;  // the root is one more

// With more directories than it may watch natively.
class ScarceWatches : public testing::Test {
 protected:
  void SetUp() override {
    for (std::size_t i = 0; i < kDirectories; ++i)
      registry.directory("tasks/d" + std::to_string(i));
    registry.write("pawl.yaml",
                   "registry:\n  database: { path: registry.db }\n  native_watch_budget: " +
                       std::to_string(kBudget) +
                       "\n  sources:\n    - { name: tasks, uri: tasks, config: { watch_options: { "
                       "debounce_ms: 20, poll_interval_ms: 300 } } }\n");
  }
  std::string config() const { return registry.path("pawl.yaml"); }
  // Lines of `event` that a command prints, once there are any.
  static std::vector<JsonLine> await(const Lines& command, const std::string& event) {
    std::vector<JsonLine> found;
    const auto until = std::chrono::steady_clock::now() + kDeadline;
    while (found.empty() && std::chrono::steady_clock::now() < until)
      for (const std::string& text : run(command).lines)
        if (const auto line = JsonLine::parse(text); line && line->text("event") == event)
          found.push_back(*line);
    return found;
  }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
      ++found;
    return found;
  }

  Registry registry;
};

TEST_F(ScarceWatches, AreToldOfEveryDirectoryInJson) {
  WatchRun watch({"--config", config()});
  std::set<std::string> directories;
  for (std::size_t i = 0; i < kPolled; ++i) {
    const JsonLine line = watch.expect(
        "coverage", [](const JsonLine& one) { return one.text("event") == "coverage"; });
    EXPECT_EQ(line.keys(), "event directory mode reason monotonic_ns");
    EXPECT_EQ(line.text("mode"), "polled");
    EXPECT_EQ(line.text("reason"), "budget");
    directories.insert(line.text("directory"));
  }
  EXPECT_EQ(directories.size(), kPolled);
  EXPECT_EQ(watch.ready().number("native"), kBudget);
  EXPECT_EQ(watch.ready().number("polled"), kPolled);

  const Lines status = {PAWL_BINARY, "status", "--json", "--db", registry.database()};
  std::size_t sums = 0;
  std::set<std::string> listed;
  for (const JsonLine& line : await(status, "coverage")) {
    EXPECT_NE(line.text("since"), "");
    if (line.keys() == "event source mode reason directories since") {
      ++sums;
      EXPECT_EQ(line.number("directories"), line.text("mode") == "native" ? kBudget : kPolled);
    } else {
      EXPECT_EQ(line.text("reason"), "budget");
      listed.insert(line.text("directory"));
    }
  }
  EXPECT_EQ(sums, 2u);
  EXPECT_EQ(listed, directories);
  watch.stop();
}

TEST_F(ScarceWatches, AreOneLineForAPerson) {
  Process watch({PAWL_BINARY, "watch", "--config", config()});
  ASSERT_TRUE(watch.read_until(
      [](const std::string& line) { return line.rfind("ready", 0) == 0; }));
  // Each is seen to change all the same.
  registry.add_task("d7");
  registry.add_task("d999");
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(watch.read_until(
        [](const std::string& line) { return line.rfind("added", 0) == 0; }));
  const std::string person = run({PAWL_BINARY, "status", "--db", registry.database()}).all();
  const std::string doctor =
      run({PAWL_BINARY, "doctor", registry.tasks(), "--db", registry.database()}).all();
  watch.signal(SIGTERM);
  EXPECT_EQ(watch.wait(), 0);
  const std::string line = std::to_string(kPolled) + " directories are now polled (";
  EXPECT_EQ(count(watch.errors(), line), 1u) << watch.errors();
  EXPECT_EQ(count(watch.errors(), "are now polled"), 1u) << watch.errors();
  EXPECT_NE(watch.errors().find("budget; raise native_watch_budget"), std::string::npos)
      << watch.errors();
  for (const std::string& told : {person, doctor}) {
    EXPECT_EQ(count(told, "  polled: "), 1u) << told;
    EXPECT_NE(told.find("budget; raise native_watch_budget"), std::string::npos) << told;
    // Or "within 0.7 s (stretched from 0.3 s", on a machine that is slow or busy.
    EXPECT_EQ(count(told, "  each polled directory is looked at within "), 1u) << told;
    EXPECT_NE(told.find("0.3 s"), std::string::npos) << told;
  }
}

class OutOfSight : public testing::Test {
 protected:
  void SetUp() override { registry.add_task("one"); }
  Finished sync(Lines more = {}) {
    Lines line{PAWL_BINARY, "sync", registry.tasks(), "--db", registry.database()};
    line.insert(line.end(), more.begin(), more.end());
    return run(line);
  }
  Lines live() const {
    return query(registry.database(), "SELECT path FROM tasks WHERE removed_at IS NULL");
  }

  Registry registry;
};

TEST_F(OutOfSight, AnEmptyRootKeepsItsTasksUnlessItMayBeEmpty) {
  ASSERT_EQ(sync().exit, 0);
  const Lines all = live();
  ASSERT_EQ(all.size(), 1u);
  registry.remove("tasks/one");
  const Finished kept = sync();
  EXPECT_EQ(live(), all);
  const std::string status = run({PAWL_BINARY, "status", "--db", registry.database()}).all();
  EXPECT_NE(status.find("source tasks: unavailable"), std::string::npos) << status;
  EXPECT_NE(status.find("allow_empty"), std::string::npos) << status;
  const Finished emptied = sync({"--allow-empty"});
  EXPECT_EQ(emptied.exit, 0) << emptied.all();
  EXPECT_EQ(live(), Lines{});
}

TEST_F(OutOfSight, ARootThatIsNotThereKeepsItsTasksThoughItMayBeEmpty) {
  ASSERT_EQ(sync().exit, 0);
  const Lines all = live();
  registry.rename("tasks", "elsewhere");
  (void)sync({"--allow-empty"});
  EXPECT_EQ(live(), all);
}

// The other source keeps its latency, and a signal ends it in time.
TEST_F(OutOfSight, AMountThatHangsHoldsUpNeitherOthersNorTheEnd) {
  if (!BindFs::possible()) GTEST_SKIP() << "bindfs, /dev/fuse and root are needed";
  fs::create_directories(registry.path("below"));
  fs::create_directories(registry.path("mount"));
  fs::copy(registry.tasks() + "/one", registry.path("below/far"), fs::copy_options::recursive);
  BindFs bindfs(registry.path("below"), registry.path("mount"));
  ASSERT_TRUE(bindfs.mounted());
  const auto source = [](const std::string& name) {
    return "    - { name: " + name + ", uri: " + name +
           ", config: { watch_options: { debounce_ms: 20, poll_interval_ms: 50 } } }\n";
  };
  registry.write("pawl.yaml", "registry:\n  database: { path: registry.db }\n  sources:\n" +
                                  source("tasks") + source("mount"));
  WatchRun watch({"--config", registry.path("pawl.yaml")});
  watch.expect_task("added", registry.tasks() + "/one");
  watch.expect_task("added", registry.path("mount/far"));
  // Its tasks are about to be read.
  registry.write("below/far/main.js", "export default () => 'far';\n");
  bindfs.stop();
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) {
    registry.write("tasks/one/main.js", "export default () => " + std::to_string(i) + ";\n");
    watch.expect_task("updated", registry.tasks() + "/one");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
  watch.stop();
  bindfs.go_on();
}

}  // namespace
}  // namespace pawl
