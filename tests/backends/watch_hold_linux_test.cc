#include "backends/watch_hold.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "backends/thread_clock.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

constexpr int kFiles = 100'000;

class WatchHold : public testing::Test {
 protected:
  WatchHold() {
    std::string name = (fs::temp_directory_path() / "pawl-hold-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~WatchHold() override { fs::remove_all(path); }

  // What it takes this thread to watch the directory; the least of some attempts.
  Duration cost_of_a_watch() const {
    Duration least = Duration::max();
    for (int i = 0; i < 5; ++i) {
      const int fd = ::inotify_init1(IN_CLOEXEC);
      const Duration before = thread_cpu_time();
      EXPECT_GE(::inotify_add_watch(fd, path.c_str(), IN_MODIFY | IN_ATTRIB | IN_CREATE), 0);
      least = std::min(least, thread_cpu_time() - before);
      ::close(fd);
    }
    return least;
  }

  std::string path;
};

TEST_F(WatchHold, MakesTheNextWatchCheapHoweverManyNamesThereAre) {
  for (int i = 0; i < kFiles; ++i)
    ::close(::open((path + "/" + std::to_string(i)).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  const Duration alone = cost_of_a_watch();
  std::shared_ptr<void> held = hold_watch(path);
  if (held == nullptr) GTEST_SKIP() << "no inotify instance is free here";
  EXPECT_LT(cost_of_a_watch() * 4, alone);
}

TEST_F(WatchHold, IsNullWhereThereIsNothingToWatch) {
  EXPECT_EQ(hold_watch(path + "/nothing"), nullptr);
}

}  // namespace
}  // namespace pawl
