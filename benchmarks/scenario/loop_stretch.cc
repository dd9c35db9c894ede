// G. How long the loop's thread is busy at a stretch while a million files are looked at: in one
// directory, and in a thousand. CPU time of that thread between two turns of the loop: nothing else
// on the loop runs meanwhile. Beside a bare sweep of the same files: a program that does its work
// in one go keeps its loop for as long as that, or longer.
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tree.h"
#include "fallback/watcher.h"

namespace {

double thread_cpu_ms() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

// Longest stretches, in milliseconds.
struct Stretches {
  double start = 0;
  double rescan = 0;
  double change = 0;
  double removal = 0;
};

class Measured {
 public:
  explicit Measured(pawl::BackendChoice backend) : backend_(backend) {
    uv_loop_init(&loop_);
    uv_prepare_init(&loop_, &turn_);
    turn_.data = this;
    uv_prepare_start(&turn_, [](uv_prepare_t* turn) {
      auto* self = static_cast<Measured*>(turn->data);
      const double now = thread_cpu_ms();
      self->longest_ = std::max(self->longest_, now - self->last_);
      self->last_ = now;
    });
  }

  Stretches run(const std::string& root, const std::string& some_directory) {
    pawl::WatcherOptions options;
    options.reconciler.background_pass_min = pawl::Duration::zero();
    bool ready = false;
    std::uint64_t changes = 0;
    pawl::Watcher watcher(&loop_, options, [&](pawl::WatchBatch batch) {
      changes += batch.changes.size();
      for (const pawl::Notice& notice : batch.notices)
        ready |= std::holds_alternative<pawl::ReadyNotice>(notice);
    });
    pawl::RootOptions watched;
    watched.path = root;
    watched.backend = backend_;
    Stretches longest;
    begin();
    watcher.add_root(std::move(watched));
    longest.start = until([&] { return ready; });
    const auto rests = [&] {
      const pawl::Metrics metrics = watcher.metrics();
      return metrics.looks_in_flight + metrics.looks_queued == 0;
    };
    begin();
    watcher.rescan(0);
    longest.rescan = until([&] { return watcher.metrics().rescans > 0 && rests(); });
    std::ofstream(some_directory + "/one-more") << "text";
    begin();
    longest.change = until([&] { return changes > 0; });
    // Elsewhere: the events of a removal as it goes would be another measurement.
    const std::uint64_t before = changes;
    std::filesystem::rename(root + "/area-000", root + "-gone");
    begin();
    longest.removal =
        until([&] { return changes > before && watcher.metrics().files < 100 && rests(); });
    return longest;
  }

 private:
  void begin() {
    longest_ = 0;
    last_ = thread_cpu_ms();
  }
  // Since begin(); the turn in which it is done counts too.
  template <class Done>
  double until(Done done) {
    while (!done()) uv_run(&loop_, UV_RUN_ONCE);
    return std::max(longest_, thread_cpu_ms() - last_);
  }

  pawl::BackendChoice backend_;
  uv_loop_t loop_;
  uv_prepare_t turn_;
  double last_ = 0;
  double longest_ = 0;
};

Stretches measure_in_child(const std::string& root, const std::string& some_directory,
                           pawl::BackendChoice backend) {
  int ends[2];
  bare::must(::pipe(ends) == 0, "pipe");
  bare::Child child = bare::Child::function([&] {
    const Stretches longest = Measured(backend).run(root, some_directory);
    bare::must(::write(ends[1], &longest, sizeof longest) == sizeof longest, "tell");
    ::_exit(0);
  });
  Stretches longest;
  ::close(ends[1]);
  bare::must(::read(ends[0], &longest, sizeof longest) == sizeof longest, "hear");
  ::close(ends[0]);
  child.wait();
  std::filesystem::rename(root + "-gone", root + "/area-000");
  return longest;
}

void measure(const bare::Options& options, std::size_t directories) {
  const std::string root = options.scratch + "/tree-" + std::to_string(directories);
  const std::vector<std::string> made =
      bare::make_tree(root, directories, options.size / directories);
  bare::Report report("loop stretch, " + std::to_string(directories) + " directories",
                      options.size);
  std::vector<double> sweeps;
  for (int run = 0; run < options.runs; ++run) {
    sweeps.push_back(bare::in_child([&] { bare::sweep(root); }).cpu_ms);
    report.add("bare sweep, CPU ms", sweeps.back());
  }
  for (const bool native : {true, false}) {
    const std::string way = native ? "native" : "polled";
    for (int run = 0; run < options.runs; ++run) {
      const Stretches longest = measure_in_child(
          root, made.front(), native ? pawl::BackendChoice::kAuto : pawl::BackendChoice::kPoll);
      report.add(way + ", longest stretch at the start, ms", longest.start);
      report.add(way + ", longest stretch of a rescan, ms", longest.rescan);
      report.add(way + ", longest stretch of a change, ms", longest.change);
      report.add(way + ", longest stretch when all goes, ms", longest.removal);
      report.add(way + ", longest of these, share of a bare sweep",
                 std::max({longest.start, longest.rescan, longest.change, longest.removal}) /
                     sweeps[static_cast<std::size_t>(run)]);
    }
    for (const char* what : {"at the start", "of a rescan", "of a change", "when all goes"})
      report.target(way + ", longest stretch " + what + ", ms", 50);
    for (const char* what : {"at the start", "of a rescan", "when all goes"})
      report.grows(way + ", longest stretch " + what + ", ms", 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_in_memory(argc, argv, 1'000'000);
  measure(options, 1);
  measure(options, 1000);
  bare::remove_scratch(options);
}
