#include <gtest/gtest.h>

#include "tests/command/json_line.h"
#include "tests/command/process.h"
#include "tests/command/scratch.h"

namespace pawl {
namespace {

TEST(DoctorCommand, TellsItsFieldsInJson) {
  Scratch scratch;
  scratch.write("a/b/file", "1");
  const Finished doctor = run({PAWL_BINARY, "doctor", "--json", scratch.root()});
  ASSERT_EQ(doctor.exit, 0) << doctor.all();
  EXPECT_EQ(doctor.errors, "");
  ASSERT_GE(doctor.lines.size(), 3u);
  const auto system = JsonLine::parse(doctor.lines[0]);
  const auto path = JsonLine::parse(doctor.lines[1]);
  const auto mount = JsonLine::parse(doctor.lines[2]);
  ASSERT_TRUE(system && path && mount) << doctor.all();
  EXPECT_EQ(system->keys(),
            "event pawl libuv sqlite scripts_checked archives_read watches_max watches_used "
            "watches_budget instances_max instances_used queue_max queue_small note");
  EXPECT_EQ(path->keys(), "event path directories files native polled unreachable");
  EXPECT_EQ(path->text("path"), scratch.root());
  EXPECT_EQ(path->number("directories"), 3);
  EXPECT_EQ(path->number("files"), 1);
  EXPECT_EQ(path->number("native") + path->number("polled"), 3);
  EXPECT_EQ(mount->keys(),
            "event root path file_system tells_all may_hang granularity_ms directories files "
            "native polled unreachable reason os_error remedy");
  EXPECT_EQ(mount->text("path"), scratch.root());
  EXPECT_NE(mount->text("file_system"), "");
}

TEST(DoctorCommand, TellsAPersonOfEveryPath) {
  Scratch scratch;
  scratch.directory("one");
  scratch.directory("two");
  const Finished doctor = run({PAWL_BINARY, "doctor", scratch.path("one"), scratch.path("two")});
  EXPECT_EQ(doctor.exit, 0);
  for (const std::string& part :
       {scratch.path("one") + ": 1 directories", scratch.path("two") + ": 1 directories",
        std::string("libuv "), std::string("queue for events")})
    EXPECT_NE(doctor.all().find(part), std::string::npos) << part << "\n" << doctor.all();
}

TEST(DoctorCommand, QuietSaysOnlyWhatToDo) {
  Scratch scratch;
  const Finished doctor = run({PAWL_BINARY, "doctor", "--quiet", scratch.root()});
  EXPECT_EQ(doctor.exit, 0);
  for (const std::string& line : doctor.lines) EXPECT_EQ(line.rfind("advice: ", 0), 0u) << line;
}

TEST(DoctorCommand, CarriesNamesThatAreNotUtf8) {
  Scratch scratch;
  const std::string name = "bad\xff\nname";
  scratch.directory(name);
  const Finished json = run({PAWL_BINARY, "doctor", "--json", scratch.path(name)});
  ASSERT_GE(json.lines.size(), 2u);
  const auto path = JsonLine::parse(json.lines[1]);
  ASSERT_TRUE(path) << json.lines[1];
  EXPECT_EQ(path->text("path"), scratch.path(name));
  const Finished text = run({PAWL_BINARY, "doctor", scratch.path(name)});
  EXPECT_NE(text.all().find("bad\\xff\\nname: 1 directories"), std::string::npos) << text.all();
}

}  // namespace
}  // namespace pawl
