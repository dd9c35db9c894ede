// What all commands share: options, output, signals, exit codes.
#pragma once

#include <uv.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backends/handle.h"
#include "core/coverage.h"
#include "sync/config.h"
#include "sync/line_writer.h"

namespace pawl::command {

enum ExitCode : int {
  kExitOk = 0,
  kExitFailure = 1,
  kExitUsage = 2,
  kExitInvalid = 3,  // a task is invalid
  kExitResync = 4,   // the feed does not go back so far
  kExitInterrupted = 130,
};

struct CommonOptions {
  bool json = false;
  bool quiet = false;
  std::string log_level = "info";
};

// Adds --json, --quiet and --log-level.
void add_common_options(CLI::App& command, CommonOptions& options);
// Adds --backend.
void add_backend_option(CLI::App& command, BackendChoice& backend);
// To be called once the command line is parsed.
void set_up_logging(const CommonOptions& options);

// Each adds its subcommand to `app`; when it is chosen, `exit_code` gets what it ended with.
void add_watch(CLI::App& app, int& exit_code);
void add_sync(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_events(CLI::App& app, int& exit_code);
void add_status(CLI::App& app, int& exit_code);
void add_changes(CLI::App& app, int& exit_code);
// history, show, diff and restore.
void add_history(CLI::App& app, int& exit_code);
void add_doctor(CLI::App& app, int& exit_code);

bool stdout_is_terminal();
bool stderr_is_terminal();
// A terminal that understands colours, on standard output; NO_COLOR is respected.
bool wants_colours();

// The absolute form of a path that a user gave, without `.`, `..` or a slash at the end. Links are
// left as they are.
std::string absolute_path(const std::string& path);

// Prints each error on standard error. Returns kExitUsage.
int report(const std::vector<ConfigError>& errors);

// A libuv loop with the signals that end a command.
class CommandLoop {
 public:
  // `on_stop` is called at the first SIGINT or SIGTERM; a second ends the process at once.
  explicit CommandLoop(std::function<void()> on_stop);
  ~CommandLoop();
  CommandLoop(const CommandLoop&) = delete;

  uv_loop_t* get() { return &loop_; }
  // Runs until stop() is called.
  void run();
  // From now on the first signal ends the process: nothing is left that it could finish.
  void leave_signals();
  void stop();

 private:
  void on_signal();

  uv_loop_t loop_;
  std::function<void()> on_stop_;
  Handle<uv_signal_t, CommandLoop> interrupt_;
  Handle<uv_signal_t, CommandLoop> terminate_;
  bool stopping_ = false;
};

// Standard output, written by a thread of its own.
class Output {
 public:
  // `on_ready`: the reader has caught up. `on_closed`: there is no reader any more. Both on the
  // loop thread.
  Output(uv_loop_t* loop, std::function<void()> on_ready, std::function<void()> on_closed);
  ~Output();
  Output(const Output&) = delete;

  bool ready() const { return writer_->ready(); }
  void write(std::string&& lines) {
    if (!lines.empty()) writer_->write(std::move(lines));
  }
  // Waits for the reader, but not long.
  void close();

 private:
  std::function<void()> on_ready_;
  std::function<void()> on_closed_;
  Handle<uv_async_t, Output> async_;
  std::unique_ptr<LineWriter> writer_;
};

// "scanning: 12000 directories, 60000 files", rewritten in place on a terminal while `running`.
class Progress {
 public:
  // `describe` gives the line. Does nothing unless standard error is a terminal.
  Progress(uv_loop_t* loop, bool enabled, std::function<std::string()> describe);
  ~Progress() { finish(); }
  // Wipes the line.
  void finish();

 private:
  void show();

  std::function<std::string()> describe_;
  Handle<uv_timer_t, Progress> timer_;
  bool shown_ = false;
};

// Ends the process and leaves to the system what is held: to take a registry of 100,000 tasks apart
// first, piece by piece, takes longer than anything else that a stop has to do. What has to be kept
// was written.
[[noreturn]] void leave(int exit_code);

}  // namespace pawl::command
