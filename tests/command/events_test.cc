#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "tests/command/events_run.h"
#include "tests/command/scratch.h"

namespace pawl {
namespace {

using Lines = std::vector<std::string>;

TEST(EventsCommand, SaysFirstThatItIsReadyAndWhatItWatches) {
  Scratch scratch;
  scratch.write("a/b/one", "1");
  scratch.write("two", "2");
  EventsRun events(scratch.root());
  EXPECT_EQ(events.ready().number("directories"), 3);
  EXPECT_EQ(events.ready().number("files"), 2);
  EXPECT_EQ(events.ready().number("native") + events.ready().number("polled"), 3);
  EXPECT_GT(events.ready().number("monotonic_ns"), 0);
  events.stop();
}

TEST(EventsCommand, TellsTheLifeOfAFile) {
  Scratch scratch;
  EventsRun events(scratch.root());
  scratch.write("file", "");
  events.expect("created", "file");
  scratch.append("file", "1");
  events.expect("modified", "file");
  std::filesystem::permissions(scratch.path("file"), std::filesystem::perms::owner_all);
  events.expect("attributes", "file");
  scratch.rename("file", "other");
  events.expect("created", "other");
  scratch.remove("other");
  events.expect("removed", "other");
  EXPECT_EQ(events.seen_below("file").back(), "removed file");
  events.stop();
}

TEST(EventsCommand, TellsTheLifeOfADirectory) {
  Scratch scratch;
  EventsRun events(scratch.root());
  scratch.directory("folder");
  events.expect("created", "folder", "directory");
  scratch.write("folder/file", "1");
  events.expect("created", "folder/file");
  std::filesystem::permissions(scratch.path("folder"), std::filesystem::perms::owner_all);
  events.expect("attributes", "folder", "directory");
  scratch.rename("folder", "moved");
  events.expect("created", "moved/file");
  scratch.write("moved/file", "longer");
  events.expect("modified", "moved/file");
  scratch.remove("moved");
  events.expect("removed", "moved", "directory");
  const Lines below = events.seen_below("folder");
  EXPECT_EQ(std::count(below.begin(), below.end(), "removed folder/file"), 1);
  EXPECT_EQ(std::count(below.begin(), below.end(), "removed folder"), 1);
  events.stop();
}

TEST(EventsCommand, SaysWhereARenamedFileWas) {
  Scratch scratch;
  scratch.write("old", "1");
  EventsRun events(scratch.root(), {"--debounce-ms", "200"});
  scratch.rename("old", "new");
  EXPECT_EQ(events.expect("created", "new").text("from"), scratch.path("old"));
  events.stop();
}

TEST(EventsCommand, TellsALinkFromWhatItLeadsTo) {
  Scratch scratch;
  EventsRun events(scratch.root());
  std::filesystem::create_symlink("/", scratch.path("link"));
  events.expect("created", "link", "symlink");
  events.stop();
}

TEST(EventsCommand, FindsAFileInDirectoriesMadeAtOnce) {
  Scratch scratch;
  EventsRun events(scratch.root());
  scratch.write("a/b/c/d/file", "1");
  events.expect("created", "a/b/c/d/file");
  for (const char* directory : {"a", "a/b", "a/b/c", "a/b/c/d"}) {
    const Lines told = events.seen_below(directory);
    EXPECT_EQ(std::count(told.begin(), told.end(), std::string("created ") + directory), 1);
  }
  events.stop();
}

TEST(EventsCommand, StaysOutOfDirectoriesUnlessRecursive) {
  Scratch scratch;
  scratch.directory("inner");
  EventsRun events(scratch.root(), {"--no-recursive"});
  EXPECT_EQ(events.ready().number("directories"), 1);
  scratch.write("inner/file", "1");
  scratch.write("other/file", "1");
  scratch.write("last", "1");
  events.expect("created", "last");
  EXPECT_TRUE(events.seen_below("inner/").empty());
  EXPECT_TRUE(events.seen_below("other/").empty());
  events.stop();
}

TEST(EventsCommand, IgnoresWhatItIsToldTo) {
  Scratch scratch;
  EventsRun events(scratch.root(), {"--ignore", "*.tmp", "--ignore", "build/"});
  scratch.write("file.tmp", "1");
  scratch.write("build/file", "1");
  scratch.write("a/deep.tmp", "1");
  scratch.write("a/deep", "1");
  events.expect("created", "a/deep");
  scratch.write("last", "1");
  events.expect("created", "last");
  EXPECT_TRUE(events.seen_below("file.tmp").empty());
  EXPECT_TRUE(events.seen_below("build").empty());
  EXPECT_TRUE(events.seen_below("a/deep.tmp").empty());
  events.stop();
}

TEST(EventsCommand, TellsOneSortedBatchOnceABurstHasRested) {
  Scratch scratch;
  scratch.write("replaced", "1");
  EventsRun events(scratch.root(), {"--debounce-ms", "1500"});
  scratch.write("b", "1");
  scratch.write("passing", "1");
  scratch.write("a", "1");
  scratch.write("b", "longer");
  scratch.remove("replaced");
  scratch.remove("passing");
  scratch.write("replaced", "another");
  events.expect("modified", "replaced");
  EXPECT_EQ(events.seen(), (Lines{"created a", "created b", "modified replaced"}));
  events.stop();
}

// A signal right after a write: its hint has not even been read.
TEST(EventsCommand, TellsWhatCameBeforeTheSignal) {
  for (const char* debounce_ms : {"0", "3600000"}) {
    for (int run = 0; run < 10; ++run) {
      Scratch scratch;
      EventsRun events(scratch.root(), {"--debounce-ms", debounce_ms});
      scratch.write("file", "1");
      events.process().signal(SIGTERM);
      const Lines rest = events.process().read_rest();
      EXPECT_EQ(events.process().wait(), 0);
      ASSERT_FALSE(rest.empty()) << "debounce " << debounce_ms << ", run " << run;
      EXPECT_NE(rest[0].find("/file\""), std::string::npos) << rest[0];
    }
  }
}

TEST(EventsCommand, TakesAPatternAndThenSeveralFolders) {
  Scratch scratch;
  scratch.directory("one");
  scratch.directory("two");
  EventsRun events(scratch.path("one"), {"--ignore", "*.tmp", scratch.path("two")});
  EXPECT_EQ(events.ready().number("directories"), 2);
  events.stop();
}

TEST(EventsCommand, PollsWhenAsked) {
  Scratch scratch;
  scratch.write("a/file", "1");
  EventsRun events(scratch.root(), {"--backend", "poll", "--poll-interval-ms", "50"});
  EXPECT_EQ(events.ready().number("native"), 0);
  EXPECT_EQ(events.ready().number("polled"), 2);
  scratch.write("a/file", "longer");
  EXPECT_EQ(events.expect("modified", "a/file").text("via"), "poll");
  scratch.write("a/new/file", "1");
  events.expect("created", "a/new/file");
  scratch.remove("a");
  events.expect("removed", "a", "directory");
  events.stop();
}

TEST(EventsCommand, CarriesNamesThatAreNotUtf8) {
  Scratch scratch;
  EventsRun events(scratch.root());
  for (const char* name : {"\xff\xfe", "a\xc3(b", "line\nbreak", "\xed\xb3\xbf", "quote\"back\\",
                           "\xf0\x9f\x90\xbe"}) {
    scratch.write(name, "1");
    events.expect("created", name);
  }
  events.stop();
}

TEST(EventsCommand, WatchesSeveralFolders) {
  Scratch scratch;
  scratch.directory("one");
  scratch.directory("two");
  EventsRun events(scratch.root() + "/one", {scratch.root() + "/two"});
  EXPECT_EQ(events.ready().number("directories"), 2);
  events.stop();
}

}  // namespace
}  // namespace pawl
