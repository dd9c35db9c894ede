// F. What one sweep over polled files costs, beside a bare sweep that knows the names already
// (openat and fstat of each directory, one fstatat of each entry, nothing listed). And memory.
//
// The watcher runs in a child process with a short interval and all of a core to spend, so that
// every round takes all directories: a sweep is as many looks as there are directories.
#include <malloc.h>
#include <unistd.h>

#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tree.h"
#include "fallback/watcher.h"

namespace {

constexpr std::uint64_t kSweeps = 20;

struct Measured {
  double sweep_cpu_ms = 0;
  double bytes_a_file = 0;
  double looks_a_sweep = 0;
};

std::size_t heap_bytes() {
  const struct mallinfo2 heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

// Runs the loop until `done`.
template <class Done>
void run_until(uv_loop_t& loop, Done done) {
  while (!done()) uv_run(&loop, UV_RUN_ONCE);
}

Measured measure(const std::string& root, std::size_t files, pawl::BackendChoice backend) {
  uv_loop_t loop;
  uv_loop_init(&loop);
  pawl::WatcherOptions options;
  options.reconciler.sweep_share = 1.0;
  options.reconciler.background_pass_min = pawl::Duration::zero();
  bool ready = false;
  pawl::Watcher watcher(&loop, options, [&](pawl::WatchBatch batch) {
    for (const pawl::Notice& notice : batch.notices)
      ready |= std::holds_alternative<pawl::ReadyNotice>(notice);
  });
  const std::size_t before = heap_bytes();
  pawl::RootOptions watched;
  watched.path = root;
  watched.backend = backend;
  watched.poll_interval = pawl::milliseconds(100);
  watcher.add_root(std::move(watched));
  run_until(loop, [&] { return ready; });
  Measured measured;
  measured.bytes_a_file = static_cast<double>(heap_bytes() - before) / static_cast<double>(files);
  if (backend != pawl::BackendChoice::kPoll) return measured;
  const std::size_t directories = watcher.reconciler().tree().size();
  // What was new and unsettled has been settled after a few rounds.
  const auto sweeps = [&] { return watcher.metrics().looks / directories; };
  const std::uint64_t warm = sweeps() + 5;
  run_until(loop, [&] { return sweeps() >= warm; });
  const std::uint64_t from = watcher.metrics().looks;
  const bare::Cost start = bare::cost_until_now();
  run_until(loop, [&] { return watcher.metrics().looks >= from + kSweeps * directories; });
  measured.sweep_cpu_ms = (bare::cost_until_now() - start).cpu_ms / kSweeps;
  return measured;
}

Measured measure_in_child(const std::string& root, std::size_t files, pawl::BackendChoice backend) {
  int ends[2];
  bare::must(::pipe(ends) == 0, "pipe");
  bare::Child child = bare::Child::function([&] {
    const Measured measured = measure(root, files, backend);
    bare::must(::write(ends[1], &measured, sizeof measured) == sizeof measured, "tell");
  });
  Measured measured;
  ::close(ends[1]);
  bare::must(::read(ends[0], &measured, sizeof measured) == sizeof measured, "hear");
  ::close(ends[0]);
  child.wait();
  return measured;
}

void sweep_tree(const bare::Options& options, std::size_t files) {
  const std::size_t directories = options.size / files;
  const std::string root = options.scratch + "/tree-" + std::to_string(directories);
  bare::make_tree(root, directories, files);
  const std::vector<bare::Known> known = bare::known_names(root);
  bare::Report report("poll sweep, " + std::to_string(files) + " a directory", options.size);
  for (int run = 0; run < options.runs; ++run) {
    const Measured pawl = measure_in_child(root, options.size, pawl::BackendChoice::kPoll);
    const double bare = bare::in_child([&] {
                          for (std::uint64_t i = 0; i < kSweeps; ++i) bare::sweep_known(known);
                        }).cpu_ms /
                        kSweeps;
    const double listing = bare::in_child([&] {
                             for (std::uint64_t i = 0; i < kSweeps; ++i) bare::sweep(root);
                           }).cpu_ms /
                           kSweeps;
    report.add("CPU, pawl / sweep of known names", pawl.sweep_cpu_ms / bare);
    report.add("CPU, pawl / sweep that lists", pawl.sweep_cpu_ms / listing);
    report.add("pawl, CPU ms a sweep", pawl.sweep_cpu_ms);
    report.add("bare, CPU ms a sweep", bare);
    report.add("bytes of heap a polled file, directories included", pawl.bytes_a_file);
    report.add("bytes of heap a native file, directories included",
               measure_in_child(root, options.size, pawl::BackendChoice::kAuto).bytes_a_file);
  }
  report.target("CPU, pawl / sweep of known names", 1.3);
  report.target("bytes of heap a polled file, directories included", 200);
  report.grows("pawl, CPU ms a sweep", 1);
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_of(argc, argv, 20'000);
  sweep_tree(options, 100);
  sweep_tree(options, 10);
  bare::remove_scratch(options);
}
