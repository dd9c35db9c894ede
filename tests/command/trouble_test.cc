// What may happen to a database while `pawl watch` runs on it, done to it as it happens outside:
// locks, a disk that fills up, files that go, damage, and other programs that write.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "tests/command/trouble.h"
#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

TEST_F(Trouble, ALockThatIsHeldForFiveSecondsHoldsUpNoReaderAndLosesNothing) {
  WatchRun watch(config());
  watch.expect_task("added", path("one"));
  testing::Sqlite other(registry_.database());
  ASSERT_EQ(other.query("BEGIN IMMEDIATE"), "");
  const auto until = Clock::now() + std::chrono::seconds(5);
  registry_.replace("tasks/one/main.js", "export default () => 2;\n");
  registry_.add_task("two");
  EXPECT_TRUE(eventually([&] {
    return status(registry_.database()).find("sync: retrying (attempt ") != std::string::npos;
  })) << status(registry_.database());
  EXPECT_EQ(query(registry_.database(), "SELECT path FROM tasks"), Lines{path("one")});
  registry_.replace("tasks/one/main.js", "export default () => 3;\n");
  std::this_thread::sleep_until(until);
  EXPECT_EQ(query(registry_.database(), "SELECT path FROM tasks"), Lines{path("one")});
  ASSERT_EQ(other.query("COMMIT"), "");
  watch.expect_task("updated", path("one"));
  watch.expect_task("added", path("two"));
  EXPECT_TRUE(eventually(
      [&] { return status(registry_.database()).find("retrying") == std::string::npos; }));
  watch.stop();
  expect_equal_to_disk({"one", "two"});
  EXPECT_EQ(query(registry_.database(), "SELECT count(*) FROM changes WHERE kind = 'updated'"),
            Lines{"1"})
      << "what changed twice while it waited is one change";
}

TEST_F(Trouble, ALockThatIsHeldAtTheStartDelaysOnlyTheCommit) {
  run({PAWL_BINARY, "sync", "--config", registry_.path("pawl.yaml")});
  testing::Sqlite other(registry_.database());
  ASSERT_EQ(other.query("BEGIN IMMEDIATE"), "");
  registry_.add_task("two");
  WatchRun watch(config());
  ASSERT_EQ(other.query("COMMIT"), "");
  watch.expect_task("added", path("two"));
  watch.stop();
}

