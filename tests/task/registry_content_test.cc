#include <gtest/gtest.h>

#include "core/task/content_cache.h"

namespace pawl {
namespace {

using ContentPtr = std::shared_ptr<const TaskContent>;

Task task_of(const std::string& checksum) {
  return Task({.checksum = checksum});
}

// Counts what it loads; the script is `size` bytes.
struct CountingLoader {
  int* loads;
  std::size_t size;

  Result<ContentPtr> operator()(const Task& task) const {
    ++*loads;
    if (task.checksum() == "lost")
      return Status(Code::kNotFound, "load", std::string(task.path()));
    return ContentPtr(
        std::make_shared<const TaskContent>(TaskContent{{}, {}, {}, std::string(size, 'x')}));
  }
};

TEST(ContentCache, LoadsAContentOnceHoweverManyTasksHaveIt) {
  int loads = 0;
  ContentCache cache(100'000, CountingLoader{&loads, 10});
  const auto first = cache.content(task_of("a"));
  const auto second = cache.content(task_of("a"));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(loads, 1);
}

TEST(ContentCache, DropsWhatWasUsedLongestAgo) {
  int loads = 0;
  ContentCache cache(3'500, CountingLoader{&loads, 1'000});
  for (const char* checksum : {"a", "b", "c"}) ASSERT_TRUE(cache.content(task_of(checksum)).ok());
  ASSERT_TRUE(cache.content(task_of("a")).ok());
  EXPECT_EQ(loads, 3);
  ASSERT_TRUE(cache.content(task_of("d")).ok());  // b goes
  EXPECT_LE(cache.bytes(), 3'500u);
  ASSERT_TRUE(cache.content(task_of("a")).ok());
  ASSERT_TRUE(cache.content(task_of("c")).ok());
  EXPECT_EQ(loads, 4);
  ASSERT_TRUE(cache.content(task_of("b")).ok());
  EXPECT_EQ(loads, 5);
}

TEST(ContentCache, GivesOutWhatIsTooLargeToKeep) {
  int loads = 0;
  ContentCache cache(500, CountingLoader{&loads, 1'000});
  const auto content = cache.content(task_of("a"));
  ASSERT_TRUE(content);
  EXPECT_EQ((*content)->script.size(), 1'000u);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(ContentCache, PassesAnErrorOnAndTriesAgainNextTime) {
  int loads = 0;
  ContentCache cache(500, CountingLoader{&loads, 10});
  EXPECT_EQ(cache.content(task_of("lost")).status().code(), Code::kNotFound);
  EXPECT_FALSE(cache.content(task_of("lost")).ok());
  EXPECT_EQ(loads, 2);
}

TEST(ContentCache, KeepsAContentOnItsOwnAfterItWasDropped) {
  int loads = 0;
  ContentCache cache(1'500, CountingLoader{&loads, 1'000});
  const auto held = cache.content(task_of("a"));
  ASSERT_TRUE(cache.content(task_of("b")).ok());
  EXPECT_EQ((*held)->script.size(), 1'000u);
}

TEST(ContentCache, TakesWhatIsAtHand) {
  int loads = 0;
  ContentCache cache(1'500, CountingLoader{&loads, 10});
  const auto content = std::make_shared<const TaskContent>();
  cache.put("a", content);
  EXPECT_EQ(*cache.content(task_of("a")), content);
  EXPECT_EQ(loads, 0);
}

}  // namespace
}  // namespace pawl
