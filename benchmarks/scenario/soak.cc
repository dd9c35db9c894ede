// Q. A soak of any length (--seconds, each run): `pawl watch` on tasks that are edited, broken,
// mended, removed and made again without a pause, with its memory as a curve (of the first run). At
// the end the database must be equal to the disk. Its CPU beside bare loops that read, check and
// commit a task for each change that it has committed.
#include <sqlite3.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tasks.h"
#include "benchmarks/parts/empty_database.h"
#include "tests/generate/random_words.h"
#include "tests/generate/task_generator.h"

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPoints = 200;  // of the curve

double now_ms() {
  return bare::cost_until_now().wall_ms;
}

void pause_ms(long milliseconds) {
  const timespec pause{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
  ::nanosleep(&pause, nullptr);
}

// Tasks that come and go.
class Tasks {
 public:
  Tasks(std::string root, std::size_t count) : root_(std::move(root)) {
    for (std::size_t i = 0; i < count; ++i) write(i);
    there_.assign(count, true);
  }

  void change_one() {
    const std::size_t i = random_.below(there_.size());
    const pawl::GeneratedTask task = pawl::generate_task(1, i);
    const fs::path folder = fs::path(root_) / task.folder;
    switch (there_[i] ? random_.below(5) : 4) {
      case 0:
      case 1:
        std::ofstream(folder / "main.js", std::ios::app) << "// " << random_.next() << "\n";
        break;
      case 2:
        std::ofstream(folder / "main.js", std::ios::app) << "}\n";  // until it is written again
        break;
      case 3:
        fs::remove_all(folder);
        there_[i] = false;
        break;
      default:
        write(i);
        there_[i] = true;
    }
  }

  // Makes all of them valid.
  void mend() {
    for (std::size_t i = 0; i < there_.size(); ++i)
      if (there_[i]) write(i);
  }

  // UUID and script of each that is there. REQUIRES: they are mended.
  std::set<std::string> on_disk() const {
    std::set<std::string> tasks;
    for (std::size_t i = 0; i < there_.size(); ++i) {
      if (!there_[i]) continue;
      const pawl::GeneratedTask task = pawl::generate_task(1, i);
      tasks.insert(task.uuid + " " + task.files[1].bytes);
    }
    return tasks;
  }

 private:
  void write(std::size_t i) {
    const pawl::GeneratedTask task = pawl::generate_task(1, i);
    const fs::path folder = fs::path(root_) / task.folder;
    fs::create_directories(folder);
    for (const pawl::GeneratedFile& file : task.files)
      std::ofstream(folder / file.name, std::ios::trunc) << file.bytes;
  }

  std::string root_;
  std::vector<bool> there_;
  pawl::Random random_{7};
};

// The first column of what `query` finds.
std::vector<std::string> column(const std::string& path, const char* query) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::vector<std::string> values;
  if (sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK ||
      sqlite3_prepare_v2(database, query, -1, &statement, nullptr) != SQLITE_OK)
    bare::fail(sqlite3_errmsg(database));
  while (sqlite3_step(statement) == SQLITE_ROW)
    values.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return values;
}

// UUID and script of each task that the database says is live and valid.
std::set<std::string> stored(const std::string& path) {
  const auto tasks =
      column(path, "SELECT uuid || ' ' || script FROM tasks WHERE removed_at IS NULL AND valid");
  return {tasks.begin(), tasks.end()};
}

// Changes for which a task was read and checked.
double committed(const std::string& path) {
  return std::stod(column(path, "SELECT count(*) FROM changes WHERE kind <> 'removed'").front());
}

std::size_t differences(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::vector<std::string> out;
  std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out.size();
}

double median_of(const std::vector<std::pair<double, double>>& curve, std::size_t from,
                 std::size_t to) {
  std::vector<double> values;
  for (std::size_t i = from; i < to; ++i) values.push_back(curve[i].second);
  return bare::spread_of(values).median;
}

// Of tasks that nobody changes.
bare::Cost one_bare(const bare::Options& options, int run) {
  const std::size_t count = std::min<std::size_t>(options.size, 200);
  const std::string folder = options.scratch + "/bare-" + std::to_string(run);
  if (!pawl::write_generated_tasks(folder, count, 1).ok()) bare::fail("cannot write tasks");
  return bare::cost_of_one(folder, count, bare::empty_database(folder + ".db"));
}

void run_once(bare::Report& report, const bare::Options& options, double seconds, int run) {
  const std::string root = options.scratch + "/tasks-" + std::to_string(run);
  const std::string database = options.scratch + "/registry-" + std::to_string(run) + ".db";
  Tasks tasks(root, options.size);
  bare::Child pawl = bare::Child::program(
      {options.pawl, "watch", root, "--db", database, "--quiet", "--debounce-ms", "50"});
  const bare::Cost at_rest = pawl.cost_when_at_rest();
  const double committed_first = committed(database);
  std::vector<std::pair<double, double>> curve;
  std::uint64_t changes = 0;
  const double begin = now_ms();
  while (now_ms() < begin + seconds * 1e3) {
    for (int i = 0; i < 5; ++i, ++changes) tasks.change_one();
    pause_ms(10);
    const double at = (now_ms() - begin) / 1e3;
    if (at * kPoints >= seconds * static_cast<double>(curve.size()))
      curve.emplace_back(at, static_cast<double>(pawl.resident_bytes()) / (1 << 20));
  }
  const double cpu_ms = (pawl.cost_when_at_rest() - at_rest).cpu_ms;
  const double commits = committed(database) - committed_first;
  tasks.mend();
  const std::set<std::string> disk = tasks.on_disk();
  // What is still under way is given a minute, and no more time than it needs.
  std::size_t different = differences(disk, stored(database));
  for (int i = 0; i < 240 && different > 0; ++i, different = differences(disk, stored(database)))
    pause_ms(250);
  pawl.signal(SIGTERM);
  pawl.wait();
  fs::remove_all(root);
  if (run == 0) report.curve("resident, MB", "seconds", curve);
  report.add("changes made", static_cast<double>(changes));
  report.add("changes committed, but removals", commits);
  report.add("CPU, pawl / (read + check + commit) of each",
             cpu_ms / (commits * one_bare(options, run).cpu_ms));
  report.add("tasks that differ between disk and database at the end",
             static_cast<double>(different));
  if (curve.size() < 8) return;
  const std::size_t quarter = curve.size() / 4;
  const double last = median_of(curve, curve.size() - quarter, curve.size());
  report.add("memory in the last quarter, MB", last);
  report.add("memory, last quarter / second quarter",
             last / median_of(curve, quarter, 2 * quarter));
  report.target("memory, last quarter / second quarter", 1.1);
  report.grows("memory in the last quarter, MB", 1);
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_of(argc, argv, 1'000);
  const double seconds = options.seconds > 0 ? options.seconds : 30;
  {
    bare::Report report("soak", options.size);
    for (int run = 0; run < options.runs; ++run) run_once(report, options, seconds, run);
    report.target("tasks that differ between disk and database at the end", 0.5);
  }
  bare::remove_scratch(options);
}
