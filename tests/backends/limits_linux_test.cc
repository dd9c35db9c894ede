#include "backends/limits.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "backends/file_system.h"
#include "tests/backends/scratch_world.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

class Limits : public testing::Test {
 protected:
  void put(const std::string& name, const std::string& text) {
    const fs::path path = fs::path(proc()) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  void put_descriptor(const std::string& process, int fd, const std::string& target,
                      const std::string& info) {
    put(process + "/fdinfo/" + std::to_string(fd), info);
    fs::create_directories(proc() + "/" + process + "/fd");
    fs::create_symlink(target, proc() + "/" + process + "/fd/" + std::to_string(fd));
  }
  const std::string& proc() { return world_.root(); }

  ScratchWorld world_{make_file_system()};
};

TEST_F(Limits, AreUnknownWhereNothingTellsThem) {
  const WatchLimits limits = read_watch_limits(proc());
  EXPECT_FALSE(limits.watches_max);
  EXPECT_FALSE(limits.instances_max);
  EXPECT_FALSE(limits.queue_max);
  EXPECT_FALSE(limits.note.empty());
  EXPECT_FALSE(read_watch_usage(proc() + "/absent").watches_used);
}

TEST_F(Limits, AreThoseOfTheMachine) {
  put("sys/fs/inotify/max_user_watches", "8192\n");
  put("sys/fs/inotify/max_user_instances", "128\n");
  put("sys/fs/inotify/max_queued_events", "16384\n");
  const WatchLimits limits = read_watch_limits(proc());
  EXPECT_EQ(limits.watches_max, 8192u);
  EXPECT_EQ(limits.instances_max, 128u);
  EXPECT_EQ(limits.queue_max, 16384u);
  EXPECT_EQ(limits.note, "");
}

TEST_F(Limits, OfTheUserNamespaceHoldWhereTheyAreSmaller) {
  put("sys/fs/inotify/max_user_watches", "8192\n");
  put("sys/fs/inotify/max_user_instances", "128\n");
  put("sys/user/max_inotify_watches", "10\n");
  put("sys/user/max_inotify_instances", "2147483647\n");
  const WatchLimits limits = read_watch_limits(proc());
  EXPECT_EQ(limits.watches_max, 10u);
  EXPECT_EQ(limits.instances_max, 128u);
  EXPECT_NE(limits.note.find("namespace"), std::string::npos);
}

TEST_F(Limits, NonsenseIsUnknown) {
  put("sys/fs/inotify/max_user_watches", "many\n");
  put("sys/fs/inotify/max_user_instances", "");
  const WatchLimits limits = read_watch_limits(proc());
  EXPECT_FALSE(limits.watches_max);
  EXPECT_FALSE(limits.instances_max);
}

TEST_F(Limits, UsageCountsInstancesAndTheirWatches) {
  put_descriptor(
      "100", 3, "anon_inode:inotify",
      "pos:\t0\nflags:\t02004000\ninotify wd:2 ino:1 sdev:1\ninotify wd:1 ino:2 sdev:1\n");
  put_descriptor("100", 4, "/etc/inotify", "inotify wd:1\n");
  put_descriptor("200", 7, "anon_inode:inotify", "inotify wd:1 ino:9 sdev:1\n");
  put_descriptor("self", 7, "anon_inode:inotify", "inotify wd:1 ino:9 sdev:1\n");
  const WatchLimits limits = read_watch_usage(proc());
  EXPECT_EQ(limits.instances_used, 2u);
  EXPECT_EQ(limits.watches_used, 3u);
}

TEST_F(Limits, UsageLeavesOtherUsersOut) {
  put_descriptor("100", 3, "anon_inode:inotify", "inotify wd:1\n");
  put_descriptor("200", 3, "anon_inode:inotify", "inotify wd:1\n");
  if (::chown((proc() + "/200").c_str(), 12345, 12345) != 0) GTEST_SKIP() << "only root may chown";
  EXPECT_EQ(read_watch_usage(proc()).watches_used, 1u);
}

TEST_F(Limits, UsageOfTheRealSystemSeesAWatchOfOurOwn) {
  if (!read_watch_limits().watches_max) GTEST_SKIP() << "no inotify limits in /proc";
  const int fd = ::inotify_init1(IN_CLOEXEC);
  if (fd < 0) GTEST_SKIP() << "no inotify instance left";
  const WatchLimits before = read_watch_usage();
  ASSERT_GE(::inotify_add_watch(fd, proc().c_str(), IN_CREATE), 0);
  const WatchLimits after = read_watch_usage();
  ::close(fd);
  ASSERT_TRUE(before.watches_used && after.watches_used && after.instances_used);
  EXPECT_GE(*after.instances_used, 1u);
  // Others of this user may come and go meanwhile; here and in CI they mostly don't.
  EXPECT_GE(*after.watches_used, 1u);
}

// Exit codes of the child: 0 right, 1 wrong, 2 the machine does not allow it.
int limits_in_a_namespace() {
  const uid_t uid = ::geteuid();
  if (::unshare(CLONE_NEWUSER) != 0) return 2;
  const auto write = [](const char* path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    file.close();
    return file.good();
  };
  if (!write("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1")) return 2;
  if (!write("/proc/sys/user/max_inotify_watches", "10")) return 2;
  const WatchLimits limits = read_watch_limits();
  return limits.watches_max == 10u && !limits.note.empty() ? 0 : 1;
}

TEST_F(Limits, OfARealUserNamespaceAreSeen) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(limits_in_a_namespace());
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 2) GTEST_SKIP() << "user namespaces are not allowed here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace pawl
