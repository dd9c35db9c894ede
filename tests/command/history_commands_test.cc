// pawl history, show, diff and restore.
#include <gtest/gtest.h>

#include "tests/command/database.h"
#include "tests/command/registry_run.h"

namespace pawl {
namespace {

using Lines = std::vector<std::string>;

// A task with two versions side by side and three revisions.
class HistoryCommands : public ::testing::Test {
 protected:
  void SetUp() override {
    put("one", "1.0.0", "return 1;\n");
    sync();
    put("two", "2.0.0", "return 'two';\n");
    sync();
    put("one", "1.0.0", "// changed\nreturn 1;\n");
    sync();
  }

  void put(const std::string& folder, const std::string& version, const std::string& script) {
    registry_.write("tasks/" + folder + "/main.js", "function run() {\n" + script + "}\n");
    registry_.write("tasks/" + folder + "/input.schema.json", "{\"type\":\"object\"}\n");
    registry_.write("tasks/" + folder + "/output.schema.json", "{}\n");
    registry_.write(
        "tasks/" + folder + "/metadata.json",
        "{\"uuid\":\"" + uuid_ + "\",\"version\":\"" + version + "\",\"label\":\"Greet\"}\n");
  }
  void sync() {
    const Finished done =
        pawl::run({PAWL_BINARY, "sync", registry_.tasks(), "--db", registry_.database()});
    ASSERT_EQ(done.exit, 0) << done.all();
  }
  Finished run(Lines arguments) {
    arguments.insert(arguments.begin(), PAWL_BINARY);
    arguments.insert(arguments.end(), {"--db", registry_.database()});
    return pawl::run(arguments);
  }

