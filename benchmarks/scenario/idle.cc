// I. What it costs when nothing happens: CPU in ten seconds, of one core. Natively watched without
// the background reconcile, with it, and `pawl watch` on tasks; and a bare inotify loop, which
// sleeps. All of them rest at the same time. What the background reconcile looks at stands beside a
// bare sweep that knows the names, of as many directories.
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <new>
#include <string>
#include <vector>

#include "benchmarks/bare/inotify_loop.h"
#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tree.h"
#include "fallback/watcher.h"
#include "tests/generate/task_generator.h"

namespace {

constexpr std::size_t kFiles = 100;  // in each directory
constexpr std::size_t kTasks = 1000;
constexpr time_t kSeconds = 10;

// Directories looked at by a child process.
using Looks = std::atomic<std::uint64_t>;

Looks* shared_looks() {
  void* memory =
      ::mmap(nullptr, sizeof(Looks), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  bare::must(memory != MAP_FAILED, "mmap");
  return new (memory) Looks(0);
}

// Never returns.
void watch(const std::string& root, bool background, Looks* looks) {
  uv_loop_t loop;
  uv_loop_init(&loop);
  pawl::WatcherOptions options;
  if (!background) options.reconciler.background_pass_min = pawl::Duration::zero();
  pawl::Watcher watcher(&loop, options, [](pawl::WatchBatch) {});
  pawl::RootOptions watched;
  watched.path = root;
  watcher.add_root(std::move(watched));
  for (;;) {
    uv_run(&loop, UV_RUN_ONCE);
    looks->store(watcher.metrics().looks);
  }
}

// Of a look at one directory that has nothing new.
double bare_look_cpu_ms(const std::string& root) {
  constexpr int kSweeps = 10;
  const std::vector<bare::Known> known = bare::known_names(root);
  const bare::Cost cost = bare::in_child([&] {
    for (int i = 0; i < kSweeps; ++i) bare::sweep_known(known);
  });
  return cost.cpu_ms / kSweeps / static_cast<double>(known.size());
}

struct Idle {
  std::string what;
  bare::Child child;
  Looks* looks = nullptr;
  std::uint64_t looks_before = 0;
  bare::Cost before = {};
};

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_of(argc, argv, 50'000);
  const std::string root = options.scratch + "/tree";
  const std::string tasks = options.scratch + "/tasks";
  const std::vector<std::string> directories = bare::make_tree(root, options.size / kFiles, kFiles);
  if (!pawl::write_generated_tasks(tasks, kTasks, 1).ok()) bare::fail("cannot write tasks");
  {
    bare::Report report("idle", options.size);
    const auto watching = [&](bool background, Looks* looks) {
      return bare::Child::function([&] { watch(root, background, looks); });
    };
    std::vector<Idle> all;
    for (int run = 0; run < options.runs; ++run) {
      all.push_back({"bare inotify loop", bare::Child::function([&] {
                       const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
                       bare::tell_of_files(directories, bare::Tell::kLooked, nowhere);
                     })});
      all.push_back({"native, no background", watching(false, shared_looks())});
      Looks* const looks = shared_looks();
      all.push_back({"native, background", watching(true, looks), looks});
      all.push_back({"`pawl watch`, 1,000 tasks",
                     bare::Child::program({options.pawl, "watch", tasks, "--quiet", "--db",
                                           options.scratch + "/" + std::to_string(run) + ".db"})});
    }
    // Twice: what was new and unsettled is looked at once more.
    for (int i = 0; i < 2; ++i)
      for (Idle& idle : all) idle.child.cost_when_at_rest(5);
    for (Idle& idle : all) {
      idle.before = idle.child.cost();
      if (idle.looks != nullptr) idle.looks_before = idle.looks->load();
    }
    const timespec pause{kSeconds, 0};
    ::nanosleep(&pause, nullptr);
    for (Idle& idle : all) {
      const bare::Cost cost = idle.child.cost() - idle.before;
      report.add(idle.what + ": CPU, % of a core", cost.cpu_ms / cost.wall_ms * 100);
      if (idle.looks == nullptr) continue;
      const auto looks = static_cast<double>(idle.looks->load() - idle.looks_before);
      report.add(idle.what + ": directories looked at", looks);
      report.add(idle.what + ": CPU, pawl / sweep of as many",
                 cost.cpu_ms / (looks * bare_look_cpu_ms(root)));
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
