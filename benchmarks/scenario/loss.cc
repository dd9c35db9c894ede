// M. As fast as it goes: files created, changed and removed, directories made with something in
// them at once, and a watcher that was stopped while its queue overflowed. The judge
// (judge/main.cc) says which of the paths were told. None may be missing.
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "benchmarks/bare/inotify_loop.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/told.h"
#include "benchmarks/bare/tree.h"
#include "benchmarks/bare/workload.h"

namespace {

constexpr std::size_t kDirectories = 100;

struct World {
  std::string root;
  std::vector<std::string> directories;
  std::vector<std::string> files;
};

World new_world(const bare::Options& options, std::size_t count) {
  static int number = 0;
  World world;
  world.root = options.scratch + "/tree-" + std::to_string(++number);
  world.directories = bare::make_tree(world.root, kDirectories, 0);
  world.files = bare::file_paths(world.directories, count);
  return world;
}

bare::Told watch(const bare::Options& options, const World& world) {
  bare::Told told = bare::Told::program({options.pawl, "events", world.root, "--json", "--quiet"},
                                        options.scratch);
  if (!told.wait_until_watching(world.directories)) bare::fail("it does not watch");
  return told;
}

void add(bare::Report& report, const std::string& what, const bare::Verdict& verdict) {
  report.add(what + ": not told", static_cast<double>(verdict.missing()));
  report.add(what + ": ms until all was told", verdict.told_ms);
  // A target of 0 would be none at all.
  report.target(what + ": not told", 0.5);
  if (!verdict.lost.empty()) std::fprintf(stderr, "not told: %s\n", verdict.lost.c_str());
}

// Where the bare loop has not lost some: its queue overflows as any other does.
void add_bare(bare::Report& report, const std::string& what, const bare::Verdict& own,
              const bare::Verdict& bare) {
  report.add(what + ": not told by the bare loop", static_cast<double>(bare.missing()));
  if (bare.missing() == 0)
    report.add(what + ": ms until all was told, pawl / bare", own.told_ms / bare.told_ms);
}

std::size_t queue_limit() {
  std::size_t limit = 16'384;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> limit;
  return limit;
}

bare::Told watch_bare(const bare::Options& options, const World& world) {
  std::vector<std::string> watched = world.directories;
  watched.push_back(world.root);
  bare::Told told = bare::Told::function(
      [&] { bare::tell_of_files(watched, bare::Tell::kLooked, STDOUT_FILENO); }, options.scratch);
  if (!told.wait_until_watching(world.directories)) bare::fail("the bare loop does not watch");
  return told;
}

// In the order in which they are made, changed and removed again.
std::vector<bare::Verdict> storm(const World& world,
                                 const std::function<bare::Told(const World&)>& watch) {
  std::vector<bare::Verdict> verdicts;
  for (const auto work : {+[](const World& w) { bare::create_files(w.files); },
                          +[](const World& w) { bare::append_to_files(w.files); },
                          +[](const World& w) { bare::remove_files(w.files); }}) {
    bare::Told told = watch(world);
    verdicts.push_back(told.judge(world.files, [&] { work(world); }));
  }
  std::filesystem::remove_all(world.root);
  return verdicts;
}

void run_once(bare::Report& report, const bare::Options& options) {
  const auto own = storm(new_world(options, options.size),
                         [&](const World& world) { return watch(options, world); });
  const auto loop = storm(new_world(options, options.size),
                          [&](const World& world) { return watch_bare(options, world); });
  const char* const kinds[] = {"created", "changed", "removed"};
  for (std::size_t k = 0; k < own.size(); ++k) {
    const std::string what = kinds[k];
    add(report, what, own[k]);
    add_bare(report, what, own[k], loop[k]);
    report.grows(what + ": ms until all was told", 1);
  }

  bare::Verdict nested[2];
  for (const bool bare : {false, true}) {
    const World world = new_world(options, 0);
    const std::vector<std::string> paths = bare::nested_paths(world.root, options.size / 20);
    nested[bare] = (bare ? watch_bare(options, world) : watch(options, world)).judge(paths, [&] {
      bare::create_nested(paths);
    });
    std::filesystem::remove_all(world.root);
  }
  add(report, "nested", nested[0]);
  add_bare(report, "nested", nested[0], nested[1]);
  report.grows("nested: ms until all was told", 1);

  // Three times what the queue takes, while nobody reads it: whatever the size. Then each file must
  // be looked at, which a bare sweep does.
  const World world = new_world(options, queue_limit() * 3);
  bare::Told told = watch(options, world);
  double stopped_ms = 0;
  const bare::Verdict verdict = told.judge(world.files, [&] {
    const double begin = bare::cost_until_now().wall_ms;
    told.child().signal(SIGSTOP);
    bare::create_files(world.files);
    told.child().signal(SIGCONT);
    stopped_ms = bare::cost_until_now().wall_ms - begin;
  });
  const bare::Cost swept = bare::in_child([&] { bare::sweep(world.root); });
  add(report, "stopped, and the queue overflowed", verdict);
  report.add("stopped, and the queue overflowed: from then until all was told, pawl / sweep",
             (verdict.told_ms - stopped_ms) / swept.wall_ms);
  std::filesystem::remove_all(world.root);
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_in_memory(argc, argv, 100'000);
  {
    bare::Report report("loss", options.size);
    for (int run = 0; run < options.runs; ++run) run_once(report, options);
  }
  bare::remove_scratch(options);
}
