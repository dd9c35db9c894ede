#include "benchmarks/bare/measure.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

extern char** environ;

namespace bare {
namespace {

double now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double milliseconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

double cpu_of(const rusage& usage) {
  return milliseconds_of(usage.ru_utime) + milliseconds_of(usage.ru_stime);
}

// Of a process and all below it. False: it has gone.
bool add_cpu(pid_t pid, double& cpu_ms) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return false;
  cpu_ms += static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
  const std::string number = std::to_string(pid);
  std::ifstream children("/proc/" + number + "/task/" + number + "/children");
  for (pid_t child; children >> child;) add_cpu(child, cpu_ms);
  return true;
}

}  // namespace

void fail(const std::string& why) {
  std::fprintf(stderr, "benchmark: %s\n", why.c_str());
  std::exit(1);
}

void must(bool ok, const std::string& what) {
  if (!ok) fail(what + ": " + std::strerror(errno));
}

Cost cost_until_now() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return {cpu_of(usage), now_ms()};
}

Cost in_child(const std::function<void()>& work) {
  int ends[2];
  must(::pipe(ends) == 0, "pipe");
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  must(pid >= 0, "fork");
  if (pid == 0) {
    const Cost before = cost_until_now();
    work();
    const Cost cost = cost_until_now() - before;
    const bool told = ::write(ends[1], &cost, sizeof cost) == sizeof cost;
    ::_exit(told ? 0 : 1);
  }
  ::close(ends[1]);
  Cost cost;
  const bool told = ::read(ends[0], &cost, sizeof cost) == sizeof cost;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (!told || status != 0) fail("a bare loop has failed");
  return cost;
}

Child::Child(pid_t pid) : pid_(pid), started_ms_(now_ms()) {}
Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), started_ms_(other.started_ms_) {}

Child::~Child() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

Child Child::program(const std::vector<std::string>& arguments, int output, int input) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (output >= 0) {
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  } else {
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  }
  if (input >= 0) ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  pid_t pid = -1;
  errno = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  must(errno == 0, "start " + arguments[0]);
  ::posix_spawn_file_actions_destroy(&actions);
  return Child(pid);
}

Child Child::function(const std::function<void()>& work) {
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  must(pid >= 0, "fork");
  if (pid == 0) {
    work();
    ::_exit(0);
  }
  return Child(pid);
}

Cost Child::cost() const {
  double cpu_ms = 0;
  must(add_cpu(pid_, cpu_ms), "read the CPU time of a child");
  return {cpu_ms, now_ms()};
}

Cost Child::cost_when_at_rest(double idle_ms) const {
  Cost before = cost();
  for (const double end = before.wall_ms + 20'000;;) {
    const timespec pause{0, 250'000'000};
    ::nanosleep(&pause, nullptr);
    const Cost after = cost();
    if (after.cpu_ms - before.cpu_ms < idle_ms || after.wall_ms > end) return before;
    before = after;
  }
}

std::uint64_t Child::resident_bytes() const {
  std::FILE* file = std::fopen(("/proc/" + std::to_string(pid_) + "/status").c_str(), "r");
  if (file == nullptr) return 0;
  char line[256];
  std::uint64_t kilobytes = 0;
  while (std::fgets(line, sizeof line, file) != nullptr)
    if (std::strncmp(line, "VmRSS:", 6) == 0) kilobytes = std::strtoull(line + 6, nullptr, 10);
  std::fclose(file);
  return kilobytes * 1024;
}

Cost Child::wait(int* exit_code) {
  int status = 0;
  rusage usage{};
  must(::wait4(pid_, &status, 0, &usage) == pid_, "wait for a child");
  pid_ = -1;
  if (exit_code != nullptr)
    *exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {cpu_of(usage), now_ms() - started_ms_};
}

void Child::end_within(int milliseconds) {
  for (const double end = now_ms() + milliseconds; now_ms() < end;) {
    if (::waitpid(pid_, nullptr, WNOHANG) != 0) {
      pid_ = -1;
      return;
    }
    const timespec pause{0, 5'000'000};
    ::nanosleep(&pause, nullptr);
  }
  ::kill(pid_, SIGKILL);
  ::waitpid(std::exchange(pid_, -1), nullptr, 0);
}

void Child::signal(int number) const {
  ::kill(pid_, number);
}

Cost run_program(const std::vector<std::string>& arguments) {
  Child child = Child::program(arguments);
  int exit_code = 0;
  const Cost cost = child.wait(&exit_code);
  if (exit_code != 0) fail(arguments[0] + " ended with " + std::to_string(exit_code));
  return cost;
}

}  // namespace bare
