// D. CPU per event while files are created in a watched tree, beside a bare loop that reads inotify
// with the same mask. The program that gives the same answer must look at each file (what is it,
// and is it still there?), so the loop that counts has one fstatat a file; the one without is told
// too.
//
// Created in bursts of kBurst with a pause between, so that no queue overflows and both loops have
// the same batches to work on. Then, in one more run, as fast as it goes, with every line counted.
//
// In /dev/shm, where there is one: ext4 takes 400 us and not 5 to create a file for some seconds
// after many were deleted (it keeps the inodes of what went from being used again).
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/bare/inotify_loop.h"
#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tree.h"

namespace {

constexpr std::size_t kDirectories = 100;
constexpr std::size_t kBurst = 500;
constexpr long kPauseNs = 20'000'000;

void create_files(const std::vector<std::string>& directories, std::size_t count, bool pauses) {
  std::vector<int> open;
  for (const std::string& path : directories)
    open.push_back(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  char name[32];
  for (std::size_t i = 0; i < count; ++i) {
    std::snprintf(name, sizeof name, "created-%07zu", i);
    const int fd = ::openat(open[i / 50 % open.size()], name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    bare::must(fd >= 0, std::string("create ") + name);
    ::close(fd);
    if (!pauses || (i + 1) % kBurst != 0) continue;
    const timespec pause{0, kPauseNs};
    ::nanosleep(&pause, nullptr);
  }
  for (const int fd : open) ::close(fd);
}

struct Watched {
  std::string root;
  std::vector<std::string> directories;
};

Watched new_tree(const bare::Options& options) {
  static int number = 0;
  const std::string root = options.scratch + "/storm-" + std::to_string(++number);
  return {root, bare::make_tree(root, kDirectories, 0)};
}

// Starts pawl on a new tree with its lines on a pipe, and returns the reading end once it is ready.
// CPU of the storm alone: from a rest to a rest.
double storm_cpu_ms(const bare::Child& child, const Watched& watched, std::size_t count) {
  const bare::Cost before = child.cost_when_at_rest();
  // A copy of this process creates the files: what it uses is not the watcher's.
  bare::Child creator =
      bare::Child::function([&] { create_files(watched.directories, count, true); });
  creator.wait();
  return (child.cost_when_at_rest() - before).cpu_ms;
}

double pawl_storm(const bare::Options& options) {
  const Watched watched = new_tree(options);
  bare::Child pawl =
      bare::Child::program({options.pawl, "events", watched.root, "--json", "--quiet"});
  const double cpu_ms = storm_cpu_ms(pawl, watched, options.size);
  pawl.signal(SIGTERM);
  pawl.wait();
  std::filesystem::remove_all(watched.root);
  return cpu_ms;
}

double bare_storm(const bare::Options& options, bare::Tell tell) {
  const Watched watched = new_tree(options);
  bare::Child loop = bare::Child::function([&] {
    const int null = ::open("/dev/null", O_WRONLY);
    ::dup2(null, STDOUT_FILENO);
    bare::tell_of_files(watched.directories, tell, null);
  });
  const double cpu_ms = storm_cpu_ms(loop, watched, options.size);
  loop.signal(SIGKILL);
  loop.wait();
  std::filesystem::remove_all(watched.root);
  return cpu_ms;
}

// As fast as it goes: every file has to be told. Returns how many were not.
std::size_t lost_in_full_speed(const bare::Options& options) {
  const Watched watched = new_tree(options);
  int ends[2];
  bare::must(::pipe2(ends, O_CLOEXEC) == 0, "pipe");
  bare::Child pawl =
      bare::Child::program({options.pawl, "events", watched.root, "--json", "--quiet"}, ends[1]);
  ::close(ends[1]);
  std::FILE* lines = ::fdopen(ends[0], "r");
  std::setvbuf(lines, nullptr, _IONBF, 0);
  char line[1 << 16];
  while (std::fgets(line, sizeof line, lines) != nullptr && std::strstr(line, "ready") == nullptr) {
  }
  bare::Child creator =
      bare::Child::function([&] { create_files(watched.directories, options.size, false); });
  std::vector<bool> told(options.size);
  std::size_t missing = options.size;
  // The stream ends for us when nothing came for a while: longer than a rescan may pause. stdio is
  // unbuffered, so nothing hides from poll.
  std::string rest;
  for (pollfd wanted{ends[0], POLLIN, 0}; missing > 0 && ::poll(&wanted, 1, 70'000) == 1;) {
    const ssize_t got = ::read(ends[0], line, sizeof line);
    if (got <= 0) break;
    rest.append(line, static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end; (end = rest.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const std::string_view told_line(rest.data() + begin, end - begin);
      const std::size_t at = told_line.find("/created-");
      if (at == std::string_view::npos ||
          told_line.find("\"kind\":\"created\"") == std::string_view::npos)
        continue;
      const std::size_t i = std::strtoull(told_line.data() + at + 9, nullptr, 10);
      if (i < told.size() && !told[i]) {
        told[i] = true;
        --missing;
      }
    }
    rest.erase(0, begin);
  }
  creator.wait();
  pawl.signal(SIGTERM);
  pawl.wait();
  std::fclose(lines);
  std::filesystem::remove_all(watched.root);
  return missing;
}

}  // namespace

int main(int argc, char** argv) {
  bare::Options options = bare::options_of(argc, argv, 100'000);
  if (std::filesystem::is_directory("/dev/shm")) {
    bare::remove_scratch(options);
    options.scratch = "/dev/shm/pawl-bench-" + std::to_string(::getpid());
  }
  const double count = static_cast<double>(options.size);
  {
    bare::Report report("storm of " + std::to_string(options.size) + " files");
    for (int run = 0; run < options.runs; ++run) {
      const double pawl = pawl_storm(options);
      if (options.only == "pawl") continue;
      const double looked = bare_storm(options, bare::Tell::kLooked);
      const double names = bare_storm(options, bare::Tell::kNamesOnly);
      report.add("CPU, pawl / (inotify + fstatat + line)", pawl / looked);
      report.add("CPU, pawl / (inotify + line)", pawl / names);
      report.add("pawl, CPU us an event", pawl * 1e3 / count);
      report.add("bare with fstatat, CPU us an event", looked * 1e3 / count);
      report.add("bare without, CPU us an event", names * 1e3 / count);
    }
    if (options.only.empty())
      report.add("files lost at full speed", static_cast<double>(lost_in_full_speed(options)));
    report.target("CPU, pawl / (inotify + fstatat + line)", 1.5);
  }
  bare::remove_scratch(options);
}
