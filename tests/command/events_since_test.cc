// `pawl events --save F` and `--since F`: what happened while nobody watched.
#include <gtest/gtest.h>

#include <csignal>

#include "tests/command/json_line.h"
#include "tests/command/process.h"
#include "tests/command/scratch.h"

namespace pawl {
namespace {

class EventsSince : public ::testing::Test {
 protected:
  // Until it is ready, and then to its end: "kind path" of what it told.
  std::vector<std::string> events(std::vector<std::string> options, int exit = 0) {
    options.insert(options.begin(), {PAWL_BINARY, "events", "--json"});
    options.push_back(tree_.root());
    Process process(options);
    std::vector<std::string> lines;
    EXPECT_TRUE(process.read_until(
        [](const std::string& line) { return line.find("\"ready\"") != std::string::npos; }, &lines))
        << process.errors();
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait(), exit) << process.errors();
    std::vector<std::string> told;
    for (const std::string& line : lines) {
      const auto parsed = JsonLine::parse(line);
      if (!parsed || parsed->text("event") != "change") continue;
      told.push_back(parsed->text("kind") + " " + parsed->text("path").substr(tree_.root().size() + 1));
    }
    return told;
  }

  const Scratch tree_;
  const Scratch beside_;
  const std::string file_ = beside_.path("snapshot");
};

TEST_F(EventsSince, TellsWhatChangedBetweenBeforeItIsReady) {
  tree_.write("d/kept", "1");
  tree_.write("d/gone", "1");
  tree_.write("d/written", "1");
  EXPECT_EQ(events({"--save", file_}), std::vector<std::string>{});
  EXPECT_EQ(events({"--since", file_}), std::vector<std::string>{});
  tree_.remove("d/gone");
  tree_.append("d/written", "2");
  tree_.write("new", "");
  const std::vector<std::string> between{"removed d/gone", "modified d/written", "created new"};
  EXPECT_EQ(events({"--since", file_}), between);
  // It stays what it is until it is saved anew.
  EXPECT_EQ(events({"--since", file_, "--save", file_}), between);
  EXPECT_EQ(events({"--since", file_}), std::vector<std::string>{});
}

TEST_F(EventsSince, SavesAtTheEndWhatItHasTold) {
  tree_.write("f", "1");
  Process process({PAWL_BINARY, "events", "--json", "--save", file_, tree_.root()});
  std::string line;
  ASSERT_TRUE(process.read_line(line));
  tree_.append("f", "2");
  ASSERT_TRUE(process.read_line(line));
  EXPECT_NE(line.find("modified"), std::string::npos) << line;
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(std::chrono::milliseconds(2000)), 0) << process.errors();
  EXPECT_EQ(events({"--since", file_}), std::vector<std::string>{});
}

TEST_F(EventsSince, RefusesASnapshotThatIsNotWhole) {
  tree_.write("f", "1");
  events({"--save", file_});
  const std::string whole = beside_.read("snapshot");
  beside_.write("snapshot", whole.substr(0, whole.size() - 3));
  const Finished cut = run({PAWL_BINARY, "events", "--since", file_, tree_.root()});
  EXPECT_EQ(cut.exit, 1);
  EXPECT_NE(cut.errors.find("cut short"), std::string::npos) << cut.errors;
  beside_.write("snapshot", "SQLite format 3 and some more bytes, which are no snapshot");
  EXPECT_EQ(run({PAWL_BINARY, "events", "--since", file_, tree_.root()}).exit, 1);
  EXPECT_EQ(run({PAWL_BINARY, "events", "--since", beside_.path("none"), tree_.root()}).exit, 1);
  beside_.write("snapshot", whole);
  EXPECT_EQ(run({PAWL_BINARY, "events", "--since", file_, beside_.root()}).exit, 2);
  EXPECT_EQ(run({PAWL_BINARY, "events", "--since", file_, "--no-recursive", tree_.root()}).exit, 2);
}

TEST_F(EventsSince, SaysThatItCouldNotSave) {
  tree_.write("f", "1");
  events({"--save", beside_.path("none/snapshot")}, 1);
}

}  // namespace
}  // namespace pawl
