// L. From just before a write to the line that tells of it: 500 appends to files in a natively
// watched tree, without debounce, one after the other. Beside a bare inotify loop that looks
// (fstatat) and writes the same line. Both are read through a pipe by this program.
//
// Where the table of mounts says that the disk answers, pawl's way is one thread long, as the bare
// loop's is: it looks at a single name at once. Elsewhere the mount's own thread does.
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

#include "benchmarks/bare/inotify_loop.h"
#include "benchmarks/bare/lines.h"
#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tree.h"

namespace {

constexpr int kAppends = 500;
constexpr long kPauseNs = 2'000'000;

// Sorted, in milliseconds.
std::vector<double> latencies(const std::function<bare::Child(int)>& start,
                              const std::vector<std::string>& files) {
  int ends[2];
  bare::must(::pipe2(ends, O_CLOEXEC) == 0, "pipe");
  bare::Child child = start(ends[1]);
  ::close(ends[1]);
  bare::Lines lines(ends[0]);
  lines.wait_for({"ready"});
  child.cost_when_at_rest();
  std::vector<double> each;
  for (int i = 0; i < kAppends; ++i) {
    const timespec pause{0, kPauseNs};
    ::nanosleep(&pause, nullptr);
    const std::string& path = files[static_cast<std::size_t>(i) * 7 % files.size()];
    const double before = bare::cost_until_now().wall_ms;
    bare::append(path, "more\n");
    lines.wait_for({path});
    each.push_back(bare::cost_until_now().wall_ms - before);
  }
  child.signal(SIGTERM);
  child.wait();
  std::sort(each.begin(), each.end());
  return each;
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_in_memory(argc, argv, 100);
  const std::string root = options.scratch + "/tree";
  const std::vector<std::string> directories = bare::make_tree(root, options.size, 10);
  const std::vector<std::string> files = bare::files_below(root);
  const auto pawl = [&](int output) {
    return bare::Child::program({options.pawl, "events", root, "--json", "--quiet"}, output);
  };
  const auto loop = [&](int output) {
    return bare::Child::function([&] {
      ::dup2(output, STDOUT_FILENO);
      bare::tell_of_files(directories, bare::Tell::kLooked, STDOUT_FILENO);
    });
  };
  {
    bare::Report report("latency", options.size);
    for (int run = 0; run < options.runs; ++run) {
      // Which is first changes, so that what the machine does meanwhile hits both alike.
      std::vector<double> own, bare;
      if (run % 2 == 0) own = latencies(pawl, files);
      bare = latencies(loop, files);
      if (run % 2 == 1) own = latencies(pawl, files);
      const auto at = [](const std::vector<double>& sorted, std::size_t percent) {
        return sorted[(sorted.size() - 1) * percent / 100];
      };
      for (const std::size_t percent : {50, 95, 99}) {
        const std::string p = "p" + std::to_string(percent);
        report.add(p + ", pawl / bare", at(own, percent) / at(bare, percent));
        report.add("pawl, ms, " + p, at(own, percent));
        report.add("bare, ms, " + p, at(bare, percent));
      }
      report.add("max, pawl / bare", own.back() / bare.back());
      report.add("pawl, ms, max", own.back());
      report.add("bare, ms, max", bare.back());
    }
    report.target("p99, pawl / bare", 2);
    report.grows("pawl, ms, p50", 0);
  }
  bare::remove_scratch(options);
}
