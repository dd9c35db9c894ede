#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/fallback/disk.h"

namespace pawl {
namespace {

// Goes down, one directory at a time; the descriptor of the innermost, or -1.
int descend(const std::string& path, const std::string& name, int depth, bool make) {
  int at = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (int i = 0; at >= 0 && i < depth; ++i) {
    if (make) ::mkdirat(at, name.c_str(), 0755);
    const int next = ::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ::close(at);
    at = next;
  }
  return at;
}

bool write_end(int directory) {
  if (directory < 0) return false;
  const int file = ::openat(directory, "end", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const bool written = file >= 0 && ::write(file, "text", 4) == 4;
  if (file >= 0) ::close(file);
  ::close(directory);
  return written;
}

}  // namespace

bool shell(const std::string& command) {
  return std::system(("(" + command + ") >/dev/null 2>&1").c_str()) == 0;
}

bool has_program(const std::string& name) {
  return shell("command -v " + name);
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

void overwrite_file(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  EXPECT_EQ(::write(file, text.data(), text.size()), static_cast<ssize_t>(text.size())) << path;
  ::close(file);
}

void append_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::app) << text;
}

void rename_path(const std::string& from, const std::string& to) { std::filesystem::rename(from, to); }

void remove_path(const std::string& path) { std::filesystem::remove_all(path); }

bool set_mode(const std::string& path, unsigned mode) {
  EXPECT_EQ(::chmod(path.c_str(), mode), 0) << path;
  return true;
}

bool make_deep(const std::string& path, const std::string& name, int depth) {
  return write_end(descend(path, name, depth, true));
}

bool touch_deep(const std::string& path, const std::string& name, int depth) {
  return write_end(descend(path, name, depth, false));
}

bool others_may_reach(std::string path) {
  struct stat st;
  for (; !path.empty(); path.erase(path.rfind('/')))
    if (::stat(path.c_str(), &st) != 0 || (st.st_mode & S_IXOTH) == 0) return false;
  return true;
}

bool is_root_user() {
  return ::geteuid() == 0;
}

Child::Child(const std::function<void()>& body, unsigned uid) {
  std::fflush(nullptr);
  pid_ = ::fork();
  if (pid_ != 0) return;
  if (uid != 0 && (::setgid(uid) != 0 || ::setuid(uid) != 0)) std::_Exit(2);
  body();
  std::fflush(nullptr);
  std::_Exit(testing::Test::HasFailure() ? 1 : 0);
}

Child::~Child() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool Child::wait() {
  int status = 0;
  const bool ended = pid_ > 0 && ::waitpid(pid_, &status, 0) == pid_;
  pid_ = -1;
  return ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void Child::stop() {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
}

void Child::go_on() {
  ::kill(pid_, SIGCONT);
}

bool BindFs::possible() {
  return is_root_user() && has_program("bindfs") && ::access("/dev/fuse", R_OK | W_OK) == 0;
}

BindFs::BindFs(std::string below, std::string at) : at_(std::move(at)) {
  std::fflush(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::execlp("bindfs", "bindfs", "-f", "-o", "nonempty", below.c_str(), at_.c_str(), nullptr);
    std::_Exit(127);
  }
  // It is mounted once its device is another than that of the directory around it. Nothing wakes one
  // for that, so it is looked for, for 5 s at most.
  const auto device = [](const std::string& path) {
    struct stat st;
    return ::stat(path.c_str(), &st) == 0 ? st.st_dev : 0;
  };
  for (int i = 0; i < 500 && !mounted_; ++i) {
    mounted_ = device(at_) != device(at_ + "/..");
    if (!mounted_) ::usleep(10'000);
  }
}

BindFs::~BindFs() {
  if (mounted_) unmount();
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void BindFs::stop() {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
}

void BindFs::go_on() {
  ::kill(pid_, SIGCONT);
}

void BindFs::unmount() {
  detach();
  go_on();
}

void BindFs::detach() {
  // Lazily: a stopped one would never let go of what is in use.
  mounted_ = !shell("umount -l '" + at_ + "'");
  EXPECT_FALSE(mounted_) << at_;
}

bool enter_user_namespace() {
#ifdef __linux__
  const unsigned user = ::geteuid();
  if (::unshare(CLONE_NEWUSER) != 0) return false;
  // One id is enough, and all that a user who is not root may map.
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream map("/proc/self/uid_map");
  map << "0 " << user << " 1";
  return static_cast<bool>(map.flush());
#else
  return false;
#endif
}

bool set_user_limit(const std::string& name, unsigned value) {
  std::ofstream file("/proc/sys/user/" + name);
  file << value;
  return static_cast<bool>(file.flush());
}

}  // namespace pawl
