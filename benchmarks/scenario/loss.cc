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

std::size_t queue_limit() {
  std::size_t limit = 16'384;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> limit;
  return limit;
}

// The same beside a bare loop, which watches no directory that is new.
bare::Told watch_bare(const bare::Options& options, const World& world) {
  bare::Told told = bare::Told::function(
      [&] { bare::tell_of_files(world.directories, bare::Tell::kLooked, STDOUT_FILENO); },
      options.scratch);
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
    report.add(what + ": ms until all was told, pawl / bare", own[k].told_ms / loop[k].told_ms);
    report.grows(what + ": ms until all was told", 1);
  }

  World world = new_world(options, 0);
  const std::vector<std::string> nested = bare::nested_paths(world.root, options.size / 20);
  add(report, "nested",
      watch(options, world).judge(nested, [&] { bare::create_nested(nested); }));
  report.grows("nested: ms until all was told", 1);
  std::filesystem::remove_all(world.root);

  // Three times what the queue takes, while nobody reads it.
  world = new_world(options, queue_limit() * 3);
  bare::Told told = watch(options, world);
  add(report, "stopped, and the queue overflowed", told.judge(world.files, [&] {
    told.child().signal(SIGSTOP);
    bare::create_files(world.files);
    told.child().signal(SIGCONT);
  }));
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
