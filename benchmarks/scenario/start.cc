// E. The start on a large tree, beside the least that a watcher must do: for each directory an
// inotify watch, openat, getdents64, and one fstatat of each entry. And what it holds in memory.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>

#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tree.h"

namespace {

constexpr std::size_t kFiles = 2;  // in each directory

struct Started {
  bare::Cost cost;
  std::uint64_t resident = 0;
};

Started start(const std::vector<std::string>& command) {
  int ends[2];
  bare::must(::pipe(ends) == 0, "pipe");
  const bare::Cost before{0, bare::cost_until_now().wall_ms};
  bare::Child pawl = bare::Child::program(command, ends[1]);
  ::close(ends[1]);
  std::FILE* lines = ::fdopen(ends[0], "r");
  char line[1 << 16];
  bool ready = false;
  while (!ready && std::fgets(line, sizeof line, lines) != nullptr)
    ready = std::string(line).find("\"event\":\"ready\"") != std::string::npos;
  bare::must(ready, "wait for ready");
  Started started{pawl.cost() - before, pawl.resident_bytes()};
  pawl.signal(SIGTERM);
  pawl.wait();
  std::fclose(lines);
  return started;
}

void start_on(bare::Report& report, const bare::Options& options, const std::string& root,
              std::size_t directories) {
  // What a process of this program holds before it has anything to watch.
  const Started empty =
      start({options.pawl, "events", options.scratch, "--no-recursive", "--json", "--quiet"});
  const Started pawl = start({options.pawl, "events", root, "--json", "--quiet"});
  bare::Swept swept;
  const bare::Cost bare = bare::in_child([&] { ::close(bare::sweep_and_watch(root, swept)); });
  report.add("CPU, pawl / (sweep + inotify_add_watch)", pawl.cost.cpu_ms / bare.cpu_ms);
  report.add("wall, pawl / (sweep + inotify_add_watch)", pawl.cost.wall_ms / bare.wall_ms);
  report.add("pawl, CPU ms", pawl.cost.cpu_ms);
  report.add("pawl, wall ms", pawl.cost.wall_ms);
  report.add("bare, CPU ms", bare.cpu_ms);
  report.add("bare, wall ms", bare.wall_ms);
  report.add("pawl, resident bytes a directory (with its files), beyond an empty one",
             static_cast<double>(pawl.resident - std::min(empty.resident, pawl.resident)) /
                 static_cast<double>(directories));
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_of(argc, argv, 20'000);
  const std::string root = options.scratch + "/tree";
  bare::make_tree(root, options.size, kFiles);
  {
    bare::Report report("start", options.size);
    for (int run = 0; run < options.runs; ++run) start_on(report, options, root, options.size);
    report.target("CPU, pawl / (sweep + inotify_add_watch)", 1.5);
    report.target("wall, pawl / (sweep + inotify_add_watch)", 1.5);
    report.grows("pawl, CPU ms", 1);
  }
  bare::remove_scratch(options);
}
