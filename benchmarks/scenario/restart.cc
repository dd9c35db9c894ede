// B. `pawl sync` again with nothing changed, beside a bare sweep of the same entries (see
// bare/tree.h: openat and getdents64 of each directory, one fstatat of each entry). No file of a
// task is read: strace counts the opens, where it is installed.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "benchmarks/bare/load.h"
#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tree.h"
#include "tests/generate/task_generator.h"

namespace {

// How many files of tasks a restart opens; -1: strace is not there.
int files_opened(const std::vector<std::string>& command, const std::string& tasks,
                 const std::string& log) {
  const char* strace = "/usr/bin/strace";
  if (::access(strace, X_OK) != 0) return -1;
  std::vector<std::string> traced{
      strace, "-f", "-qq", "-o", log, "-e", "trace=openat,openat2,open"};
  traced.insert(traced.end(), command.begin(), command.end());
  bare::Child child = bare::Child::program(traced);
  child.wait();
  int opened = 0;
  std::ifstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(tasks) == std::string::npos && line.find("metadata.json") == std::string::npos)
      continue;
    // A directory is opened as one, and O_PATH reads nothing.
    if (line.find("O_DIRECTORY") == std::string::npos && line.find("O_PATH") == std::string::npos)
      ++opened;
  }
  return opened;
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_of(argc, argv, 10'000);
  const std::string tasks = options.scratch + "/tasks";
  if (!pawl::write_generated_tasks(tasks, options.size, 1).ok()) bare::fail("cannot write tasks");
  const std::vector<std::string> command{
      options.pawl, "sync", tasks, "--db", options.scratch + "/registry.db", "--quiet"};
  bare::run_program(command);
  {
    bare::Report report("restart", options.size);
    const int opened = files_opened(command, tasks, options.scratch + "/strace.log");
    if (opened >= 0) report.add("files of tasks opened", opened);
    bare::run_program({options.pawl, "--version"});
    for (int run = 0; run < options.runs; ++run) {
      const bare::Cost pawl = bare::run_program(command);
      const bare::Cost start = bare::run_program({options.pawl, "--version"});
      bare::Swept swept;
      const bare::Cost sweep = bare::in_child([&] { swept = bare::sweep(tasks); });
      report.add("CPU, pawl / sweep", pawl.cpu_ms / sweep.cpu_ms);
      report.add("wall, pawl / sweep", pawl.wall_ms / sweep.wall_ms);
      report.add("CPU, pawl / (sweep + pawl --version)", pawl.cpu_ms / (sweep + start).cpu_ms);
      report.add("pawl, CPU ms", pawl.cpu_ms);
      report.add("pawl, wall ms", pawl.wall_ms);
      report.add("pawl --version, CPU ms", start.cpu_ms);
      report.add("bare sweep, CPU ms", sweep.cpu_ms);
      report.add("bare sweep, wall ms", sweep.wall_ms);
    }
    report.target("wall, pawl / sweep", 1.5);
    report.target(
        "CPU, pawl / sweep", 1.5,
        "two threads sweep, which saves time and not CPU; and each task is compared with its row");
    report.grows("pawl, CPU ms", 1);
  }
  bare::remove_scratch(options);
}
