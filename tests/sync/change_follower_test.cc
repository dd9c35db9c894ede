// Following the feed of a database whose file becomes another one.
#include "sync/change_follower.h"

#include <condition_variable>
#include <mutex>

#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

using namespace testing;
using Kind = TaskEventKind;

constexpr std::chrono::seconds kDeadline{20};

class Followed : public ::testing::Test {
 protected:
  // `count` tasks, from an empty database on or behind `feed_after`, committed at `now`.
  void fill(int count, WallMs now, std::int64_t feed_after = 0) const {
    Result<std::unique_ptr<Store>> store =
        Store::open(path_, {.feed_after = feed_after, .place_when_done = true});
    ASSERT_TRUE(store.ok()) << store.status().message();
    std::vector<TaskEvent> events;
    for (int i = 0; i < count; ++i) {
      const std::string version = std::to_string(i) + ".0.0";
      events.push_back(event(Kind::kAdded, {.version = version, .path = "/" + version}));
    }
    commit(**store, std::move(events), now);
    ASSERT_TRUE((*store)->place().ok());
  }
  std::unique_ptr<ChangeFollower> follow(std::int64_t cursor) {
    return std::make_unique<ChangeFollower>(ChangeFollower::Options{
        .database = path_,
        .cursor = cursor,
        .on_changes =
            [this](const std::vector<StoredChange>& changes) {
              for (const StoredChange& change : changes) tell(std::to_string(change.seq));
            },
        .on_resync = [this](std::int64_t from) { tell("resync " + std::to_string(from)); },
        .on_error = nullptr});
  }
  // One of three entries, followed until `wanted` was told, and then gone; copied before that to
  // `copy`.
  std::unique_ptr<ChangeFollower> follow_three(std::int64_t cursor, const std::string& wanted,
                                               const std::string& copy = {}) {
    fill(3, kNow);
    std::unique_ptr<ChangeFollower> follower = follow(cursor);
    EXPECT_EQ(told(wanted), wanted);
    if (!copy.empty()) std::filesystem::copy_file(path_, copy);
    for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + part);
    return follower;
  }
  void tell(const std::string& what) {
    const std::lock_guard lock(mutex_);
    told_ += what + ' ';
    changed_.notify_all();
  }
  // What was told so far, once that is `wanted`, or at the deadline.
  std::string told(const std::string& wanted) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kDeadline, [&] { return told_ == wanted; });
    return told_;
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "r.db";
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string told_;
};

// The new one appears with its whole feed, which has come further than the cursor.
TEST_F(Followed, WhenItIsMadeAnewIsTakenAnew) {
  const auto follower = follow_three(0, "1 2 3 ");
  fill(5, kNow + 1);
  EXPECT_EQ(told("1 2 3 resync 5 "), "1 2 3 resync 5 ");
}

TEST_F(Followed, WhenItIsMadeAnewIsTakenAnewByWhoCameWithACursor) {
  const auto follower = follow_three(2, "3 ");
  fill(3, kNow + 1);
  EXPECT_EQ(told("3 resync 3 "), "3 resync 3 ");
}

TEST_F(Followed, GoesOnInAnotherFileThatGoesOn) {
  const auto follower = follow_three(0, "1 2 3 ");
  fill(2, kNow + 1, 3);
  EXPECT_EQ(told("1 2 3 4 5 "), "1 2 3 4 5 ");
}

// A copy that was put back.
TEST_F(Followed, GoesOnInACopyOfIt) {
  const auto follower = follow_three(0, "1 2 3 ", folder_ / "copy");
  std::filesystem::rename(folder_ / "copy", path_);
  fill(1, kNow + 1);
  EXPECT_EQ(told("1 2 3 4 "), "1 2 3 4 ");
}

}  // namespace
}  // namespace pawl
