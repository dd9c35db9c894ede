// P. A FUSE mount (bindfs) whose files others change behind its back: no native watch there tells
// of it, so it is polled. And changes through the mount itself. Beside what polling takes at the
// least.
//
// Several thousand files take more than a round's share of a core to look at (some 50 us each,
// through bindfs), and the next round comes so much later (core/sweep.h): so would a bare one.
#include <time.h>
#include <unistd.h>

#include <csignal>
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
constexpr std::size_t kDirectories = 20;

// A bindfs of `below` at `mount`, for as long as this lives.
class Bound {
 public:
  Bound(const std::string& below, const std::string& mount)
      : mount_(mount), child_(bare::Child::program({"bindfs", "-f", below, mount})) {
    for (int i = 0; i < 200 && !mounted(); ++i) {
      const timespec pause{0, 10'000'000};
      ::nanosleep(&pause, nullptr);
    }
  }
  ~Bound() {
    bare::Child::program({"umount", "-l", mount_}).wait();
    child_.signal(SIGTERM);
    child_.end_within(3000);
  }
  bool mounted() const { return std::filesystem::exists(mount_ + "/area-000"); }

 private:
  std::string mount_;
  bare::Child child_;
};

std::string under(const std::string& path, const std::string& from, const std::string& to) {
  return to + path.substr(from.size());
}

void run_once(bare::Report& report, const bare::Options& options, int run) {
  const std::string below = options.scratch + "/below-" + std::to_string(run);
  const std::string mount = options.scratch + "/mount-" + std::to_string(run);
  const std::vector<std::string> directories = bare::make_tree(below, kDirectories, 0);
  std::filesystem::create_directory(mount);
  const Bound bound(below, mount);
  if (!bound.mounted()) bare::fail("bindfs does not mount");
  const std::vector<std::string> files = bare::file_paths(directories, options.size);
  std::vector<std::string> seen_as;
  for (const std::string& path : files) seen_as.push_back(under(path, below, mount));
  for (const bool behind : {true, false}) {
    const std::string way = behind ? "behind its back" : "through the mount";
    bare::Told told =
        bare::Told::program({options.pawl, "events", mount, "--json", "--quiet"}, options.scratch);
    if (!told.wait_until_watching({under(directories.back(), below, mount)}))
      bare::fail("it does not watch");
    const bare::Verdict verdict = told.judge(seen_as, [&] {
      if (behind)
        bare::create_files(files);
      else
        bare::append_to_files(seen_as);
    });
    // libfuse lets the kernel keep attributes for a second: not what a sweep has to ask for anew.
    const timespec pause{1, 500'000'000};
    ::nanosleep(&pause, nullptr);
    report.add(way + ": not told", static_cast<double>(verdict.missing()));
    report.add(way + ": poll intervals until all was told", verdict.told_ms / kIntervalMs);
    report.add(way + ": time until all was told / latest of a bare poll",
               verdict.told_ms / bare::latest_of_poll_ms(mount, kIntervalMs,
                                                         pawl::ReconcilerOptions{}.sweep_share));
    report.target(way + ": not told", 0.5);
    report.target(way + ": time until all was told / latest of a bare poll", 1.5);
    report.grows(way + ": time until all was told / latest of a bare poll", 0);
  }
}

bool is_installed(const char* program) {
  int exit_code = 1;
  bare::Child::program({"sh", "-c", std::string("command -v ") + program}).wait(&exit_code);
  return exit_code == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_of(argc, argv, 1'000);
  {
    bare::Report report("FUSE", options.size);
    if (::access("/dev/fuse", R_OK | W_OK) != 0) {
      report.skip("/dev/fuse can't be opened");
    } else if (!is_installed("bindfs")) {
      report.skip("bindfs is not installed");
    } else {
      for (int run = 0; run < options.runs; ++run) run_once(report, options, run);
    }
  }
  bare::remove_scratch(options);
}
