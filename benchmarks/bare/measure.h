// What something costs, in CPU and in wall time, and how that compares with its bare limit.
//
// CPU is of the whole process, all threads, user and system. It is what counts: wall time on a
// machine that others use says little.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bare {

struct Cost {
  double cpu_ms = 0;
  double wall_ms = 0;

  Cost operator+(const Cost& other) const {
    return {cpu_ms + other.cpu_ms, wall_ms + other.wall_ms};
  }
  Cost operator-(const Cost& other) const {
    return {cpu_ms - other.cpu_ms, wall_ms - other.wall_ms};
  }
};

// Of this process so far, and the time.
Cost cost_until_now();

// Runs `work` in a child process, so that no heap, cache of names or engine is left over from one
// measurement to the next. The cost is from the start of `work` to its end. Ends the program if the
// child fails.
Cost in_child(const std::function<void()>& work);

// A program, or a function in a child process, whose cost can be read while it runs.
class Child {
 public:
  // `output`: where its standard output goes; -1: /dev/null. `input`: its standard input; -1: ours.
  // The program is looked for in $PATH.
  static Child program(const std::vector<std::string>& arguments, int output = -1, int input = -1);
  static Child function(const std::function<void()>& work);
  Child(Child&& other) noexcept;
  ~Child();  // kills it, if it still runs

  pid_t pid() const { return pid_; }
  // With the processes that it has started and that still run.
  Cost cost() const;
  // Waits until it has used less than `idle_ms` of CPU in 250 ms, and returns what it had cost when
  // that began. One that never rests is given 20 s.
  Cost cost_when_at_rest(double idle_ms = 1.0) const;
  // From /proc/PID/status; 0 where there is none.
  std::uint64_t resident_bytes() const;
  // Waits for its end. The cost is from fork to exit; `exit_code` is 128 + n after signal n.
  Cost wait(int* exit_code = nullptr);
  // Waits for its end for so long, and then kills it.
  void end_within(int milliseconds);
  void signal(int number) const;

 private:
  explicit Child(pid_t pid);
  pid_t pid_ = -1;
  double started_ms_ = 0;
};

// Runs it to its end. Ends this program if its exit code is not 0.
Cost run_program(const std::vector<std::string>& arguments);

[[noreturn]] void fail(const std::string& why);
// Ends the program, saying what failed and errno, unless `ok`.
void must(bool ok, const std::string& what);

}  // namespace bare
