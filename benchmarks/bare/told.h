// A program that watches a tree and prints what changes in it, and the judge (judge/main.cc) of
// what it has printed. The same for pawl, for a bare loop and for any other watcher.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "benchmarks/bare/measure.h"

namespace bare {

struct Verdict {
  std::size_t done = 0;  // paths that were changed
  std::size_t told = 0;  // those that a line named
  double cpu_ms = 0;   // of the watcher, with the processes that it has started: from rest to rest
  double told_ms = 0;  // from the first change to the line that names the last of them
  std::string lost;    // one that was not named

  std::size_t missing() const { return done - told; }
};

class Told {
 public:
  // `judge`: the program; `scratch`: a folder for its list, outside of what is watched.
  static Told program(const std::vector<std::string>& command, const std::string& scratch);
  // `work` writes lines to standard output, and does not return.
  static Told function(const std::function<void()>& work, const std::string& scratch);
  Told(Told&& other) noexcept;
  // Ends the watcher: SIGTERM, and after a while SIGKILL.
  ~Told();

  // Makes files in each directory until a line names one in each: they are watched. False if that
  // does not come about within `deadline_ms`. No program has to say that it is ready.
  bool wait_until_watching(const std::vector<std::string>& directories,
                           double deadline_ms = 30'000);

  // Has `work` change `paths`, and waits until lines have named all of them, or none comes for
  // `silence_ms`. To be called once.
  Verdict judge(const std::vector<std::string>& paths, const std::function<void()>& work,
                int silence_ms = 70'000);

  const Child& child() const { return child_; }

 private:
  Told(Child child, int lines, std::string scratch);

  Child child_;
  int lines_;
  std::string scratch_;
};

}  // namespace bare
