// N. A single change costs the same in a tree of a thousand files and of a million: CPU of `pawl
// events` for each of 200 appends, one after the other, each told before the next.
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "benchmarks/bare/lines.h"
#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tree.h"

namespace {

constexpr std::size_t kFiles = 100;  // in each directory
constexpr std::size_t kChanges = 200;

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_in_memory(argc, argv, 256'000);
  const std::string root = options.scratch + "/tree";
  bare::make_tree(root, options.size / kFiles, kFiles);
  const std::vector<std::string> files = bare::files_below(root);
  {
    bare::Report report("single change", options.size);
    int ends[2];
    bare::must(::pipe2(ends, O_CLOEXEC) == 0, "pipe");
    bare::Child pawl =
        bare::Child::program({options.pawl, "events", root, "--json", "--quiet"}, ends[1]);
    ::close(ends[1]);
    bare::Lines lines(ends[0]);
    lines.wait_for({"\"ready\""});
    pawl.cost_when_at_rest();
    std::size_t next = 0;
    for (int run = 0; run < options.runs; ++run) {
      const bare::Cost before = pawl.cost();
      double told_ms = 0;
      for (std::size_t i = 0; i < kChanges; ++i) {
        // Slower than what pawl takes for a storm, whose hints it gathers for some milliseconds.
        const timespec pause{0, 3'000'000};
        ::nanosleep(&pause, nullptr);
        const std::string& path = files[next = (next + 7919) % files.size()];
        const double before_ms = bare::cost_until_now().wall_ms;
        bare::append(path, "more\n");
        lines.wait_for({path});
        told_ms += bare::cost_until_now().wall_ms - before_ms;
      }
      const bare::Cost cost = pawl.cost() - before;
      report.add("pawl, CPU us a change", cost.cpu_ms * 1e3 / kChanges);
      report.add("pawl, us from the write to the line", told_ms * 1e3 / kChanges);
    }
    report.grows("pawl, CPU us a change", 0);
    pawl.signal(SIGTERM);
    pawl.wait();
  }
  bare::remove_scratch(options);
}
