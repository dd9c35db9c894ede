// Who is watched natively when not all can be, and who comes back.
#include "fallback/hybrid.h"

#include <gtest/gtest.h>

#include <set>

namespace pawl {
namespace {

// Takes as many as it is given room for, and refuses the others as the kernel does.
class FakeBackend : public Backend {
 public:
  Status watch(DirectoryId directory, const std::string& path) override {
    ++tries;
    if (watched.size() >= room) return Status(refusal, "watch", path, {}, 1);
    watched.insert(directory.index);
    return {};
  }
  void unwatch(DirectoryId directory) override { watched.erase(directory.index); }

  std::size_t room = SIZE_MAX;
  Code refusal = Code::kWatchLimit;
  std::set<std::uint32_t> watched;
  int tries = 0;
};

class HybridTest : public testing::Test {
 protected:
  void make(WatchBudget budget, std::uint64_t allowed) {
    limit = allowed;
    hybrid = std::make_unique<Hybrid>(
        native, poll, HybridOptions{.budget = budget, .watches_max = [this] { return limit; }});
  }
  Coverage cover(std::uint32_t index) {
    const DirectoryId id{index, 1};
    hybrid->uncover(id);
    const Result<Coverage> coverage =
        hybrid->cover(id, "/d" + std::to_string(index), Mount{}, BackendChoice::kAuto, now);
    return coverage.ok() ? *coverage : Coverage{};
  }
  // What the reconciler does, for so long.
  void pass(Duration time) {
    for (const Instant end = now + time; now < end; now += milliseconds(100))
      for (const DirectoryId id : hybrid->reconsider(now, 64)) {
        cover(id.index);
        ++recovered;
      }
  }
  void change(std::uint32_t index, int times) {
    for (int i = 0; i < times; ++i) hybrid->changed(DirectoryId{index, 1}, now);
  }

  FakeBackend native;
  FakeBackend poll;
  std::optional<std::uint64_t> limit;
  std::unique_ptr<Hybrid> hybrid;
  Instant now = from_ns(1'000'000'000'000);
  int recovered = 0;
};

TEST_F(HybridTest, EveryFaceOfALimitPollsThatDirectoryAloneAndSaysWhy) {
  make({true, 100}, 1000);
  native.room = 1;
  EXPECT_EQ(cover(0), (Coverage{Mode::kNative, Reason::kPreferred, 0}));
  const std::pair<Code, Reason> faces[] = {{Code::kWatchLimit, Reason::kWatchLimit},
                                           {Code::kInstanceLimit, Reason::kInstanceLimit},
                                           {Code::kNoMemory, Reason::kKernelMemory},
                                           {Code::kPermission, Reason::kPermission},
                                           {Code::kUnsupported, Reason::kUnsupported}};
  std::uint32_t index = 1;
  for (const auto& [code, reason] : faces) {
    native.refusal = code;
    EXPECT_EQ(cover(index++), (Coverage{Mode::kPolled, reason, 1}));
  }
  EXPECT_EQ(native.watched, (std::set<std::uint32_t>{0}));
}

TEST_F(HybridTest, ASourceMaySayHowItIsWatched) {
  make({true, 100}, 1000);
  const Mount remote{.type = "nfs", .tells_all = false, .may_hang = true};
  const auto cover_so = [&](std::uint32_t index, const Mount& mount, BackendChoice choice) {
    return hybrid->cover({index, 1}, "/d", mount, choice, now).value();
  };
  const Coverage native_one{Mode::kNative, Reason::kPreferred, 0};
  EXPECT_EQ(cover_so(0, remote, BackendChoice::kAuto),
            (Coverage{Mode::kPolled, Reason::kFileSystem, 0}));
  EXPECT_EQ(cover_so(1, remote, BackendChoice::kNative), native_one);
  EXPECT_EQ(cover_so(2, Mount{}, BackendChoice::kPoll),
            (Coverage{Mode::kPolled, Reason::kConfigured, 0}));
  EXPECT_EQ(cover_so(3, Mount{}, BackendChoice::kAuto), native_one);
  // A limit is a limit for it too.
  native.room = native.watched.size();
  EXPECT_EQ(cover_so(4, Mount{}, BackendChoice::kNative),
            (Coverage{Mode::kPolled, Reason::kWatchLimit, 1}));
  // What is polled for good waits for no watch, and what may hang has no handle of libuv's pool.
  native.room = SIZE_MAX;
  pass(seconds(300));
  EXPECT_EQ(native.watched, (std::set<std::uint32_t>{1, 3, 4}));
  EXPECT_FALSE(poll.watched.contains(0));
  EXPECT_TRUE(poll.watched.contains(2));
}

TEST_F(HybridTest, KeepsToItsBudgetAndLeavesTheRestToOthers) {
  make({false, 3}, 1000);
  for (std::uint32_t i = 0; i < 10; ++i) cover(i);
  EXPECT_EQ(native.watched.size(), 3u);
  pass(seconds(120));
  EXPECT_EQ(native.watched.size(), 3u);
}

TEST_F(HybridTest, GivesItsWatchesToTheDirectoriesThatChange) {
  make({false, 3}, 1000);
  for (std::uint32_t i = 0; i < 10; ++i) cover(i);
  for (int round = 0; round < 30; ++round) {
    for (const std::uint32_t busy : {7u, 8u, 9u}) change(busy, 2);
    pass(seconds(10));
  }
  EXPECT_EQ(native.watched, (std::set<std::uint32_t>{7, 8, 9}));
  EXPECT_EQ(hybrid->native_count(), 3u);
}

// Each takes the watch of another, whose turn it then is, and so on for ever.
TEST_F(HybridTest, DoesNotThrashWhenAllAreAlikeBusy) {
  make({false, 3}, 1000);
  for (std::uint32_t i = 0; i < 10; ++i) cover(i);
  const int before = recovered;
  for (int round = 0; round < 60; ++round) {
    for (std::uint32_t i = 0; i < 10; ++i) change(i, 3);
    pass(seconds(10));
  }
  EXPECT_LE(recovered - before, 20) << "in ten minutes";
}

TEST_F(HybridTest, FollowsActivityThatMovesOn) {
  make({false, 2}, 1000);
  for (std::uint32_t i = 0; i < 6; ++i) cover(i);
  for (const std::uint32_t busy : {4u, 1u, 5u}) {
    for (int round = 0; round < 120; ++round) {
      change(busy, 5);
      pass(seconds(10));
    }
    EXPECT_TRUE(native.watched.contains(busy)) << busy;
  }
}

TEST_F(HybridTest, ReturnsToNativeSoonAfterTheLimitIsRaised) {
  make({true, 100}, 5);
  native.room = 5;
  for (std::uint32_t i = 0; i < 2000; ++i) cover(i);
  EXPECT_EQ(native.watched.size(), 5u);
  pass(seconds(300));
  limit = 10'000;
  native.room = 10'000;
  // The back-off is 60 s at most; then all of them within seconds.
  pass(seconds(75));
  EXPECT_EQ(native.watched.size(), 2000u);
}

TEST_F(HybridTest, TriesLessAndLessOftenWhileThereIsNoWatchToBeHad) {
  make({true, 100}, 1000);
  native.room = 0;
  for (std::uint32_t i = 0; i < 100; ++i) cover(i);
  native.tries = 0;
  pass(seconds(600));
  EXPECT_LE(native.tries, 20);
  EXPECT_GE(native.tries, 9);
}

}  // namespace
}  // namespace pawl
