// How often polled directories are looked at.
#include <gtest/gtest.h>

#include "tests/fallback/disk.h"
#include "tests/fallback/temporary_tree.h"
#include "tests/fallback/watch_fixture.h"

namespace pawl {
namespace {

RootOptions polled(const std::string& path, Duration interval) {
  RootOptions options = Watching::root(path, BackendChoice::kPoll);
  options.poll_interval = interval;
  return options;
}

// The handles of uv_fs_poll used to have one interval for all roots, the shortest, and a second at
// the longest.
TEST(WatchPoll, KeepsToTheIntervalOfEachRoot) {
  TemporaryTree tree;
  tree.directory("slow/in");
  tree.directory("quick/in");
  Watching watching;
  const std::uint32_t slow = watching.start(polled(tree.root() + "/slow", std::chrono::hours(1)));
  const std::uint32_t quick = watching.start(polled(tree.root() + "/quick", milliseconds(20)));
  write_file(tree.root() + "/slow/in/file", "text");
  write_file(tree.root() + "/quick/in/file", "text");
  EXPECT_TRUE(
      watching.run_until([&] { return watching.knows(tree.root() + "/quick/in/file", quick); }));
  watching.run_for(milliseconds(1500));
  EXPECT_FALSE(watching.knows(tree.root() + "/slow/in/file", slow));
  watching.watcher().rescan(slow);
  EXPECT_TRUE(
      watching.run_until([&] { return watching.knows(tree.root() + "/slow/in/file", slow); }));
}

}  // namespace
}  // namespace pawl
