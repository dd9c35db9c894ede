// The examples, run as a person would.
#include <gtest/gtest.h>

#include <csignal>

#include "tests/api/task_files.h"
#include "tests/command/process.h"
#include "tests/command/scratch.h"

namespace pawl {
namespace {

bool says(Process& process, const std::string& wanted) {
  std::vector<std::string> seen;
  const bool said = process.read_until(
      [&](const std::string& line) { return line.find(wanted) != std::string::npos; }, &seen);
  EXPECT_TRUE(said) << "no '" << wanted << "' in " << ::testing::PrintToString(seen) << process.errors();
  return said;
}

TEST(Examples, LiveConfig) {
  const Scratch scratch;
  scratch.write("app.conf", "name = one\n");
  Process process({PAWL_LIVE_CONFIG, scratch.path("app.conf")});
  ASSERT_TRUE(says(process, "loaded: 1 settings"));
  scratch.replace("app.conf", "name = one\nother = two\n");
  ASSERT_TRUE(says(process, "loaded: 2 settings"));
  scratch.replace("app.conf", "name = one\nnonsense\n");
  ASSERT_TRUE(says(process, "kept: line 2 has no '='"));
  scratch.remove("app.conf");
  ASSERT_TRUE(says(process, "kept: it can't be read"));
  scratch.replace("app.conf", "stop = yes\na = b\nc = d\n");
  ASSERT_TRUE(says(process, "loaded: 3 settings"));
  ASSERT_TRUE(says(process, "stopped with 3 settings"));
  EXPECT_EQ(process.wait(), 0);
}

TEST(Examples, BuildWatcher) {
  const Scratch scratch;
  scratch.write("src/a.c", "1");
  Process process({PAWL_BUILD_WATCHER, scratch.root(), "sh", "-c",
                   "mkdir -p '" + scratch.path("out") + "' && cat '" + scratch.path("src") +
                       "'/* > '" + scratch.path("out/all") + "' && test -e '" +
                       scratch.path("src/a.c") + "'"});
  ASSERT_TRUE(says(process, "built: 0"));
  EXPECT_EQ(scratch.read("out/all"), "1");
  scratch.write("src/b.c", "2");
  ASSERT_TRUE(says(process, "changed"));
  ASSERT_TRUE(says(process, "built: 0"));
  EXPECT_EQ(scratch.read("out/all"), "12");
  scratch.remove("src/a.c");
  ASSERT_TRUE(says(process, "built: 1"));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0) << process.errors();
}

TEST(Examples, EmbeddedRegistry) {
  const Scratch scratch;
  const std::string uuid = "11111111-1111-4111-8111-111111111111";
  write_task(scratch, "tasks/a", {.uuid = uuid, .label = "Greet", .script = "one();"});
  const std::vector<std::string> command{PAWL_EMBEDDED_REGISTRY, scratch.path("registry.db"),
                                         scratch.path("tasks")};
  {
    Process process(command);
    ASSERT_TRUE(says(process, "feed 1 added " + uuid));
    ASSERT_TRUE(says(process, "runs Greet 1.0.0: 6 bytes"));
    scratch.replace("tasks/a/main.js", "twice();");
    ASSERT_TRUE(says(process, "runs Greet 1.0.0: 8 bytes"));
    ASSERT_TRUE(says(process, "released " + uuid + " 1.0.0"));
    scratch.replace("tasks/a/input.schema.json", "{");
    ASSERT_TRUE(says(process, "invalid "));
    process.signal(SIGTERM);
    ASSERT_TRUE(says(process, "ran 1 tasks"));
    EXPECT_EQ(process.wait(), 0) << process.errors();
  }
  scratch.replace("tasks/a/input.schema.json", "{}");
  scratch.replace("tasks/a/main.js", "again();");
  Process process(command);
  ASSERT_TRUE(says(process, "runs Greet 1.0.0: 8 bytes"));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 0) << process.errors();
}

}  // namespace
}  // namespace pawl
