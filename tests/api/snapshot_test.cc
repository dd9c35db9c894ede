// Starting from what was known: exactly what changed in between is told.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pawl/watcher.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <future>
#include <set>
#include <thread>

#include "tests/api/collected.h"
#include "tests/command/scratch.h"

namespace pawl {
namespace {

using namespace std::chrono_literals;
using watch::Batch;
using watch::ChangeKind;
using watch::Watcher;

class Snapshots : public ::testing::TestWithParam<watch::Backend> {
 protected:
  watch::Root root() const { return {.path = tree_.root(), .backend = GetParam(), .poll_interval = 50ms}; }

  static Error save(Watcher& watcher, const std::string& file) {
    std::promise<Error> saved;
    watcher.save_snapshot(file, [&](Error error) { saved.set_value(std::move(error)); });
    std::future<Error> future = saved.get_future();
    if (future.wait_for(20s) != std::future_status::ready) return Error(ErrorCode::kIo, "wait for", file);
    return future.get();
  }

  // Watches until it is ready, and saves.
  void remember() {
    Collected seen;
    auto watcher = Watcher::open({}, seen.callback());
    ASSERT_TRUE(watcher);
    const auto id = watcher->add_root(root());
    ASSERT_TRUE(id);
    ASSERT_TRUE(seen.wait_ready(*id));
    const Error error = save(*watcher, file());
    ASSERT_TRUE(error.ok()) << error.message();
  }

  // What a start from the file tells until it is ready, as "kind path" or "kind path<from".
  std::multiset<std::string> told() {
    Collected seen;
    auto watcher = Watcher::open({.since = file()}, seen.callback());
    if (!watcher) {
      ADD_FAILURE() << watcher.error().message();
      return {};
    }
    const auto id = watcher->add_root(root());
    EXPECT_TRUE(id);
    EXPECT_TRUE(seen.wait_ready(*id));
    return lines(seen.all());
  }

  std::multiset<std::string> lines(const Batch& batch) const {
    const auto relative = [&](const std::string& path) {
      return path.empty() ? path : path.substr(tree_.root().size() + 1);
    };
    std::multiset<std::string> lines;
    for (const watch::Change& change : batch.changes) {
      std::string line = std::string(name_of(change.kind)) + " " + relative(change.path);
      if (!change.from.empty()) line += "<" + relative(change.from);
      lines.insert(line);
    }
    return lines;
  }

  std::string file() const { return beside_.path("snapshot"); }

