#include "sync/command/common.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "backends/fs_path.h"
#include "sync/command/process.h"

namespace pawl::command {
namespace {

constexpr std::chrono::milliseconds kDrainMax(500);
constexpr std::uint64_t kProgressMs = 200;
constexpr int kStdout = 1;
constexpr int kStderr = 2;

// Where standard error takes nothing, there is nobody left to be told of that.
void tell(const std::string& text) {
  static_cast<void>(std::fputs(text.c_str(), stderr));
  static_cast<void>(std::fflush(stderr));
}

}  // namespace

void add_common_options(CLI::App& command, CommonOptions& options) {
  command.add_flag("--json", options.json, "One JSON object a line instead of text");
  command.add_flag("-q,--quiet", options.quiet, "Only errors; no progress and no summary");
  command
      .add_option("--log-level", options.log_level,
                  "What is logged to standard error: trace, debug, info, warn, error, off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
}

void add_backend_option(CLI::App& command, BackendChoice& backend) {
  static const std::map<std::string, BackendChoice> kChoices{{"auto", BackendChoice::kAuto},
                                                             {"native", BackendChoice::kNative},
                                                             {"poll", BackendChoice::kPoll}};
  command
      .add_option("--backend", backend,
                  "How changes are noticed: auto (native where it tells of all changes, else by "
                  "polling), native, poll")
      ->transform(CLI::CheckedTransformer(kChoices, CLI::ignore_case))
      ->type_name("auto|native|poll");
}

void set_up_logging(const CommonOptions& options) {
  auto logger = spdlog::stderr_color_mt("pawl");
  logger->set_pattern("%^%l%$: %v");
  logger->set_level(options.quiet ? spdlog::level::err : spdlog::level::from_str(options.log_level));
  spdlog::set_default_logger(logger);
}

bool stdout_is_terminal() { return uv_guess_handle(kStdout) == UV_TTY; }
bool stderr_is_terminal() { return uv_guess_handle(kStderr) == UV_TTY; }

bool wants_colours() {
  const char* no_color = std::getenv("NO_COLOR");
  return stdout_is_terminal() && (no_color == nullptr || *no_color == '\0');
}

std::string absolute_path(const std::string& path) {
  const std::string absolute = pawl::absolute_path(path);
  return absolute.empty() ? path : absolute;
}

int report(const std::vector<ConfigError>& errors) {
  for (const ConfigError& error : errors) tell(error.format() + "\n");
  return kExitUsage;
}

CommandLoop::CommandLoop(std::function<void()> on_stop)
    : on_stop_(std::move(on_stop)) {
  uv_loop_init(&loop_);
  const auto caught = [](uv_signal_t* handle, int) {
    if (CommandLoop* self = Handle<uv_signal_t, CommandLoop>::owner_of(handle)) self->on_signal();
  };
  interrupt_ = Handle<uv_signal_t, CommandLoop>(this);
  terminate_ = Handle<uv_signal_t, CommandLoop>(this);
  uv_signal_init(&loop_, interrupt_.get());
  uv_signal_init(&loop_, terminate_.get());
  uv_signal_start(interrupt_.get(), caught, SIGINT);
  uv_signal_start(terminate_.get(), caught, terminate_signal());
}

CommandLoop::~CommandLoop() {
  interrupt_.reset();
  terminate_.reset();
  // One more turn frees the handles that were closed.
  uv_run(&loop_, UV_RUN_NOWAIT);
  (void)uv_loop_close(&loop_);
}

void CommandLoop::leave_signals() {
  interrupt_.reset();
  terminate_.reset();
}

void CommandLoop::run() { uv_run(&loop_, UV_RUN_DEFAULT); }

void CommandLoop::stop() { uv_stop(&loop_); }

void CommandLoop::on_signal() {
  if (stopping_) std::_Exit(128 + SIGINT);
  stopping_ = true;
  on_stop_();
}

Output::Output(uv_loop_t* loop, std::function<void()> on_ready, std::function<void()> on_closed)
    : on_ready_(std::move(on_ready)), on_closed_(std::move(on_closed)), async_(this) {
  uv_async_init(loop, async_.get(), [](uv_async_t* handle) {
    Output* self = Handle<uv_async_t, Output>::owner_of(handle);
    if (self == nullptr) return;
    if (self->writer_->closed()) return self->on_closed_();
    if (self->writer_->ready()) self->on_ready_();
  });
  LineWriter::Options options;
  options.on_ready = [this] { uv_async_send(async_.get()); };
  options.on_closed = [this] { uv_async_send(async_.get()); };
  writer_ = std::make_unique<LineWriter>(kStdout, std::move(options));
}

Output::~Output() { writer_.reset(); }

void Output::close() { writer_->close(kDrainMax); }

Progress::Progress(uv_loop_t* loop, bool enabled, std::function<std::string()> describe)
    : describe_(std::move(describe)) {
  if (!enabled || !stderr_is_terminal()) return;
  timer_ = Handle<uv_timer_t, Progress>(this);
  uv_timer_init(loop, timer_.get());
  uv_timer_start(
      timer_.get(),
      [](uv_timer_t* handle) {
        if (Progress* self = Handle<uv_timer_t, Progress>::owner_of(handle)) self->show();
      },
      kProgressMs, kProgressMs);
}

void Progress::show() {
  shown_ = true;
  tell("\r\033[K" + describe_());
}

void Progress::finish() {
  timer_.reset();
  if (!shown_) return;
  shown_ = false;
  tell("\r\033[K");
}

void leave(int exit_code) {
  static_cast<void>(std::fflush(nullptr));
  std::_Exit(exit_code);
}

}  // namespace pawl::command
