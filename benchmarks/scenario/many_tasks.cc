// I. `pawl watch` on very many tasks, five files each: what it holds in memory once it is settled
// after a restart with nothing changed, what such a restart costs beside a bare sweep of the same
// entries, and how long a single change takes to its commit, beside bare loops that read, check and
// commit one.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "benchmarks/bare/lines.h"
#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tasks.h"
#include "benchmarks/bare/tree.h"
#include "benchmarks/parts/empty_database.h"
#include "tests/generate/task_generator.h"

namespace {

constexpr int kDebounceMs = 50;
constexpr std::size_t kBareTasks = 200;
// The background reconcile and the report of how the sources fare go on for ever.
constexpr double kAtRestMs = 6;

struct Watched {
  double resident_mb = 0;
  double change_ms = 0;
};

Watched watch(const bare::Options& options, const std::string& tasks, const std::string& database,
              int run) {
  int ends[2];
  bare::must(::pipe2(ends, O_CLOEXEC) == 0, "pipe");
  bare::Child pawl = bare::Child::program({options.pawl, "watch", tasks, "--db", database, "--json",
                                           "--debounce-ms", std::to_string(kDebounceMs)},
                                          ends[1]);
  ::close(ends[1]);
  bare::Lines lines(ends[0]);
  lines.wait_for({"\"event\":\"ready\""});
  pawl.cost_when_at_rest(kAtRestMs);
  Watched watched;
  watched.resident_mb = static_cast<double>(pawl.resident_bytes()) / 1e6;
  const std::string task =
      tasks + "/" +
      pawl::generate_task(1, static_cast<std::uint64_t>(run) * 7 % options.size).folder;
  const double before = bare::cost_until_now().wall_ms;
  bare::append(task + "/main.js", "// edit\n");
  lines.wait_for({"\"event\":\"task\"", "\"kind\":\"updated\"", task});
  watched.change_ms = bare::cost_until_now().wall_ms - before - kDebounceMs;
  pawl.signal(SIGTERM);
  pawl.wait();
  return watched;
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_of(argc, argv, 100'000);
  const std::string tasks = options.scratch + "/tasks";
  const std::string database = options.scratch + "/registry.db";
  if (!pawl::write_generated_tasks(tasks, options.size, 1, pawl::ReadMe::kAlways).ok())
    bare::fail("cannot write tasks");
  const std::vector<std::string> sync{options.pawl, "sync", tasks, "--db", database, "--quiet"};
  {
    bare::Report report("many tasks", options.size);
    bare::run_program(sync);  // first_sync measures that
    for (int run = 0; run < options.runs; ++run) {
      const bare::Cost pawl = bare::run_program(sync);
      bare::Swept swept;
      const bare::Cost sweep = bare::in_child([&] { swept = bare::sweep(tasks); });
      report.add("restart: wall, pawl / sweep", pawl.wall_ms / sweep.wall_ms);
      report.add("restart: CPU, pawl / sweep", pawl.cpu_ms / sweep.cpu_ms);
      report.add("restart: pawl, wall ms", pawl.wall_ms);
      report.add("bare sweep, wall ms", sweep.wall_ms);
      const Watched watched = watch(options, tasks, database, run);
      report.add("watch, settled: MB resident", watched.resident_mb);
      report.add("watch, settled: bytes resident a task",
                 watched.resident_mb * 1e6 / static_cast<double>(options.size));
      report.add("a change to its commit, ms over debounce_ms", watched.change_ms);
      const std::string plain =
          bare::empty_database(options.scratch + "/bare-" + std::to_string(run) + ".db");
      report.add("a change to its commit, pawl / (read + check + commit)",
                 watched.change_ms / bare::cost_of_one(tasks, kBareTasks, plain).wall_ms);
    }
    report.target("restart: wall, pawl / sweep", 1.5);
    report.target(
        "restart: CPU, pawl / sweep", 1.5,
        "two threads sweep, which saves time and not CPU; and each task is compared with its row");
    if (options.size == 100'000) report.target("watch, settled: MB resident", 150);
    report.target("a change to its commit, ms over debounce_ms", 10);
    report.grows("restart: pawl, wall ms", 1);
    report.grows("watch, settled: MB resident", 1);
    report.grows("a change to its commit, ms over debounce_ms", 0);
  }
  bare::remove_scratch(options);
}
