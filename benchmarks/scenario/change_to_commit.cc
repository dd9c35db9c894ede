// C. From just before the write of a task's file to the line that tells of its commit: the row is
// in the database by then, for the line carries its `seq`. Less debounce_ms, which is asked for.
// Beside bare loops that read a task's files, check its script and insert its row in a transaction.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>

#include "benchmarks/bare/lines.h"
#include "benchmarks/bare/load.h"
#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tasks.h"
#include "benchmarks/parts/empty_database.h"
#include "tests/generate/task_generator.h"

namespace {

constexpr std::size_t kEdits = 200;
constexpr int kDebounceMs = 50;

struct Edited {
  std::vector<double> over_ms;  // debounce_ms; sorted
  double cpu_ms = 0;            // of each
};

Edited edit_all(const bare::Options& options, const std::string& tasks,
                const std::string& database) {
  int ends[2];
  bare::must(::pipe2(ends, O_CLOEXEC) == 0, "pipe");
  bare::Child pawl = bare::Child::program({options.pawl, "watch", tasks, "--db", database, "--json",
                                           "--debounce-ms", std::to_string(kDebounceMs)},
                                          ends[1]);
  ::close(ends[1]);
  bare::Lines lines(ends[0]);
  lines.wait_for({"\"event\":\"ready\""});
  // What was written shortly before is looked at again.
  pawl.cost_when_at_rest();
  Edited edited;
  const bare::Cost at_rest = pawl.cost();
  for (std::size_t i = 0; i < kEdits; ++i) {
    const std::string task = tasks + "/" + pawl::generate_task(1, i * 7 % options.size).folder;
    const double before = bare::cost_until_now().wall_ms;
    bare::append(task + "/main.js", "// edit " + std::to_string(i) + "\n");
    lines.wait_for({"\"event\":\"task\"", "\"kind\":\"updated\"", task});
    edited.over_ms.push_back(bare::cost_until_now().wall_ms - before - kDebounceMs);
  }
  edited.cpu_ms = (pawl.cost() - at_rest).cpu_ms / kEdits;
  pawl.signal(SIGTERM);
  pawl.wait();
  std::sort(edited.over_ms.begin(), edited.over_ms.end());
  return edited;
}

bare::Cost one_bare(const bare::Options& options, const std::string& tasks, int run) {
  const std::string database = options.scratch + "/bare-" + std::to_string(run) + ".db";
  return bare::cost_of_one(tasks, std::min(kEdits, options.size), bare::empty_database(database));
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_of(argc, argv, 1'000);
  const std::string tasks = options.scratch + "/tasks";
  if (!pawl::write_generated_tasks(tasks, options.size, 1).ok()) bare::fail("cannot write tasks");
  {
    bare::Report report("change to commit", options.size);
    for (int run = 0; run < options.runs; ++run) {
      const Edited edited = edit_all(options, tasks, options.scratch + "/registry.db");
      const bare::Cost bare = one_bare(options, tasks, run);
      const double p50 = edited.over_ms[kEdits / 2];
      report.add("ms over debounce_ms, p50", p50);
      report.add("ms over debounce_ms, p95", edited.over_ms[kEdits * 95 / 100]);
      report.add("ms over debounce_ms, max", edited.over_ms.back());
      report.add("time over debounce_ms, p50, pawl / (read + check + commit)", p50 / bare.wall_ms);
      report.add("CPU, pawl / (read + check + commit)", edited.cpu_ms / bare.cpu_ms);
      report.add("pawl, CPU us a change", edited.cpu_ms * 1e3);
      report.add("bare, CPU us a change", bare.cpu_ms * 1e3);
    }
    report.target("ms over debounce_ms, p50", 10);
    report.grows("ms over debounce_ms, p50", 0);
    report.grows("pawl, CPU us a change", 0);
  }
  bare::remove_scratch(options);
}
