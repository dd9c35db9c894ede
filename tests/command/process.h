// Runs a command as a process, and reads what it says line by line, with a deadline.
//
//   Process pawl({PAWL_BINARY, "events", "--json", folder});
//   ASSERT_TRUE(pawl.read_line(line));
//   pawl.signal(SIGTERM);
//   EXPECT_EQ(pawl.wait(), 0);
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pawl {

// For whatever a healthy process does: long, since machines are busy.
inline constexpr std::chrono::milliseconds kDeadline{20'000};

struct ProcessOptions {
  std::string directory;                 // to run it in; empty: this one
  std::vector<std::string> environment;  // "NAME=value", beside what this process has
};

// Threading: one thread at a time.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments, ProcessOptions options = {});
  // Kills it if it still runs.
  ~Process();
  Process(const Process&) = delete;

  // The next line of standard output, without its newline. False: there is none before the
  // deadline, or none to come.
  bool read_line(std::string& line, std::chrono::milliseconds deadline = kDeadline);
  // Reads until `wanted` says yes to a line; every line read is in `seen`.
  bool read_until(const std::function<bool(const std::string&)>& wanted,
                  std::vector<std::string>* seen = nullptr,
                  std::chrono::milliseconds deadline = kDeadline);
  // All that is left of standard output, until it ends.
  std::vector<std::string> read_rest(std::chrono::milliseconds deadline = kDeadline);
  // Bytes that wait in the pipe.
  std::size_t unread() const;
  // There is no reader any more.
  void close_output();

  void signal(int number);
  // How it ended, as a shell says it: 128 and the signal's number if one killed it. Nothing: it did
  // not end in time.
  std::optional<int> wait(std::chrono::milliseconds deadline = kDeadline);
  // What standard error has got so far, all of it once wait() returned.
  std::string errors() const;
  int pid() const { return pid_; }

 private:
  bool fill(std::chrono::steady_clock::time_point until);

  int pid_ = -1;
  int output_ = -1;
  std::string buffer_;
  std::string error_file_;
  std::optional<int> exit_;
};

// A command run to its end.
struct Finished {
  std::optional<int> exit;
  std::vector<std::string> lines;
  std::string errors;

  // Both outputs, for a message or a search.
  std::string all() const;
};

Finished run(std::vector<std::string> arguments, ProcessOptions options = {});

}  // namespace pawl