// In namespaces of its own, where anyone may mount one.
TEST_F(Trouble, ADiskOfOneMebibyteThatFillsUpIsFilledAgainWhenItIsFreed) {
  if (run({"/usr/bin/env", "unshare", "-Urm", "mount", "-t", "tmpfs", "-o", "size=1m", "none",
           "/mnt"})
          .exit != 0) {
    GTEST_SKIP() << "no tmpfs can be mounted in a namespace here";
  }
  registry_.directory("small");
  const std::string inside = registry_.path("small");
  registry_.write("pawl.yaml",
                  "registry:\n  database: { path: small/registry.db }\n  sources:\n"
                  "    - name: tasks\n      uri: tasks\n      config:\n" +
                      std::string(kQuick));
  Process watch({"/usr/bin/env", "unshare", "-Urm", "sh", "-c",
                 "mount -t tmpfs -o size=1m none \"$0\" && exec \"$@\"", inside, PAWL_BINARY,
                 "watch", "--json", "--config", registry_.path("pawl.yaml")});
  std::set<std::string> said_so_far;  // in whatever order it comes
  const auto says = [&](const std::string& kind, const std::string& task) {
    const std::string wanted = kind + " " + path(task);
    if (said_so_far.contains(wanted)) return true;
    return watch.read_until([&](const std::string& line) {
      const auto parsed = JsonLine::parse(line);
      if (parsed) said_so_far.insert(parsed->text("kind") + " " + parsed->text("path"));
      return said_so_far.contains(wanted);
    });
  };
  ASSERT_TRUE(says("added", "one")) << watch.errors();
  const std::string outside = "/proc/" + std::to_string(watch.pid()) + "/root" + inside;
  if (!fs::exists(outside + "/registry.db")) GTEST_SKIP() << outside << " can't be looked into";
  {
    std::ofstream filler(outside + "/filler", std::ios::binary);
    const std::string block(4096, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  registry_.replace("tasks/one/main.js", "// " + std::string(200'000, 'x') + "\n");
  registry_.add_task("two");
  // SQLite follows the link in /proc to where it seems to lead, so it looks from inside.
  const auto look = [&](Lines arguments) {
    Lines line{"/usr/bin/env",          "nsenter", "-t", std::to_string(watch.pid()), "-U", "-m",
               "--preserve-credentials"};
    line.insert(line.end(), arguments.begin(), arguments.end());
    return run(line);
  };
  const std::string database = inside + "/registry.db";
  const Lines status_line{PAWL_BINARY, "status", "--db", database};
  EXPECT_TRUE(eventually([&] {
    const std::string said = look(status_line).all();
    return said.find("sync: retrying") != std::string::npos &&
           said.find("full") != std::string::npos && said.find("1 tasks") != std::string::npos;
  })) << look(status_line).all();
  fs::remove(outside + "/filler");
  EXPECT_TRUE(says("updated", "one")) << watch.errors();
  EXPECT_TRUE(says("added", "two")) << watch.errors();
  const Finished found = look({"/usr/bin/env", "sqlite3", database,
                               "PRAGMA integrity_check; SELECT max(length(script)) FROM tasks; "
                               "SELECT count(*) - max(seq) FROM changes"});
  EXPECT_EQ(found.lines, (Lines{"ok", "200004", "0"})) << found.all();
  watch.signal(SIGTERM);
  EXPECT_EQ(watch.wait(), 0) << watch.errors();
}

TEST_F(Trouble, ADeletedDatabaseIsMadeAnewFromTheRegistry) {
  if (const auto why = sees_less_of_the_sample(); !why.empty()) GTEST_SKIP() << why;
  registry_.copy_sample();
  WatchRun watch(config());
  watch.expect("the last of eleven", [](const JsonLine& line) { return line.number("seq") == 12; });
  registry_.remove("registry.db");
  ASSERT_TRUE(eventually([&] {
    return fs::exists(registry_.database()) &&
           run({"/usr/bin/env", "sqlite3", registry_.database(), "SELECT count(*) FROM tasks"})
                   .lines == Lines{"10"};
  }));
  // The watching has not suffered.
  registry_.replace("tasks/greet/main.js", "export default () => 'again';\n");
  const JsonLine updated = watch.expect_task("updated", path("greet"));
  EXPECT_GT(updated.number("seq"), 12) << "no number is given twice";
  watch.stop();
  EXPECT_EQ(query(registry_.database(), "PRAGMA integrity_check"), Lines{"ok"});
  EXPECT_EQ(query(registry_.database(), "SELECT count(*) FROM problems"), Lines{"2"});
  EXPECT_EQ(query(registry_.database(), "SELECT script FROM tasks WHERE label = 'Greet'"),
            Lines{"export default () => 'again';\n"});
  EXPECT_EQ(query(registry_.database(), "SELECT count(*) FROM revisions"), Lines{"11"});
  EXPECT_GT(query(registry_.database(), "SELECT min(seq) FROM changes").at(0), "12");
  EXPECT_EQ(query(registry_.database(),
                  "SELECT count(*) FROM (SELECT uuid, version FROM changes WHERE kind = 'added' "
                  "GROUP BY 1, 2 HAVING count(*) > 1)"),
            Lines{"0"})
      << "nothing is told twice";
}

// The change makes the new file, and is in it before that is compared with the registry.
TEST_F(Trouble, ADeletedDatabaseGetsWhatChangesMeanwhileOnlyOnce) {
  registry_.copy_sample();
  WatchRun watch(config());
  watch.expect("the last of eleven", [](const JsonLine& line) { return line.number("seq") == 12; });
  registry_.remove("registry.db");
  registry_.replace("tasks/greet/main.js", "export default () => 'again';\n");
  // Updated, or added to the new file if that was there sooner than the change was committed.
  watch.expect("greet as it is now", [&](const JsonLine& line) {
    return line.text("path") == path("greet") && line.number("seq") > 12;
  });
  watch.expect_task("added", path("count-words"));  // what the comparison brings
  watch.expect_task("added", path("one"));
  watch.stop();
  EXPECT_EQ(query(registry_.database(),
                  "SELECT count(*) FROM changes a JOIN changes b USING (uuid, version) "
                  "WHERE a.kind = 'updated' AND b.kind = 'added' AND b.seq > a.seq"),
            Lines{"0"});
  EXPECT_EQ(query(registry_.database(),
                  "SELECT script FROM tasks WHERE path = '" + path("greet") + "'"),
            Lines{"export default () => 'again';\n"});
}

TEST_F(Trouble, ADatabaseThatABackupReplacesIsBroughtUpToDate) {
  WatchRun watch(config());
  watch.expect_task("added", path("one"));
  testing::Sqlite(registry_.database()).query("VACUUM INTO '" + registry_.path("backup.db") + "'");
  registry_.replace("tasks/one/main.js", "export default () => 2;\n");
  watch.expect_task("updated", path("one"));
  registry_.add_task("two");
  watch.expect_task("added", path("two"));
  registry_.rename("backup.db", "registry.db");
  // Watching goes on, and what the backup lacks is brought to it.
  registry_.add_task("three");
  EXPECT_GT(watch.expect_task("added", path("three")).number("seq"), 3);
  EXPECT_TRUE(eventually([&] {
    return query(registry_.database(), "SELECT count(*) FROM tasks") == Lines{"3"} &&
           query(registry_.database(), "SELECT script FROM tasks WHERE path = '" + path("one") +
                                           "'") == Lines{"export default () => 2;\n"};
  }));
  watch.stop();
  expect_equal_to_disk({"one", "three", "two"});
}

// Overwrites pages of the file where tasks are.
void damage(const std::string& database) {
  const auto pages = static_cast<int>(fs::file_size(database) / 4096);
  std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
  for (int page = 1; page < pages; ++page) {
    file.seekp(page * 4096);
    file << std::string(4096, 'Z');
  }
}

TEST_F(Trouble, AnOverwrittenPageIsRefusedWithTheRemedyAndTheRemedyWorks) {
  if (const auto why = sees_less_of_the_sample(); !why.empty()) GTEST_SKIP() << why;
  registry_.copy_sample();
  const Lines sync{PAWL_BINARY, "sync", "--config", registry_.path("pawl.yaml")};
  EXPECT_EQ(run(sync).exit, 3);
  damage(registry_.database());
  const std::string damaged = registry_.read("registry.db");
  for (const char* command : {"sync", "watch"}) {
    const Finished refused = run({PAWL_BINARY, command, "--config", registry_.path("pawl.yaml")});
    EXPECT_EQ(refused.exit, 1) << refused.all();
    EXPECT_NE(refused.errors.find("`pawl sync --rebuild`"), std::string::npos) << refused.errors;
  }
  EXPECT_EQ(registry_.read("registry.db"), damaged) << "nothing has touched it";
  Lines rebuild = sync;
  rebuild.push_back("--rebuild");
  const Finished rebuilt = run(rebuild);
  EXPECT_EQ(rebuilt.exit, 3) << rebuilt.all();
  EXPECT_NE(rebuilt.errors.find("registry.db-corrupt-20"), std::string::npos) << rebuilt.errors;
  EXPECT_EQ(query(registry_.database(), "SELECT count(*) FROM tasks"), Lines{"10"});
  EXPECT_EQ(query(registry_.database(), "PRAGMA integrity_check"), Lines{"ok"});
  std::string kept;
  for (const auto& entry : fs::directory_iterator(registry_.root())) {
    const std::string name = entry.path().filename();
    if (name.find("-corrupt-") != std::string::npos && !name.ends_with("-wal") &&
        !name.ends_with("-shm")) {
      kept = registry_.read(name);
    }
  }
  EXPECT_EQ(kept, damaged);
  // Of one that is sound it makes nothing new.
  EXPECT_EQ(run(rebuild).errors.find("corrupt"), std::string::npos);
}

TEST_F(Trouble, APageThatIsOverwrittenWhileItRunsIsToldAndTheWatchingGoesOn) {
  if (const auto why = sees_less_of_the_sample(); !why.empty()) GTEST_SKIP() << why;
  registry_.copy_sample();
  run({PAWL_BINARY, "sync", "--config", registry_.path("pawl.yaml")});
  WatchRun watch(config());
  damage(registry_.database());
  registry_.add_task("two");
  EXPECT_TRUE(eventually([&] {
    return watch.process().errors().find("`pawl sync --rebuild`") != std::string::npos;
  })) << watch.process().errors();
  const Finished other =
      run({PAWL_BINARY, "sync", "--rebuild", "--config", registry_.path("pawl.yaml")});
  EXPECT_EQ(other.exit, 1) << "while another process has it, it is not put away";
  // The remedy by hand works as well.
  registry_.remove("registry.db");
  watch.expect_task("added", path("two"));
  watch.stop();
  EXPECT_EQ(query(registry_.database(), "SELECT count(*) FROM tasks WHERE removed_at IS NULL"),
            Lines{"11"});
}

TEST_F(Trouble, ASecondWriterWaitsIfAskedAndTakesOverWhenTheFirstEnds) {
  WatchRun first(config());
  first.expect_task("added", path("one"));
  Process second(
      {PAWL_BINARY, "watch", "--json", "--wait", "--config", registry_.path("pawl.yaml")});
  const std::string holder = "pid " + std::to_string(first.process().pid());
  ASSERT_TRUE(eventually([&] { return second.errors().find(holder) != std::string::npos; }))
      << second.errors();
  registry_.add_task("two");
  first.expect_task("added", path("two"));
  first.process().signal(SIGKILL);
  ASSERT_TRUE(second.read_until([](const std::string& line) {
    return line.find("\"ready\"") != std::string::npos;
  })) << second.errors();
  EXPECT_NE(status(registry_.database()).find("writer: pid " + std::to_string(second.pid())),
            std::string::npos);
  second.signal(SIGTERM);
  EXPECT_EQ(second.wait(), 0);
  expect_equal_to_disk({"one", "two"});
}

TEST_F(Trouble, ASignalEndsTheWaitingForAnotherWriter) {
  WatchRun first(config());
  for (const auto& [command, signal, exit] :
       {std::tuple{"watch", SIGTERM, 0}, {"watch", SIGINT, 0}, {"sync", SIGTERM, 130}}) {
    Process second({PAWL_BINARY, command, "--wait", "--config", registry_.path("pawl.yaml")});
    ASSERT_TRUE(eventually([&] { return second.errors().find("waiting") != std::string::npos; }))
        << second.errors();
    second.signal(signal);
    EXPECT_EQ(second.wait(std::chrono::milliseconds(2000)), exit) << second.errors();
  }
  first.stop();
}

TEST_F(Trouble, OfManyWritersAtOnceOneWritesAtATime) {
  std::vector<std::unique_ptr<Process>> writers;
  for (int i = 0; i < 6; ++i) {
    writers.push_back(std::make_unique<Process>(
        Lines{PAWL_BINARY, "sync", "--wait", "--config", registry_.path("pawl.yaml")}));
  }
  for (const auto& writer : writers) EXPECT_EQ(writer->wait(), 0) << writer->errors();
  expect_equal_to_disk({"one"});
  EXPECT_EQ(query(registry_.database(), "SELECT count(*) FROM changes"), Lines{"1"});
}

// At every moment someone reads, so the log never rests.
TEST_F(Trouble, TheLogStaysBoundedUnderReadersThatNeverPause) {
  WatchRun watch(config());
  watch.expect_task("added", path("one"));
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&, i] {
      testing::Sqlite reader(registry_.database());
      while (!done) {
        reader.query("BEGIN; SELECT count(*) FROM tasks");
        std::this_thread::sleep_for(std::chrono::milliseconds(20 + 7 * i));  // how long it reads
        reader.query("COMMIT");
      }
    });
  }
  std::uintmax_t largest = 0;
  std::uintmax_t written = 0;
  constexpr std::size_t kScript = 6 << 20;
  for (int i = 0; i < 25; ++i) {
    registry_.replace("tasks/one/main.js",
                      "// " + std::to_string(i) + std::string(kScript, 'x') + "\n");
    watch.expect_task("updated", path("one"));
    written += 2 * kScript;  // the row and the revision
    largest = std::max(largest, fs::file_size(registry_.database() + "-wal"));
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  std::printf("written %ju MiB, log at most %ju MiB\n", written >> 20, largest >> 20);
  EXPECT_LT(largest, written / 2);
  EXPECT_LT(largest, std::uintmax_t{100} << 20);  // sync/task_sync_service.cc, kLogMax and a batch
  watch.stop();
}

}  // namespace
}  // namespace pawl
