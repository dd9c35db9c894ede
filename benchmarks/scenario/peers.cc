// R. pawl beside other watchers, where they are installed: the same changes in the same tree, as
// fast as it goes, and the same judge (judge/main.cc), which knows none of them. CPU is of the
// watcher with all that it has started. And beside the bare inotify loop.
//
// They promise different things: inotifywait tells each event of the kernel, others merge and wait.
// The judge asks one thing of all: was each path that changed told?
//
// --only=pawl: it and the bare loop. NODE_PATH=DIR: where chokidar and @parcel/watcher are
// installed (npm install, in any folder).
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/bare/inotify_loop.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/told.h"
#include "benchmarks/bare/tree.h"
#include "benchmarks/bare/workload.h"

namespace {

constexpr std::size_t kDirectories = 100;
constexpr int kSilenceMs = 5'000;
constexpr const char* kBare = "bare loop";

struct Peer {
  std::string name;
  std::vector<std::string> trial;    // ends with 0 where it is installed; empty: always
  std::vector<std::string> command;  // the root follows
};

std::vector<Peer> peers(const bare::Options& options) {
  const std::string folder = PAWL_PEERS;
  const std::vector<std::string> shell{"sh", "-c"};
  const auto has = [](const std::string& program) {
    return std::vector<std::string>{"sh", "-c", "command -v " + program};
  };
  return {
      {"pawl", {}, {options.pawl, "events", "--json", "--quiet"}},
      {kBare, {}, {}},
      {"inotifywait",
       has("inotifywait"),
       {"inotifywait", "-m", "-r", "-q", "-e", "create,modify,delete,move,attrib", "--format",
        "%w%f"}},
      {"fswatch", has("fswatch"), {"fswatch", "-r", "-l", "0.1"}},
      {"watchman", has("watchman"), {"sh", folder + "/watchman.sh"}},
      {"chokidar",
       {"node", folder + "/node.cjs", "chokidar"},
       {"node", folder + "/node.cjs", "chokidar"}},
      {"@parcel/watcher",
       {"node", folder + "/node.cjs", "parcel"},
       {"node", folder + "/node.cjs", "parcel"}},
      {"watchdog", {"python3", folder + "/watchdog.py"}, {"python3", folder + "/watchdog.py"}},
  };
}

bool is_installed(const Peer& peer) {
  if (peer.trial.empty()) return true;
  // A program that is not there at all can't even be started.
  std::vector<std::string> quietly{"sh", "-c", "exec \"$@\" 2>/dev/null", "sh"};
  quietly.insert(quietly.end(), peer.trial.begin(), peer.trial.end());
  int exit_code = 1;
  bare::Child::program(quietly).wait(&exit_code);
  return exit_code == 0;
}

struct Job {
  std::string name;
  bool files_first = false;  // they are there before it watches
  std::function<std::vector<std::string>(const std::string& root,
                                         const std::vector<std::string>& directories)>
      paths;
  void (*work)(const std::vector<std::string>& paths);
};

std::vector<Job> jobs(std::size_t size) {
  const auto files = [size](const std::string&, const std::vector<std::string>& directories) {
    return bare::file_paths(directories, size);
  };
  const auto nested = [size](const std::string& root, const std::vector<std::string>&) {
    return bare::nested_paths(root, size / 20);
  };
  return {
      {"created", false, files, [](const auto& paths) { bare::create_files(paths); }},
      {"changed", true, files, [](const auto& paths) { bare::append_to_files(paths); }},
      {"removed", true, files, [](const auto& paths) { bare::remove_files(paths); }},
      {"nested", false, nested, [](const auto& paths) { bare::create_nested(paths); }},
  };
}

// Nothing: it tells nothing of some directory.
std::optional<bare::Verdict> run_job(bare::Report& report, const bare::Options& options,
                                     const Peer& peer, const Job& job) {
  static int number = 0;
  const std::string root = options.scratch + "/tree-" + std::to_string(++number);
  const std::vector<std::string> directories = bare::make_tree(root, kDirectories, 0);
  const std::vector<std::string> paths = job.paths(root, directories);
  if (job.files_first) bare::create_files(paths);
  std::vector<std::string> watched = directories;
  watched.push_back(root);
  std::vector<std::string> command = peer.command;
  command.push_back(root);
  bare::Told told =
      peer.command.empty()
          ? bare::Told::function(
                [&] { bare::tell_of_files(watched, bare::Tell::kLooked, STDOUT_FILENO); },
                options.scratch)
          : bare::Told::program(command, options.scratch);
  std::optional<bare::Verdict> verdict;
  if (told.wait_until_watching(directories)) {
    verdict = told.judge(
        paths, [&] { job.work(paths); }, kSilenceMs);
    if (peer.name == "pawl") {
      report.target("pawl, " + job.name + ": % not told", 1e-6);
      report.grows("pawl, " + job.name + ": CPU us a change", 0);
    }
    report.add(
        peer.name + ", " + job.name + ": % not told",
        100.0 * static_cast<double>(verdict->missing()) / static_cast<double>(verdict->done));
    report.add(peer.name + ", " + job.name + ": CPU us a change",
               verdict->cpu_ms * 1e3 / static_cast<double>(verdict->done));
  } else {
    std::fprintf(stderr, "%s tells nothing of some directory\n", peer.name.c_str());
  }
  std::filesystem::remove_all(root);
  return verdict;
}

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_in_memory(argc, argv, 20'000);
  std::vector<Peer> there;
  for (const Peer& peer : peers(options)) {
    if (options.only == "pawl" && peer.name != "pawl" && peer.name != kBare) continue;
    if (is_installed(peer))
      there.push_back(peer);
    else
      bare::Report("peers: " + peer.name, options.size).skip("not installed");
  }
  {
    bare::Report report("peers", options.size);
    // In turns, so that what else the machine does hits all alike.
    for (int run = 0; run < options.runs; ++run) {
      for (const Job& job : jobs(options.size)) {
        double own = 0;  // pawl is first, the bare loop second
        std::erase_if(there, [&](const Peer& peer) {
          const auto verdict = run_job(report, options, peer, job);
          if (verdict && peer.name == "pawl") own = verdict->cpu_ms;
          if (verdict && peer.name == kBare)
            report.add(job.name + ": CPU, pawl / bare loop", own / verdict->cpu_ms);
          return !verdict;
        });
      }
    }
  }
  bare::remove_scratch(options);
}
