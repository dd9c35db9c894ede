// Runs a command whenever something below a folder has changed and then rested.
//
//     build_watcher FOLDER COMMAND [ARGUMENT…]
//
// What the command itself writes to FOLDER/out is ignored. A change while it runs has it run once more
// afterwards. SIGINT or SIGTERM ends it.
//
// Everything is on one libuv loop of the program's own: the watcher, the command, the signals.
#include <pawl/watcher.h>
#include <uv.h>

#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace {

class BuildWatcher {
 public:
  BuildWatcher(uv_loop_t* loop, std::vector<std::string> command)
      : loop_(loop), command_(std::move(command)) {}

  bool start(const std::string& folder) {
    for (const int number : {SIGINT, SIGTERM}) {
      uv_signal_t& signal = signals_[number == SIGINT ? 0 : 1];
      uv_signal_init(loop_, &signal);
      signal.data = this;
      uv_signal_start(
          &signal, [](uv_signal_t* handle, int) { static_cast<BuildWatcher*>(handle->data)->stop(); },
          number);
    }
    auto watcher = pawl::watch::Watcher::open(
        loop_, {.debounce = std::chrono::milliseconds(100)},
        [this](const pawl::watch::Batch& batch) { take(batch); });
    if (!watcher) return report(watcher.error());
    watcher_ = std::move(*watcher);
    const auto root = watcher_->add_root({.path = folder, .ignore = {"/out/", ".git/", "*.swp"}});
    return root ? true : report(root.error());
  }

 private:
  static bool report(const pawl::Error& error) {
    std::fprintf(stderr, "%s\n", error.message().c_str());
    return false;
  }

  void take(const pawl::watch::Batch& batch) {
    for (const pawl::watch::CoverageChange& change : batch.coverage)
      if (change.now.mode == pawl::watch::Mode::kPolled)
        std::printf("polling %s: %s\n", change.directory.c_str(),
                    std::string(name_of(change.now.reason)).c_str());
    if (!batch.changes.empty())
      std::printf("%zu changed, %s first\n", batch.changes.size(), batch.changes[0].path.c_str());
    std::fflush(stdout);
    if (!batch.changes.empty() || !batch.ready.empty()) build();
  }

  void build() {
    if (running_) {
      again_ = true;
      return;
    }
    std::vector<char*> arguments;
    for (std::string& argument : command_) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    uv_stdio_container_t streams[3];
    for (int i = 0; i < 3; ++i) {
      streams[i].flags = UV_INHERIT_FD;
      streams[i].data.fd = i;
    }
    uv_process_options_t options{};
    options.file = arguments[0];
    options.args = arguments.data();
    options.stdio = streams;
    options.stdio_count = 3;
    options.exit_cb = [](uv_process_t* process, std::int64_t status, int) {
      static_cast<BuildWatcher*>(process->data)->built(status);
    };
    process_.data = this;
    const int result = uv_spawn(loop_, &process_, &options);
    running_ = result == 0;
    if (running_) return;
    std::fprintf(stderr, "%s: %s\n", arguments[0], uv_strerror(result));
    uv_close(reinterpret_cast<uv_handle_t*>(&process_), nullptr);
  }

  void built(std::int64_t status) {
    std::printf("built: %d\n", static_cast<int>(status));
    std::fflush(stdout);
    uv_close(reinterpret_cast<uv_handle_t*>(&process_), [](uv_handle_t* handle) {
      auto* self = static_cast<BuildWatcher*>(handle->data);
      self->running_ = false;
      if (self->again_ && self->watcher_) self->build();
      self->again_ = false;
    });
  }

  void stop() {
    watcher_.reset();
    for (uv_signal_t& signal : signals_) {
      auto* handle = reinterpret_cast<uv_handle_t*>(&signal);
      if (!uv_is_closing(handle)) uv_close(handle, nullptr);
    }
  }

  uv_loop_t* loop_;
  std::vector<std::string> command_;
  std::optional<pawl::watch::Watcher> watcher_;
  uv_signal_t signals_[2];
  uv_process_t process_;
  bool running_ = false;
  bool again_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::fprintf(stderr, "usage: build_watcher FOLDER COMMAND [ARGUMENT…]\n"), 2;
  uv_loop_t loop;
  uv_loop_init(&loop);
  BuildWatcher watcher(&loop, std::vector<std::string>(argv + 2, argv + argc));
  if (!watcher.start(argv[1])) return 1;
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
  return 0;
}
