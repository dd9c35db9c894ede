#include <gtest/gtest.h>

#include <algorithm>

#include "core/task/reload_queue.h"

namespace pawl {
namespace {

constexpr Instant kStart{seconds(100)};

ReloadQueue::Options options(std::uint32_t loading_max = 2) {
  return {loading_max, seconds(1), milliseconds(50)};
}

TEST(ReloadQueue, GivesPathsInTheOrderInWhichTheyWereWanted) {
  ReloadQueue queue(options(3));
  for (const char* path : {"c", "a", "b", "a"}) queue.want(path);
  EXPECT_EQ(queue.take(kStart), "c");
  EXPECT_EQ(queue.take(kStart), "a");
  EXPECT_EQ(queue.take(kStart), "b");
  EXPECT_EQ(queue.take(kStart), std::nullopt);
}

TEST(ReloadQueue, NeverLoadsMoreThanItsLimitNorOnePathTwice) {
  ReloadQueue queue(options(2));
  for (const char* path : {"a", "b", "c"}) queue.want(path);
  EXPECT_EQ(queue.take(kStart), "a");
  EXPECT_EQ(queue.take(kStart), "b");
  EXPECT_EQ(queue.take(kStart), std::nullopt);
  queue.want("a");
  queue.finish("b");
  EXPECT_EQ(queue.take(kStart), "c");
  queue.finish("a");
  EXPECT_EQ(queue.take(kStart), "a");
  EXPECT_FALSE(queue.idle());
  queue.finish("a");
  queue.finish("c");
  EXPECT_TRUE(queue.idle());
}

TEST(ReloadQueue, DropsTheResultOfWhatWasForgotten) {
  ReloadQueue queue(options());
  queue.want("a");
  queue.want("b");
  EXPECT_EQ(queue.take(kStart), "a");
  queue.forget("a");
  queue.forget("b");
  EXPECT_FALSE(queue.counts("a"));
  EXPECT_FALSE(queue.idle());  // its worker is still at it
  queue.want("a");
  queue.finish("a");
  EXPECT_EQ(queue.take(kStart), "a");
  EXPECT_TRUE(queue.counts("a"));
  EXPECT_EQ(queue.take(kStart), std::nullopt);
}

TEST(ReloadQueue, TriesAgainLaterAndLater) {
  ReloadQueue queue(options());
  Instant now = kStart;
  Duration before{};
  for (int i = 0; i < 6; ++i) {
    queue.want("other");  // waiting does not hold others back
    if (i == 0) queue.want("a");
    ASSERT_EQ(queue.take(now), "other");
    ASSERT_EQ(queue.take(now), "a");
    queue.finish("other");
    queue.finish_failed("a", now);
    const Duration delay = queue.next_deadline() - now;
    EXPECT_GT(delay, before);
    EXPECT_EQ(queue.take(now + delay - Duration(1)), std::nullopt);
    before = delay;
    now += delay;
  }
  EXPECT_EQ(queue.failures("a"), 6u);
}

TEST(ReloadQueue, IsIdleThoughWhatIsKnownToBeBadIsStillTried) {
  ReloadQueue queue(options());
  queue.want("a");
  Instant now = kStart;
  for (std::uint32_t i = 1; i <= ReloadQueue::kFailuresShown; ++i) {
    EXPECT_FALSE(queue.idle());
    ASSERT_EQ(queue.take(now), "a");
    queue.finish_failed("a", now);
    now = queue.next_deadline();
  }
  EXPECT_TRUE(queue.idle());
  queue.want("a");
  EXPECT_FALSE(queue.idle());
  ASSERT_EQ(queue.take(now), "a");
  EXPECT_EQ(queue.failures("a"), 0u);
  queue.finish("a");
  EXPECT_TRUE(queue.idle());
  EXPECT_EQ(queue.next_deadline(), kNever);
}

TEST(ReloadQueue, HurriesWhatWaits) {
  ReloadQueue queue(options());
  queue.want("a");
  ASSERT_EQ(queue.take(kStart), "a");
  queue.finish_failed("a", kStart);
  EXPECT_EQ(queue.take(kStart), std::nullopt);
  queue.hurry(kStart);
  EXPECT_EQ(queue.take(kStart), "a");
}

TEST(RetryDelay, DoublesUpToAMinuteWithinAQuarter) {
  for (const char* path : {"/t/a", "/t/b", "/t/c"}) {
    Duration plain = seconds(1);
    for (std::uint32_t failures = 1; failures < 100; ++failures) {
      const Duration delay = retry_delay(seconds(1), failures, path);
      EXPECT_GE(delay, plain * 3 / 4);
      EXPECT_LE(delay, plain * 5 / 4);
      EXPECT_EQ(delay, retry_delay(seconds(1), failures, path));
      plain = std::min<Duration>(plain * 2, seconds(60));
    }
  }
  EXPECT_NE(retry_delay(seconds(1), 1, "/t/a"), retry_delay(seconds(1), 1, "/t/b"));
}

}  // namespace
}  // namespace pawl