  const Scratch tree_;
  const Scratch beside_;
};

TEST_P(Snapshots, TellNothingWhereNothingChanged) {
  for (int i = 0; i < 50; ++i)
    tree_.write("d" + std::to_string(i % 5) + "/e/" + std::to_string(i), std::to_string(i));
  tree_.directory("empty");
  remember();
  EXPECT_EQ(told(), std::multiset<std::string>{});
}

TEST_P(Snapshots, TellExactlyWhatChanged) {
  tree_.write("same", "same");
  tree_.write("d/written", "1");
  tree_.write("d/gone", "1");
  tree_.write("d/mode", "1");
  tree_.write("d/moved", "1");
  tree_.write("gone/deep/file", "1");
  tree_.write("renamed/x", "1");
  tree_.write("kind", "1");
  remember();
  tree_.append("d/written", "2");
  tree_.remove("d/gone");
  ::chmod(tree_.path("d/mode").c_str(), 0600);
  tree_.rename("d/moved", "moved");
  tree_.remove("gone");
  tree_.rename("renamed", "renamed-now");
  tree_.remove("kind");
  tree_.directory("kind");
  tree_.write("new/deep/file", "1");
  std::multiset<std::string> found;
  for (std::string line : told()) {
    // What is new may have the inode of what is gone.
    if (line.starts_with("created kind") || line.starts_with("created new"))
      line = line.substr(0, line.find('<'));
    found.insert(line);
  }
  EXPECT_EQ(found, (std::multiset<std::string>{
                        "modified d/written", "removed d/gone", "attributes d/mode",
                        "removed d/moved", "created moved<d/moved", "removed gone/deep/file",
                        "removed gone/deep", "removed gone", "removed renamed/x",
                        "removed renamed", "created renamed-now<renamed",
                        "created renamed-now/x<renamed/x", "removed kind", "created kind",
                        "created new", "created new/deep", "created new/deep/file"}));
}

// What is told from then on follows from it without a gap.
TEST_P(Snapshots, AreFollowedByWhatHappensLive) {
  tree_.write("d/f", "1");
  remember();
  tree_.write("between", "1");
  Collected seen;
  auto watcher = Watcher::open({.since = file()}, seen.callback());
  ASSERT_TRUE(watcher);
  const auto id = watcher->add_root(root());
  ASSERT_TRUE(seen.wait_ready(*id));
  tree_.write("d/live", "1");
  EXPECT_TRUE(seen.wait_for(ChangeKind::kCreated, tree_.path("d/live")));
  EXPECT_EQ(seen.count(ChangeKind::kCreated, tree_.path("between")), 1U);
  const Error error = save(*watcher, file());
  ASSERT_TRUE(error.ok()) << error.message();
  watcher = Watcher::open({}, seen.callback());
  tree_.append("d/live", "2");
  EXPECT_EQ(told(), std::multiset<std::string>{"modified d/live"});
}

// The write that the snapshot knows and the one after it have the same size and time of modification;
// on a file system whose clock ticks slowly nothing else may tell them apart.
TEST_P(Snapshots, TellAWriteInTheSameTick) {
  tree_.write("f", "1");
  Collected seen;
  auto watcher = Watcher::open({}, seen.callback());
  ASSERT_TRUE(watcher);
  const auto id = watcher->add_root(root());
  ASSERT_TRUE(seen.wait_ready(*id));
  tree_.replace("f", "2");
  const Error error = save(*watcher, file());
  ASSERT_TRUE(error.ok()) << error.message();
  watcher = Watcher::open({}, seen.callback());
  std::ofstream(tree_.path("f"), std::ios::in | std::ios::out) << "3";
  EXPECT_EQ(told(), std::multiset<std::string>{"modified f"});
}

TEST_P(Snapshots, AreRefusedUnlessTheyAreWhole) {
  tree_.write("d/f", "1");
  remember();
  const std::string whole = beside_.read("snapshot");
  const auto code_of = [&](const std::string& bytes) {
    beside_.write("snapshot", bytes);
    return Watcher::open({.since = file()}, [](Batch) {}).error().code();
  };
  EXPECT_EQ(code_of(whole), ErrorCode::kOk);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const ErrorCode code = code_of(whole.substr(0, size));
    ASSERT_TRUE(code == ErrorCode::kCorrupt || (size == 0 && code == ErrorCode::kForeign)) << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    ASSERT_NE(code_of(damaged), ErrorCode::kOk) << at;
  }
  EXPECT_EQ(code_of(whole + "x"), ErrorCode::kCorrupt);
  EXPECT_EQ(code_of("something else altogether, and long enough to be read"), ErrorCode::kForeign);
  for (const int by : {-1, 1}) {
    std::string of_another_version = whole;
    of_another_version[8] = static_cast<char>(of_another_version[8] + by);
    EXPECT_EQ(code_of(of_another_version), ErrorCode::kForeign);
  }
  beside_.remove("snapshot");
  EXPECT_EQ(Watcher::open({.since = file()}, [](Batch) {}).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(Watcher::open({.since = tree_.root()}, [](Batch) {}).error().code(), ErrorCode::kForeign);
}

TEST_P(Snapshots, RemoveNothingOfARootThatIsOutOfSight) {
  tree_.write("in/d/f", "1");
  const watch::Root inner{.path = tree_.path("in"), .backend = GetParam(), .poll_interval = 50ms};
  Collected seen;
  auto watcher = Watcher::open({}, seen.callback());
  ASSERT_TRUE(seen.wait_ready(*watcher->add_root(inner)));
  ASSERT_TRUE(save(*watcher, file()).ok());
  tree_.rename("in", "away");
  Collected later;
  watcher = Watcher::open({.since = file()}, later.callback());
  const auto id = watcher->add_root(inner);
  ASSERT_TRUE(later.wait([](const Batch& batch) { return !batch.roots.empty(); }));
  EXPECT_EQ(save(*watcher, file()).code(), ErrorCode::kBusy);
  tree_.write("away/d/g", "1");
  tree_.rename("away", "in");
  ASSERT_TRUE(later.wait_ready(*id));
  EXPECT_EQ(lines(later.all()), std::multiset<std::string>{"created in/d/g"});
}

// A directory in its place, empty as where a mount is missing, says nothing.
TEST_P(Snapshots, DoNotBelieveAnEmptyRoot) {
  tree_.write("in/d/f", "1");
  const watch::Root inner{.path = tree_.path("in"), .backend = GetParam(), .poll_interval = 50ms};
  Collected seen;
  auto watcher = Watcher::open({}, seen.callback());
  ASSERT_TRUE(seen.wait_ready(*watcher->add_root(inner)));
  ASSERT_TRUE(save(*watcher, file()).ok());
  tree_.rename("in", "away");
  tree_.directory("in");
  Collected later;
  watcher = Watcher::open({.since = file()}, later.callback());
  const auto id = watcher->add_root(inner);
  ASSERT_TRUE(later.wait([](const Batch& batch) { return !batch.roots.empty(); }));
  EXPECT_FALSE(later.all().roots.front().available);
  tree_.remove("in");
  tree_.rename("away", "in");
  ASSERT_TRUE(later.wait_ready(*id));
  EXPECT_TRUE(later.all().changes.empty());
}

TEST_P(Snapshots, GoByTheOptionsOfNow) {
  tree_.write("d/f", "1");
  tree_.write("ignored/f", "1");
  remember();
  tree_.remove("ignored");
  Collected seen;
  auto watcher = Watcher::open({.since = file()}, seen.callback());
  ASSERT_TRUE(watcher);
  watch::Root now = root();
  now.recursive = false;
  EXPECT_EQ(watcher->add_root(now).error().code(), ErrorCode::kUsage);
  now = root();
  now.ignore = {"ignored/"};
  const auto id = watcher->add_root(now);
  ASSERT_TRUE(seen.wait_ready(*id));
  EXPECT_TRUE(seen.all().changes.empty());
  // A root that is not in it is as any other.
  const Scratch other;
  other.write("f", "");
  ASSERT_TRUE(seen.wait_ready(*watcher->add_root({.path = other.root()})));
  EXPECT_TRUE(seen.all().changes.empty());
}

// What changed since then was once told anew each time that its root was added.
TEST_P(Snapshots, AreTakenUpOnce) {
  tree_.write("f", "1");
  remember();
  tree_.write("between", "1");
  Collected seen;
  auto watcher = Watcher::open({.since = file()}, seen.callback());
  ASSERT_TRUE(watcher);
  const auto first = watcher->add_root(root());
  ASSERT_TRUE(seen.wait_ready(*first));
  watcher->remove_root(*first);
  const auto second = watcher->add_root(root());
  ASSERT_TRUE(seen.wait_ready(*second));
  EXPECT_EQ(lines(seen.all()), std::multiset<std::string>{"created between"});
}

TEST_P(Snapshots, AreKeptWhereANewOneCannotBeWritten) {
  tree_.write("d/f", "1");
  remember();
  Collected seen;
  auto watcher = Watcher::open({}, seen.callback());
  ASSERT_TRUE(seen.wait_ready(*watcher->add_root(root())));
  EXPECT_EQ(save(*watcher, beside_.path("none/snapshot")).code(), ErrorCode::kNotFound);
  beside_.directory("snapshot.d/x");
  EXPECT_FALSE(save(*watcher, beside_.path("snapshot.d")).ok());
  EXPECT_EQ(told(), std::multiset<std::string>{});
}

TEST_P(Snapshots, OfFilesThatNeverRest) {
  tree_.write("log", "");
  Collected seen;
  auto watcher = Watcher::open({.background_pass_min = 0ms}, seen.callback());
  ASSERT_TRUE(seen.wait_ready(*watcher->add_root(root())));
  std::atomic<bool> stop = false;
  std::thread restless([&] {
    while (!stop) {
      tree_.append("log", "x");
      std::this_thread::sleep_for(1ms);  // the pace of the writes; nothing is waited for
    }
  });
  const Error error = save(*watcher, file());
  stop = true;
  restless.join();
  ASSERT_TRUE(error.ok()) << error.message();
  watcher = Watcher::open({}, seen.callback());
  tree_.append("log", "last");
  EXPECT_EQ(told(), std::multiset<std::string>{"modified log"});
}

TEST_P(Snapshots, AreGivenUpWithTheWatcher) {
  tree_.write("f", "1");
  for (int i = 0; i < 10; ++i) {
    Collected seen;
    auto watcher = Watcher::open({}, seen.callback());
    ASSERT_TRUE(seen.wait_ready(*watcher->add_root(root())));
    watcher->save_snapshot(file(), [](Error) {});
    if (i % 2 == 0) watcher->save_snapshot(file(), nullptr);
  }
}

INSTANTIATE_TEST_SUITE_P(Api, Snapshots, ::testing::Values(watch::Backend::kAuto, watch::Backend::kPoll),
                         [](const auto& param) {
                           return param.param == watch::Backend::kAuto ? "auto" : "poll";
                         });

}  // namespace
}  // namespace pawl
