// I. What it costs when nothing happens: CPU in ten seconds, of one core. Natively watched without
// the background comparison, with it, and `pawl watch` on tasks. All of them rest at the same time.
#include <time.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tree.h"
#include "fallback/watcher.h"
#include "tests/generate/task_generator.h"

namespace {

constexpr std::size_t kFiles = 100;  // in each directory
constexpr std::size_t kTasks = 1000;
constexpr time_t kSeconds = 10;

// Never returns.
void watch(const std::string& root, bool background) {
  uv_loop_t loop;
  uv_loop_init(&loop);
  pawl::WatcherOptions options;
  if (!background) options.reconciler.background_pass_min = pawl::Duration::zero();
  pawl::Watcher watcher(&loop, options, [](pawl::WatchBatch) {});
  pawl::RootOptions watched;
  watched.path = root;
  watcher.add_root(std::move(watched));
  uv_run(&loop, UV_RUN_DEFAULT);
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_of(argc, argv, 50'000);
  const std::string root = options.scratch + "/tree";
  const std::string tasks = options.scratch + "/tasks";
  bare::make_tree(root, options.size / kFiles, kFiles);
  if (!pawl::write_generated_tasks(tasks, kTasks, 1).ok()) bare::fail("cannot write tasks");
  struct Idle {
    std::string what;
    bare::Child child;
    bare::Cost before = {};
  };
  {
    bare::Report report("idle", options.size);
    std::vector<Idle> all;
    for (int run = 0; run < options.runs; ++run) {
      all.push_back({"native, no background", bare::Child::function([&] { watch(root, false); })});
      all.push_back({"native, background", bare::Child::function([&] { watch(root, true); })});
      all.push_back({"`pawl watch`, 1,000 tasks",
                     bare::Child::program({options.pawl, "watch", tasks, "--quiet", "--db",
                                           options.scratch + "/" + std::to_string(run) + ".db"})});
    }
    // Twice: what was new and unsettled is looked at once more.
    for (int i = 0; i < 2; ++i)
      for (Idle& idle : all) idle.child.cost_when_at_rest(5);
    for (Idle& idle : all) idle.before = idle.child.cost();
    const timespec pause{kSeconds, 0};
    ::nanosleep(&pause, nullptr);
    for (Idle& idle : all) {
      const bare::Cost cost = idle.child.cost() - idle.before;
      report.add(idle.what + ": CPU, % of a core", cost.cpu_ms / cost.wall_ms * 100);
    }
    // Below what a clock that counts ticks of 10 ms would call 0.
    report.target("native, no background: CPU, % of a core", 0.1);
    report.target("native, background: CPU, % of a core", 0.5);
    report.target("`pawl watch`, 1,000 tasks: CPU, % of a core", 0.5);
    report.grows("native, background: CPU, % of a core", 1);
    for (Idle& idle : all) idle.child.signal(SIGKILL);
  }
  bare::remove_scratch(options);
}
