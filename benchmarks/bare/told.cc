#include "benchmarks/bare/told.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>

namespace bare {
namespace {

double now_ms() {
  return cost_until_now().wall_ms;
}

struct Pipe {
  int read = -1;
  int write = -1;
};

Pipe make_pipe() {
  int ends[2];
  must(::pipe2(ends, O_CLOEXEC) == 0, "pipe");
  // Whoever watches is not to be held up by us.
  ::fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);
  return {ends[0], ends[1]};
}

std::string text_of(const std::string& json, const std::string& key) {
  const std::size_t at = json.find("\"" + key + "\":");
  if (at == std::string::npos) fail("the judge has said: " + json);
  return json.substr(at + key.size() + 3);
}

}  // namespace

Told::Told(Child child, int lines, std::string scratch)
    : child_(std::move(child)), lines_(lines), scratch_(std::move(scratch)) {}
Told::Told(Told&& other) noexcept
    : child_(std::move(other.child_)),
      lines_(std::exchange(other.lines_, -1)),
      scratch_(std::move(other.scratch_)) {}

Told Told::program(const std::vector<std::string>& command, const std::string& scratch) {
  const Pipe pipe = make_pipe();
  Child child = Child::program(command, pipe.write);
  ::close(pipe.write);
  return {std::move(child), pipe.read, scratch};
}

Told Told::function(const std::function<void()>& work, const std::string& scratch) {
  const Pipe pipe = make_pipe();
  Child child = Child::function([&] {
    ::dup2(pipe.write, STDOUT_FILENO);
    work();
  });
  ::close(pipe.write);
  return {std::move(child), pipe.read, scratch};
}

Told::~Told() {
  if (lines_ < 0) return;
  ::close(lines_);
  if (child_.pid() < 0) return;
  child_.signal(SIGCONT);
  child_.signal(SIGTERM);
  child_.end_within(3000);
}

bool Told::wait_until_watching(const std::vector<std::string>& directories, double deadline_ms) {
  std::vector<std::string> silent = directories;
  std::string text;
  const double end = now_ms() + deadline_ms;
  for (int round = 0; !silent.empty() && now_ms() < end; ++round) {
    for (const std::string& path : silent)
      std::ofstream(path + "/canary-" + std::to_string(round)) << round;
    for (const double until = now_ms() + 300; !silent.empty() && now_ms() < until;) {
      pollfd wanted{lines_, POLLIN, 0};
      if (::poll(&wanted, 1, 50) != 1) continue;
      char buffer[1 << 16];
      const ssize_t size = ::read(lines_, buffer, sizeof buffer);
      if (size <= 0) return false;
      text.append(buffer, static_cast<std::size_t>(size));
      std::erase_if(silent, [&](const std::string& path) {
        return text.find(path + "/canary-") != std::string::npos;
      });
    }
  }
  return silent.empty();
}

Verdict Told::judge(const std::vector<std::string>& paths, const std::function<void()>& work,
                    int silence_ms) {
  const std::string list = scratch_ + "/expected";
  {
    std::ofstream file(list, std::ios::trunc);
    for (const std::string& path : paths) file << path << '\n';
  }
  const Pipe said = make_pipe();
  Child judge = Child::program({PAWL_JUDGE, list, std::to_string(silence_ms)}, said.write, lines_);
  ::close(said.write);
  const Cost before = child_.cost_when_at_rest();
  const double begin = now_ms();
  work();
  std::FILE* stream = ::fdopen(said.read, "r");
  char line[1 << 14] = "";
  must(std::fgets(line, sizeof line, stream) != nullptr, "hear the judge");
  std::fclose(stream);
  Verdict verdict;
  verdict.done = std::strtoull(text_of(line, "expected").c_str(), nullptr, 10);
  verdict.told = std::strtoull(text_of(line, "told").c_str(), nullptr, 10);
  verdict.told_ms = std::strtod(text_of(line, "last_ns").c_str(), nullptr) / 1e6 - begin;
  verdict.lost = text_of(line, "lost").substr(1);
  verdict.lost.erase(verdict.lost.find('"'));
  verdict.cpu_ms = (child_.cost_when_at_rest() - before).cpu_ms;
  ::close(std::exchange(lines_, ::open("/dev/null", O_RDONLY | O_CLOEXEC)));
  child_.signal(SIGCONT);
  child_.signal(SIGTERM);
  child_.end_within(3000);
  judge.wait();
  return verdict;
}

}  // namespace bare
