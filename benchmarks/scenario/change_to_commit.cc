// C. From just before the write of a task's file to the line that tells of its commit: the row is
// in the database by then, for the line carries its `seq`. Less debounce_ms, which is asked for.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>

#include "benchmarks/bare/lines.h"
#include "benchmarks/bare/load.h"
#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "tests/generate/task_generator.h"

namespace {

constexpr std::size_t kEdits = 200;
constexpr int kDebounceMs = 50;

// The median, the 95th and the 99th of a hundred, and the most.
void edit_all(bare::Report& report, const bare::Options& options, const std::string& tasks,
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
  std::vector<double> over;
  for (std::size_t i = 0; i < kEdits; ++i) {
    const std::string task = tasks + "/" + pawl::generate_task(1, i * 7 % options.size).folder;
    const double before = bare::cost_until_now().wall_ms;
    bare::append(task + "/main.js", "// edit " + std::to_string(i) + "\n");
    lines.wait_for({"\"event\":\"task\"", "\"kind\":\"updated\"", task});
    over.push_back(bare::cost_until_now().wall_ms - before - kDebounceMs);
  }
  pawl.signal(SIGTERM);
  pawl.wait();
  std::sort(over.begin(), over.end());
  report.add("ms over debounce_ms, p50", over[over.size() / 2]);
  report.add("ms over debounce_ms, p95", over[over.size() * 95 / 100]);
  report.add("ms over debounce_ms, max", over.back());
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_of(argc, argv, 1'000);
  const std::string tasks = options.scratch + "/tasks";
  if (!pawl::write_generated_tasks(tasks, options.size, 1).ok()) bare::fail("cannot write tasks");
  {
    bare::Report report("change to commit", options.size);
    for (int run = 0; run < options.runs; ++run)
      edit_all(report, options, tasks, options.scratch + "/registry.db");
    report.target("ms over debounce_ms, p50", 10);
    report.grows("ms over debounce_ms, p50", 0);
  }
  bare::remove_scratch(options);
}
