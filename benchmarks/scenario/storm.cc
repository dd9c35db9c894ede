// D. CPU per event while files are created, changed and removed in a watched tree, beside a bare
// loop that reads inotify with the same mask. The program that gives the same answer must look at
// each file (what is it, and is it still there?), so the loop that counts has one fstatat a file;
// the one without is told too.
//
// In bursts of kPace with a pause between, so that no queue overflows and both loops have the same
// batches to work on. scenario/loss.cc does the same as fast as it goes.
//
// In /dev/shm, where there is one: ext4 takes 400 us and not 5 to create a file for some seconds
// after many were deleted (it keeps the inodes of what went from being used again).
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "benchmarks/bare/inotify_loop.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/told.h"
#include "benchmarks/bare/tree.h"
#include "benchmarks/bare/workload.h"

namespace {

constexpr std::size_t kDirectories = 100;
constexpr bare::Pace kPace{500, 20'000'000};

enum class Who { kPawl, kLooked, kNamesOnly };

const char* const kKinds[] = {"created", "changed", "removed"};

// CPU in milliseconds of each kind of change.
struct Costs {
  double of_kind[3] = {};
};

double rest_to_rest(const bare::Child& watcher, const std::function<void()>& work) {
  const bare::Cost before = watcher.cost_when_at_rest();
  work();
  return (watcher.cost_when_at_rest() - before).cpu_ms;
}

Costs storm(const bare::Options& options, Who who) {
  static int number = 0;
  const std::string root = options.scratch + "/storm-" + std::to_string(++number);
  const std::vector<std::string> directories = bare::make_tree(root, kDirectories, 0);
  const std::vector<std::string> paths = bare::file_paths(directories, options.size);
  bare::Child watcher =
      who == Who::kPawl
          ? bare::Child::program({options.pawl, "events", root, "--json", "--quiet"})
          : bare::Child::function([&] {
              const int null = ::open("/dev/null", O_WRONLY);
              ::dup2(null, STDOUT_FILENO);
              bare::tell_of_files(
                  directories, who == Who::kLooked ? bare::Tell::kLooked : bare::Tell::kNamesOnly,
                  null);
            });
  Costs costs;
  costs.of_kind[0] = rest_to_rest(watcher, [&] { bare::create_files(paths, kPace); });
  costs.of_kind[1] = rest_to_rest(watcher, [&] { bare::append_to_files(paths, kPace); });
  costs.of_kind[2] = rest_to_rest(watcher, [&] { bare::remove_files(paths, kPace); });
  watcher.signal(SIGTERM);
  watcher.wait();
  std::filesystem::remove_all(root);
  return costs;
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_in_memory(argc, argv, 100'000);
  const double count = static_cast<double>(options.size);
  {
    bare::Report report("storm", options.size);
    for (int run = 0; run < options.runs; ++run) {
      const Costs pawl = storm(options, Who::kPawl);
      if (options.only == "pawl") continue;
      const Costs looked = storm(options, Who::kLooked);
      const Costs names = storm(options, Who::kNamesOnly);
      for (int k = 0; k < 3; ++k) {
        const std::string kind = kKinds[k];
        report.add(kind + ": CPU, pawl / (inotify + fstatat + line)",
                   pawl.of_kind[k] / looked.of_kind[k]);
        report.add(kind + ": CPU, pawl / (inotify + line)", pawl.of_kind[k] / names.of_kind[k]);
        report.add(kind + ": pawl, CPU us a file", pawl.of_kind[k] * 1e3 / count);
        report.add(kind + ": bare with fstatat, CPU us a file", looked.of_kind[k] * 1e3 / count);
        report.target(kind + ": CPU, pawl / (inotify + fstatat + line)", 1.5);
        report.target(kind + ": CPU, pawl / (inotify + line)", 1.5,
                      "that loop looks at nothing, so it tells neither whether a file is still "
                      "there nor what it is");
        report.grows(kind + ": pawl, CPU us a file", 0);
      }
    }
  }
  bare::remove_scratch(options);
}
