// N. A single change costs the same in a tree of a thousand files and of a million: CPU of `pawl
// events` for each of 200 appends, one after the other, each told before the next. Beside a bare
// inotify loop that looks (fstatat) and writes the same line.
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/bare/inotify_loop.h"
#include "benchmarks/bare/lines.h"
#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/report.h"
#include "benchmarks/bare/tree.h"

namespace {

constexpr std::size_t kFiles = 100;  // in each directory
constexpr std::size_t kChanges = 200;

// A program that watches, and what it prints.
class Watching {
 public:
  template <class Start>
  explicit Watching(const Start& start) {
    int ends[2];
    bare::must(::pipe2(ends, O_CLOEXEC) == 0, "pipe");
    child_.emplace(start(ends[1]));
    ::close(ends[1]);
    lines_.emplace(ends[0]);
    lines_->wait_for({"ready"});
    child_->cost_when_at_rest();
  }
  ~Watching() {
    child_->signal(SIGTERM);
    child_->wait();
  }
  Watching(const Watching&) = delete;

  struct Each {
    double cpu_us = 0;
    double told_us = 0;
  };
  Each changes(const std::vector<std::string>& files) {
    const bare::Cost before = child_->cost();
    double told_ms = 0;
    for (std::size_t i = 0; i < kChanges; ++i) {
      // Slower than what pawl takes for a storm, whose hints it gathers for some milliseconds.
      const timespec pause{0, 3'000'000};
      ::nanosleep(&pause, nullptr);
      const std::string& path = files[next_ = (next_ + 7919) % files.size()];
      const double before_ms = bare::cost_until_now().wall_ms;
      bare::append(path, "more\n");
      lines_->wait_for({path});
      told_ms += bare::cost_until_now().wall_ms - before_ms;
    }
    const bare::Cost cost = child_->cost() - before;
    return {cost.cpu_ms * 1e3 / kChanges, told_ms * 1e3 / kChanges};
  }

 private:
  std::optional<bare::Child> child_;
  std::optional<bare::Lines> lines_;
  std::size_t next_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const bare::Options options = bare::options_in_memory(argc, argv, 256'000);
  const std::string root = options.scratch + "/tree";
  const std::vector<std::string> directories = bare::make_tree(root, options.size / kFiles, kFiles);
  const std::vector<std::string> files = bare::files_below(root);
  {
    bare::Report report("single change", options.size);
    // One at a time: the other would be woken by the same writes.
    std::vector<Watching::Each> own, bare;
    {
      Watching pawl([&](int output) {
        return bare::Child::program({options.pawl, "events", root, "--json", "--quiet"}, output);
      });
      for (int run = 0; run < options.runs; ++run) own.push_back(pawl.changes(files));
    }
    {
      Watching loop([&](int output) {
        return bare::Child::function([&] {
          ::dup2(output, STDOUT_FILENO);
          bare::tell_of_files(directories, bare::Tell::kLooked, STDOUT_FILENO);
        });
      });
      for (int run = 0; run < options.runs; ++run) bare.push_back(loop.changes(files));
    }
    for (std::size_t run = 0; run < own.size(); ++run) {
      report.add("CPU, pawl / (inotify + fstatat + line)", own[run].cpu_us / bare[run].cpu_us);
      report.add("time from the write to the line, pawl / bare",
                 own[run].told_us / bare[run].told_us);
      report.add("pawl, CPU us a change", own[run].cpu_us);
      report.add("bare, CPU us a change", bare[run].cpu_us);
      report.add("pawl, us from the write to the line", own[run].told_us);
      report.add("bare, us from the write to the line", bare[run].told_us);
    }
    report.grows("pawl, CPU us a change", 0);
  }
  bare::remove_scratch(options);
}
