// What readers do to `pawl events`, and how signals end it.
#include <gtest/gtest.h>

#include <csignal>
#include <set>

#include "tests/command/events_run.h"
#include "tests/command/scratch.h"

namespace pawl {
namespace {

// Lines of some 300 bytes: more of them than the pipe and the writer's backlog hold.
constexpr int kMany = 6000;
// A pipe has 16 pages, and a write that does not fit into what is left of the last begins another
// (pipe(7), fs/pipe.c), so that any two in a row hold more than one page of bytes: a full pipe may
// hold little more than half of its 64 KiB.
constexpr std::size_t kPipeLooksFull = 30'000;

std::string long_name(int i) {
  return std::to_string(i) + std::string(200, 'x');
}

bool wait_for_full_pipe(Process& process) {
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  while (process.unread() < kPipeLooksFull) {
    if (std::chrono::steady_clock::now() > until) return false;
    if (process.wait(std::chrono::milliseconds(5))) return false;
  }
  return true;
}

TEST(EventsReader, MayNeverReadAndDoesNotKeepItFromEnding) {
  Scratch scratch;
  EventsRun events(scratch.root());
  for (int i = 0; i < kMany; ++i) scratch.write(long_name(i), "");
  ASSERT_TRUE(wait_for_full_pipe(events.process())) << events.process().unread();
  events.stop();
}

TEST(EventsReader, GetsEveryFileHoweverLateItReads) {
  Scratch scratch;
  EventsRun events(scratch.root());
  for (int i = 0; i < kMany; ++i) scratch.write(long_name(i), "");
  ASSERT_TRUE(wait_for_full_pipe(events.process())) << events.process().unread();
  std::set<std::string> missing;
  for (int i = 0; i < kMany; ++i) missing.insert(scratch.path(long_name(i)));
  EXPECT_TRUE(events.process().read_until([&](const std::string& text) {
    const auto line = JsonLine::parse(text);
    if (line) missing.erase(line->text("path"));
    return missing.empty();
  })) << missing.size()
      << " missing";
  events.stop();
}

TEST(EventsReader, EndsItQuietlyByGoingAway) {
  Scratch scratch;
  EventsRun events(scratch.root());
  events.process().close_output();
  scratch.write("file", "1");
  EXPECT_EQ(events.process().wait(), 0);
  EXPECT_EQ(events.process().errors(), "");
}

TEST(EventsSignals, EndItWithZero) {
  Scratch scratch;
  for (const int number : {SIGTERM, SIGINT}) {
    EventsRun events(scratch.root());
    events.process().signal(number);
    EXPECT_EQ(events.process().wait(std::chrono::milliseconds(2000)), 0) << number;
  }
}

}  // namespace
}  // namespace pawl
