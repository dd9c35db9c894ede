// O. More directories than the kernel gives watches: in a user namespace with a quarter as many. A
// change in each is told all the same; the judge counts. In poll intervals, for what is not watched
// is looked at once in each; and beside the latest that a bare poll would tell.
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "benchmarks/bare/poll.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/told.h"
#include "benchmarks/bare/tree.h"
#include "benchmarks/bare/workload.h"
#include "core/reconciler.h"

namespace {

constexpr double kIntervalMs = 1000;

// A file in each directory.
std::vector<std::string> one_in_each(const std::vector<std::string>& directories, int run) {
  std::vector<std::string> paths;
  for (const std::string& directory : directories)
    paths.push_back(directory + "/file-" + std::to_string(run));
  return paths;
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_in_memory(argc, argv, 4'000);
  const std::string limited = "echo " + std::to_string(options.size / 4) +
                              " > /proc/sys/user/max_inotify_watches && exec \"$@\"";
  // A namespace's own limit: the machine's stays as it is.
  const std::vector<std::string> wrapper{"unshare", "--user", "--map-root-user", "sh", "-c",
                                         limited,   "sh"};
  std::vector<std::string> trial = wrapper;
  trial.push_back("true");
  {
    bare::Report report("watch limit", options.size);
    int exit_code = 1;
    if (::access("/usr/bin/unshare", X_OK) == 0) bare::Child::program(trial).wait(&exit_code);
    if (exit_code != 0) {
      report.skip("no user namespace may be made here");
    } else {
      const std::string root = options.scratch + "/tree";
      const std::vector<std::string> directories = bare::make_tree(root, options.size, 0);
      for (int run = 0; run < options.runs; ++run) {
        std::vector<std::string> command = wrapper;
        command.insert(command.end(), {options.pawl, "events", root, "--json", "--quiet"});
        bare::Told told = bare::Told::program(command, options.scratch);
        if (!told.wait_until_watching({directories.front(), directories.back()}))
          bare::fail("it does not watch");
        const std::vector<std::string> paths = one_in_each(directories, run);
        const bare::Verdict verdict = told.judge(paths, [&] { bare::create_files(paths); });
        report.add("not told", static_cast<double>(verdict.missing()));
        report.add("poll intervals until all was told", verdict.told_ms / kIntervalMs);
        report.add("time until all was told / latest of a bare poll",
                   verdict.told_ms / bare::latest_of_poll_ms(
                                         root, kIntervalMs, pawl::ReconcilerOptions{}.sweep_share));
      }
      report.target("not told", 0.5);
      report.target("time until all was told / latest of a bare poll", 1.5);
      report.grows("time until all was told / latest of a bare poll", 0);
    }
  }
  bare::remove_scratch(options);
}
