// M. As fast as it goes: files created, changed and removed, directories made with something in
// them at once, and a watcher that was stopped while its queue overflowed. The judge
// (judge/main.cc) says which of the paths were told. None may be missing.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

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

void run_once(bare::Report& report, const bare::Options& options) {
  const auto judge = [&](const std::string& what, const World& world,
                         const std::vector<std::string>& paths, const std::function<void()>& work) {
    bare::Told told = watch(options, world);
    add(report, what, told.judge(paths, work));
    report.grows(what + ": ms until all was told", 1);
  };
  World world = new_world(options, options.size);
  judge("created", world, world.files, [&] { bare::create_files(world.files); });
  judge("changed", world, world.files, [&] { bare::append_to_files(world.files); });
  judge("removed", world, world.files, [&] { bare::remove_files(world.files); });
  std::filesystem::remove_all(world.root);

  world = new_world(options, 0);
  const std::vector<std::string> nested = bare::nested_paths(world.root, options.size / 20);
  judge("nested", world, nested, [&] { bare::create_nested(nested); });
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
