// A. The first `pawl sync` of generated tasks, beside what it must cost at least: reading the same
// files, checking each script, inserting the same rows, each in a bare loop of its own.
//
// pawl also starts, scans, hashes, parses the metadata, validates two JSON Schemas a task, keeps
// the registry, and closes: all of that is in its figure, from exec to exit.
//
// The rows are inserted as pawl writes any database that others read, into a write-ahead log. pawl
// itself makes a new one without, before it puts it in its place; what a bare loop saves by the
// same is told beside.
#include <unistd.h>

#include <filesystem>

#include "benchmarks/bare/insert.h"
#include "benchmarks/bare/load.h"
#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tasks.h"
#include "benchmarks/bare/tree.h"
#include "benchmarks/parts/empty_database.h"
#include "tests/generate/task_generator.h"

namespace {

constexpr std::size_t kRowsPerTransaction = 1000;

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_of(argc, argv, 10'000);
  const std::string tasks = options.scratch + "/tasks";
  if (!pawl::write_generated_tasks(tasks, options.size, 1).ok()) bare::fail("cannot write tasks");
  const std::vector<std::string> files = bare::files_below(tasks);
  const std::vector<bare::Row> rows = bare::rows_of(tasks, options.size);
  const std::vector<bare::Script> scripts = bare::scripts_of(rows);
  {
    bare::Report report("first sync", options.size);
    for (int run = 0; run < options.runs; ++run) {
      const std::string own = options.scratch + "/own-" + std::to_string(run) + ".db";
      const bare::Cost pawl =
          bare::run_program({options.pawl, "sync", tasks, "--db", own, "--quiet"});
      const bare::Cost read = bare::in_child([&] { bare::read_files(files); });
      const bare::Cost check = bare::in_child([&] {
        if (bare::check_scripts(scripts) != 0) bare::fail("a generated script is wrong");
      });
      const std::string plain =
          bare::empty_database(options.scratch + "/bare-" + std::to_string(run) + ".db");
      const bare::Cost insert =
          bare::in_child([&] { bare::insert_rows(plain, rows, kRowsPerTransaction); });
      const std::string alone =
          bare::empty_database(options.scratch + "/alone-" + std::to_string(run) + ".db");
      const bare::Cost insert_alone = bare::in_child([&] {
        bare::insert_rows(alone, rows, kRowsPerTransaction, bare::AtEnd::kClose,
                          bare::Journal::kRollback);
      });
      const bare::Cost sum = read + check + insert;
      const bare::Cost least = read + check + insert_alone;
      report.add("CPU, pawl / (read + check + insert)", pawl.cpu_ms / sum.cpu_ms);
      report.add("wall, pawl / (read + check + insert)", pawl.wall_ms / sum.wall_ms);
      report.add("pawl, wall / CPU", pawl.wall_ms / pawl.cpu_ms);
      report.add("pawl, CPU ms", pawl.cpu_ms);
      report.add("pawl, wall ms", pawl.wall_ms);
      report.add("bare read, CPU ms", read.cpu_ms);
      report.add("bare check, CPU ms", check.cpu_ms);
      report.add("bare insert, CPU ms", insert.cpu_ms);
      report.add("bare insert without a log, CPU ms", insert_alone.cpu_ms);
      report.add("CPU, pawl / (read + check + insert without a log)", pawl.cpu_ms / least.cpu_ms);
    }
    report.target("CPU, pawl / (read + check + insert)", 1.5,
                  "what the bare loops leave out: the scan, two JSON Schemas a task, the registry");
    report.target("pawl, wall / CPU", 0.999);
    report.grows("pawl, CPU ms", 1);
  }
  bare::remove_scratch(options);
}