  Registry registry_;
  std::string uuid_ = "3f0a1c52-4b0e-4c1f-9f43-0f6f3a1b2c01";
};

TEST_F(HistoryCommands, ListTheRevisions) {
  const Finished list = run({"history", uuid_});
  EXPECT_EQ(list.exit, 0) << list.all();
  ASSERT_EQ(list.lines.size(), 3u) << list.all();
  EXPECT_TRUE(list.lines[2].starts_with("#3  20")) << list.lines[2];
  EXPECT_NE(list.lines[2].find("  disk      "), std::string::npos);
  EXPECT_TRUE(list.lines[2].ends_with(" bytes  1.0.0  Greet")) << list.lines[2];
  EXPECT_EQ(run({"history", uuid_ + "@2.0.0"}).lines.size(), 1u);
  const Finished json = run({"history", "--json", uuid_});
  const auto line = JsonLine::parse(json.lines.at(0));
  ASSERT_TRUE(line) << json.all();
  EXPECT_EQ(line->keys(), "event uuid revision version checksum origin at bytes label");
  EXPECT_EQ(run({"history", "00000000-0000-4000-8000-000000000000"}).exit, 1);
}

TEST_F(HistoryCommands, ShowTheNewestOrTheOneThatIsNamed) {
  const Finished newest = run({"show", uuid_});
  EXPECT_EQ(newest.exit, 0) << newest.all();
  EXPECT_TRUE(newest.lines.at(0).starts_with(uuid_ + "@1.0.0#3  20")) << newest.lines[0];
  EXPECT_NE(newest.all().find("--- main.js\nfunction run() {\n// changed\nreturn 1;\n"),
            std::string::npos)
      << newest.all();
  EXPECT_NE(run({"show", uuid_ + "@2.0.0"}).all().find("return 'two';"), std::string::npos);
  const Finished first = run({"show", uuid_ + "#1"});
  EXPECT_EQ(first.all().find("// changed"), std::string::npos);
  const auto json = JsonLine::parse(run({"show", "--json", uuid_ + "@1.0.0#1"}).lines.at(0));
  ASSERT_TRUE(json);
  EXPECT_EQ(json->number("revision"), 1);
  EXPECT_EQ(json->text("main.js"), "function run() {\nreturn 1;\n}\n");
}

TEST_F(HistoryCommands, TellWhatIsNotThereFromWhatIsNoName) {
  EXPECT_EQ(run({"show", uuid_ + "#9"}).exit, 1);
  EXPECT_EQ(run({"show", uuid_ + "@2.0.0#1"}).exit, 1);
  for (const char* name : {"#1", "@1.0.0", "", "x#", "x#0", "x#-1", "x#1x", "x@"}) {
    EXPECT_EQ(run({"show", name}).exit, 2) << name;
  }
}

TEST_F(HistoryCommands, CompareTwoRevisions) {
  const Finished diff = run({"diff", uuid_ + "#1", uuid_ + "#3"});
  EXPECT_EQ(diff.exit, 0);
  EXPECT_EQ(diff.lines,
            (Lines{"--- " + uuid_ + "@1.0.0#1/main.js", "+++ " + uuid_ + "@1.0.0#3/main.js",
                   "@@ line 1 @@", " function run() {", "+// changed", " return 1;", " }"}))
      << diff.all();
  EXPECT_TRUE(run({"diff", uuid_ + "#3", uuid_ + "#3"}).lines.empty());
  const Finished json = run({"diff", "--json", uuid_ + "#1", uuid_ + "#3"});
  ASSERT_EQ(json.lines.size(), 1u) << json.all();
  const auto line = JsonLine::parse(json.lines[0]);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->keys(), "event before after file lines");
  EXPECT_EQ(line->text("file"), "main.js");
}

TEST_F(HistoryCommands, RestoreARevisionThatIsATaskAgain) {
  const std::string folder = registry_.tasks() + "/back/again";
  const Finished restored = run({"restore", uuid_ + "#1", "--to", folder});
  EXPECT_EQ(restored.exit, 0) << restored.all();
  EXPECT_EQ(restored.lines, Lines{uuid_ + "@1.0.0#1 restored to " + folder});
  EXPECT_EQ(registry_.read("tasks/back/again/main.js"), "function run() {\nreturn 1;\n}\n");
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++files;
  EXPECT_EQ(files, 4u) << "and nothing is left beside it";
  registry_.remove("tasks/one");
  sync();
  EXPECT_EQ(query(registry_.database(),
                  "SELECT path FROM tasks WHERE version = '1.0.0' AND removed_at IS NULL"),
            Lines{folder});
}

TEST_F(HistoryCommands, RestoreOverNothingThatIsThereUnlessForced) {
  for (const char* name : {"metadata.json", "main.js", "input.schema.json"}) {
    registry_.directory("to");
    registry_.write(std::string("to/") + name, "mine");
    const Finished refused = run({"restore", uuid_ + "#1", "--to", registry_.path("to")});
    EXPECT_EQ(refused.exit, 1) << refused.all();
    EXPECT_NE(refused.errors.find(name), std::string::npos) << refused.errors;
    EXPECT_NE(refused.errors.find("--force"), std::string::npos) << refused.errors;
    EXPECT_EQ(registry_.read(std::string("to/") + name), "mine");
    registry_.remove("to");
  }
  // A link is there too, wherever it leads.
  registry_.directory("to");
  registry_.write("outside", "mine");
  std::filesystem::create_symlink(registry_.path("outside"), registry_.path("to/main.js"));
  EXPECT_EQ(run({"restore", uuid_ + "#1", "--to", registry_.path("to")}).exit, 1);
  const Finished forced = run({"restore", uuid_ + "#1", "--force", "--to", registry_.path("to")});
  EXPECT_EQ(forced.exit, 0) << forced.all();
  EXPECT_EQ(registry_.read("to/main.js"), "function run() {\nreturn 1;\n}\n");
  EXPECT_EQ(registry_.read("outside"), "mine") << "what the link led to is not the task's";
}

TEST_F(HistoryCommands, RestoreTellsItInJson) {
  const Finished restored =
      run({"restore", "--json", uuid_ + "#1", "--to", registry_.path("folder")});
  const auto line = JsonLine::parse(restored.lines.at(0));
  ASSERT_TRUE(line) << restored.all();
  EXPECT_EQ(line->text("restored_to"), registry_.path("folder"));
}

}  // namespace
}  // namespace pawl
