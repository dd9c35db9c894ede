#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "tests/command/process.h"

extern "C" char** environ;  // macOS declares it nowhere

namespace pawl {
namespace {

using Clock = std::chrono::steady_clock;

int milliseconds_to(Clock::time_point until) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 60'000));
}

// The child's side: only what is safe after fork.
[[noreturn]] void become(char* const* arguments, char* const* environment, const char* directory,
                         int output, int errors) {
  const int input = ::open("/dev/null", O_RDONLY);
  if (*directory != '\0' && ::chdir(directory) != 0) ::_exit(126);
  if (::dup2(input, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(errors, 2) < 0) ::_exit(126);
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

// A pipe of which no child inherits an end. pipe2 is not to be had everywhere; no other thread
// forks meanwhile.
bool make_pipe(int (&ends)[2]) {
  if (::pipe(ends) != 0) return false;
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  return true;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

Process::Process(std::vector<std::string> arguments, ProcessOptions options) {
  for (char** at = environ; *at != nullptr; ++at) options.environment.emplace_back(*at);
  error_file_ = ::testing::TempDir() + "pawl-errors-XXXXXX";
  const int errors = ::mkostemp(error_file_.data(), O_CLOEXEC);
  int ends[2];
  if (errors < 0 || !make_pipe(ends)) {
    ADD_FAILURE() << "can't start " << arguments.at(0) << ": " << std::strerror(errno);
    return;
  }
  const std::vector<char*> argument_pointers = pointers(arguments);
  const std::vector<char*> environment = pointers(options.environment);
  pid_ = ::fork();
  if (pid_ == 0)
    become(argument_pointers.data(), environment.data(), options.directory.c_str(), ends[1],
           errors);
  ::close(ends[1]);
  ::close(errors);
  output_ = ends[0];
  if (pid_ < 0) ADD_FAILURE() << "fork: " << std::strerror(errno);
}

Process::~Process() {
  if (pid_ > 0 && !exit_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  close_output();
  ::unlink(error_file_.c_str());
}

bool Process::fill(Clock::time_point until) {
  while (output_ >= 0) {
    struct pollfd ready {
      output_, POLLIN, 0
    };
    const int count = ::poll(&ready, 1, milliseconds_to(until));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    char bytes[16 << 10];
    const ssize_t size = ::read(output_, bytes, sizeof bytes);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }
  return false;
}

bool Process::read_line(std::string& line, std::chrono::milliseconds deadline) {
  const Clock::time_point until = Clock::now() + deadline;
  for (;;) {
    const std::size_t end = buffer_.find('\n');
    if (end != std::string::npos) {
      line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return true;
    }
    if (!fill(until)) return false;
  }
}

bool Process::read_until(const std::function<bool(const std::string&)>& wanted,
                         std::vector<std::string>* seen, std::chrono::milliseconds deadline) {
  const Clock::time_point until = Clock::now() + deadline;
  std::string line;
  while (read_line(line, std::chrono::milliseconds(milliseconds_to(until)))) {
    if (seen != nullptr) seen->push_back(line);
    if (wanted(line)) return true;
  }
  return false;
}

std::vector<std::string> Process::read_rest(std::chrono::milliseconds deadline) {
  std::vector<std::string> lines;
  read_until([](const std::string&) { return false; }, &lines, deadline);
  if (!buffer_.empty()) lines.push_back(std::move(buffer_));
  buffer_.clear();
  return lines;
}

std::size_t Process::unread() const {
  int count = 0;
  return ::ioctl(output_, FIONREAD, &count) == 0 ? static_cast<std::size_t>(count) : 0;
}

void Process::close_output() {
  if (output_ >= 0) ::close(output_);
  output_ = -1;
}

void Process::signal(int number) {
  if (!exit_ && pid_ > 0) ::kill(pid_, number);
}

std::optional<int> Process::wait(std::chrono::milliseconds deadline) {
  const Clock::time_point until = Clock::now() + deadline;
  while (!exit_ && pid_ > 0) {
    int status = 0;
    const int done = ::waitpid(pid_, &status, WNOHANG);
    if (done == pid_) {
      exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else if (Clock::now() >= until) {
      break;
    } else {
      ::poll(nullptr, 0, 2);
    }
  }
  return exit_;
}

std::string Process::errors() const {
  std::ostringstream text;
  text << std::ifstream(error_file_, std::ios::binary).rdbuf();
  return text.str();
}

std::string Finished::all() const {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text + errors;
}

Finished run(std::vector<std::string> arguments, ProcessOptions options) {
  Process process(std::move(arguments), std::move(options));
  Finished finished;
  finished.lines = process.read_rest(std::chrono::milliseconds(60'000));
  finished.exit = process.wait();
  finished.errors = process.errors();
  return finished;
}

}  // namespace pawl
