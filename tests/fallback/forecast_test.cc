#include "fallback/forecast.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/fallback/temporary_tree.h"

namespace pawl {
namespace {

const Mount kLocal{.type = "ext4"};
const Mount kRemote{.type = "nfs", .tells_all = false, .may_hang = true};

ExaminedMount mount_with(std::uint64_t directories, const Mount& mount = kLocal,
                         std::uint64_t unreachable = 0) {
  return {.path = "/x", .mount = mount, .directories = directories, .unreachable = unreachable};
}

Examination tree_of(std::vector<ExaminedMount> mounts) {
  Examination examination;
  examination.path = "/x";
  for (const ExaminedMount& mount : mounts) examination.unreachable += mount.unreachable;
  examination.mounts = std::move(mounts);
  return examination;
}

Coverage as_hybrid(const std::string&, const Mount& mount) {
  if (!mount.tells_all) return {Mode::kPolled, Reason::kFileSystem, 0};
  return {Mode::kNative, Reason::kPreferred, 0};
}

WatchLimits limits_of(std::uint64_t max, std::uint64_t used) {
  WatchLimits limits;
  limits.watches_max = max;
  limits.watches_used = used;
  limits.queue_max = kQueueDefault;
  return limits;
}

Forecast forecast_of(const std::vector<Examination>& trees, const WatchLimits& limits,
                     const Trial& trial = as_hybrid) {
  return make_forecast(trees, limits, WatchBudget{}, trial);
}

TEST(Forecast, IsNativeWhileTheBudgetLasts) {
  const std::vector trees{tree_of({mount_with(75)})};
  const Forecast forecast = forecast_of(trees, limits_of(100, 0));
  EXPECT_EQ(forecast.mounts[0][0].native, 75u);
  EXPECT_EQ(forecast.mounts[0][0].polled, 0u);
  EXPECT_EQ(forecast.mounts[0][0].reason, Reason::kPreferred);
  EXPECT_FALSE(forecast.watches_wanted);
  EXPECT_TRUE(advise(trees, forecast, limits_of(100, 0)).empty());
}

TEST(Forecast, PollsWhatIsBeyondTheBudget) {
  const Forecast forecast = forecast_of({tree_of({mount_with(76)})}, limits_of(100, 0));
  EXPECT_EQ(forecast.mounts[0][0].native, 75u);
  EXPECT_EQ(forecast.mounts[0][0].polled, 1u);
  EXPECT_EQ(forecast.mounts[0][0].reason, Reason::kBudget);
}

TEST(Forecast, LeavesOutWatchesThatOthersHold) {
  const Forecast forecast = forecast_of({tree_of({mount_with(50)})}, limits_of(100, 60));
  EXPECT_EQ(forecast.budget, 75u);
  EXPECT_EQ(forecast.available, 40u);
  EXPECT_EQ(forecast.mounts[0][0].native, 40u);
  EXPECT_EQ(forecast.mounts[0][0].polled, 10u);
  EXPECT_EQ(forecast.mounts[0][0].reason, Reason::kWatchLimit);
}

TEST(Forecast, SharesOneBudgetAmongAllPaths) {
  const Forecast forecast =
      forecast_of({tree_of({mount_with(50)}), tree_of({mount_with(50)})}, limits_of(100, 0));
  EXPECT_EQ(forecast.mounts[0][0].native, 50u);
  EXPECT_EQ(forecast.mounts[1][0].native, 25u);
  EXPECT_EQ(forecast.mounts[1][0].polled, 25u);
}

TEST(Forecast, TakesNoWatchForAFileSystemThatDoesNotTellAll) {
  const std::vector trees{tree_of({mount_with(60, kRemote), mount_with(60)})};
  const Forecast forecast = forecast_of(trees, limits_of(100, 0));
  EXPECT_EQ(forecast.mounts[0][0].polled, 60u);
  EXPECT_EQ(forecast.mounts[0][0].reason, Reason::kFileSystem);
  EXPECT_EQ(forecast.mounts[0][1].native, 60u);
  ASSERT_EQ(advise(trees, forecast, limits_of(100, 0)).size(), 1u);
}

TEST(Forecast, CountsUnreachableDirectoriesAsNeither) {
  const std::vector trees{tree_of({mount_with(10, kLocal, 3)})};
  const Forecast forecast = forecast_of(trees, limits_of(100, 0));
  EXPECT_EQ(forecast.mounts[0][0].native, 7u);
  EXPECT_EQ(forecast.mounts[0][0].unreachable, 3u);
  EXPECT_EQ(advise(trees, forecast, limits_of(100, 0)).size(), 1u);
}

TEST(Forecast, BelievesARefusalMoreThanTheCounts) {
  const auto refuse = [](const std::string&, const Mount&) {
    return Coverage{Mode::kPolled, Reason::kInstanceLimit, 24};
  };
  const Forecast forecast =
      forecast_of({tree_of({mount_with(5), mount_with(5)})}, limits_of(100, 0), refuse);
  EXPECT_EQ(forecast.mounts[0][0].polled, 5u);
  EXPECT_EQ(forecast.mounts[0][0].os_error, 24);
  EXPECT_EQ(forecast.mounts[0][1].reason, Reason::kInstanceLimit);
  EXPECT_FALSE(forecast.watches_wanted);
}

TEST(Forecast, IsAllNativeWhereNoLimitIsKnown) {
  const Forecast forecast = forecast_of({tree_of({mount_with(1'000'000)})}, WatchLimits{});
  EXPECT_EQ(forecast.mounts[0][0].native, 1'000'000u);
  EXPECT_FALSE(forecast.budget);
  EXPECT_FALSE(forecast.available);
}

TEST(Forecast, NamesALimitThatWouldDo) {
  const std::vector trees{tree_of({mount_with(100'000)})};
  const WatchLimits limits = limits_of(8192, 40'000);
  const Forecast forecast = forecast_of(trees, limits);
  ASSERT_TRUE(forecast.watches_wanted);
  EXPECT_EQ(*forecast.watches_wanted, 262'144u);
  const Forecast then = forecast_of(trees, limits_of(*forecast.watches_wanted, 40'000));
  EXPECT_EQ(then.mounts[0][0].polled, 0u);
  const auto advice = advise(trees, forecast, limits);
  ASSERT_EQ(advice.size(), 1u);
  EXPECT_NE(advice[0].find("max_user_watches=262144"), std::string::npos) << advice[0];
}

TEST(Forecast, SaysThatTheQueueIsSmall) {
  WatchLimits limits = limits_of(100, 0);
  limits.queue_max = kQueueDefault - 1;
  const Forecast forecast = forecast_of({}, limits);
  EXPECT_TRUE(forecast.queue_small);
  EXPECT_EQ(advise({}, forecast, limits).size(), 1u);
  limits.queue_max.reset();
  EXPECT_FALSE(forecast_of({}, limits).queue_small);
}

TEST(Forecast, AdvisesOnAMountThatDoesNotAnswer) {
  Examination tree = tree_of({mount_with(2)});
  tree.stalled_at = "/x/dead";
  const std::vector trees{tree};
  const auto advice = advise(trees, forecast_of(trees, limits_of(100, 0)), limits_of(100, 0));
  ASSERT_EQ(advice.size(), 1u);
  EXPECT_EQ(advice[0].rfind("/x/dead does not answer", 0), 0u) << advice[0];
}

TEST(TryToCover, FindsALocalDirectoryNative) {
  TemporaryTree tree;
  const WatchLimits limits = read_watch_usage();
  if (limits.instances_max && limits.instances_used &&
      *limits.instances_used >= *limits.instances_max)
    GTEST_SKIP() << "no inotify instance is free here";
  EXPECT_EQ(try_to_cover(tree.root(), kLocal).mode, Mode::kNative);
}

TEST(TryToCover, PollsAFileSystemThatDoesNotTellAll) {
  TemporaryTree tree;
  const Coverage coverage = try_to_cover(tree.root(), kRemote);
  EXPECT_EQ(coverage.mode, Mode::kPolled);
  EXPECT_EQ(coverage.reason, Reason::kFileSystem);
}

TEST(TryToCover, LeavesNoDescriptorOpen) {
  const auto open_descriptors = [] {
    std::error_code error;
    std::size_t count = 0;
    for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; at != end; ++at)
      ++count;
    return count;
  };
  TemporaryTree tree;
  (void)try_to_cover(tree.root(), kLocal);
  const std::size_t before = open_descriptors();
  if (before == 0) GTEST_SKIP() << "this system does not list a process's descriptors";
  (void)try_to_cover(tree.root(), kLocal);
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace pawl
