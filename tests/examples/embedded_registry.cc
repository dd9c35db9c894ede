// A service that runs tasks from a registry, reloads them while it runs, and follows the feed.
//
//     embedded_registry DATABASE FOLDER
//
// Each task "runs" for as long as its version serves: the program holds the version that it began with,
// and changes to the newer one when it is told of it. The feed is followed by a cursor, as another
// process would that reads the database. SIGINT or SIGTERM ends it.
#include <pawl/pawl.h>
#include <uv.h>

#include <csignal>
#include <cstdio>
#include <map>
#include <optional>
#include <string>

namespace {

class Runner {
 public:
  bool start(uv_loop_t* loop, const std::string& database, const std::string& folder) {
    pawl::tasks::Options options;
    options.database = database;
    options.sources.push_back({.path = folder, .debounce = std::chrono::milliseconds(100)});
    pawl::tasks::Callbacks callbacks;
    callbacks.on_settled = [this] { serve(); };
    callbacks.on_events = [this](const std::vector<pawl::tasks::Event>&) { follow(); };
    callbacks.on_newer = [this](const pawl::tasks::Task& now, const pawl::tasks::Task&) { run(now); };
    callbacks.on_released = [](const pawl::tasks::Released& released) {
      say("released %s %s\n", released.uuid.c_str(), released.version.c_str());
    };
    callbacks.on_sync = [](const pawl::Error& error) {
      if (!error.ok()) say("the database: %s\n", error.message().c_str());
    };
    auto registry = pawl::tasks::Registry::open(loop, options, callbacks);
    if (!registry) return std::fprintf(stderr, "%s\n", registry.error().message().c_str()), false;
    registry_ = std::move(*registry);
    return true;
  }

  void stop() {
    if (!registry_) return;
    const pawl::Error error = registry_->close(std::chrono::seconds(2));
    if (!error.ok()) say("%s\n", error.message().c_str());
    say("ran %zu tasks\n", running_.size());
    running_.clear();
    registry_.reset();
  }

 private:
  template <class... Args>
  static void say(const char* format, Args... args) {
    std::printf(format, args...);
    std::fflush(stdout);
  }

  // What is there and not running yet begins; what is not there any more ends.
  void serve() {
    const pawl::tasks::Snapshot now = registry_->snapshot();
    for (const pawl::tasks::Task& task : now.list())
      if (now.get(task.uuid()) == task && !running_.contains(task.uuid())) run(task);
    std::erase_if(running_, [&](const auto& one) { return !now.get(one.first); });
    for (const pawl::tasks::Trouble& trouble : now.invalid())
      for (const pawl::tasks::Diagnostic& error : trouble.errors)
        say("invalid %s:%u: %s\n", error.path.c_str(), error.line, error.text.c_str());
  }

  void run(const pawl::tasks::Task& task) {
    const auto content = registry_->content(task);
    if (!content) return say("%s\n", content.error().message().c_str());
    say("runs %s %s: %zu bytes\n", task.label().c_str(), task.version().c_str(), content->script.size());
    running_[task.uuid()] = task;  // what ran before is let go of
  }

  void follow() {
    const auto page = registry_->changes_since(cursor_, 1000);
    if (!page) return say("%s\n", page.error().message().c_str());
    if (page->resync) {
      cursor_ = page->resync_from;
      return serve();
    }
    for (const pawl::tasks::FeedEntry& entry : page->entries) {
      say("feed %lld %s %s\n", static_cast<long long>(entry.seq), entry.kind.c_str(), entry.uuid.c_str());
      cursor_ = entry.seq;
    }
  }

  std::optional<pawl::tasks::Registry> registry_;
  std::map<std::string, pawl::tasks::Task> running_;  // by uuid
  std::int64_t cursor_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: embedded_registry DATABASE FOLDER\n"), 2;
  uv_loop_t loop;
  uv_loop_init(&loop);
  Runner runner;
  if (!runner.start(&loop, argv[1], argv[2])) return 1;
  uv_signal_t signals[2];
  for (uv_signal_t& signal : signals) {
    uv_signal_init(&loop, &signal);
    uv_unref(reinterpret_cast<uv_handle_t*>(&signal));  // the registry keeps the loop going, and not these
    signal.data = &runner;
    uv_signal_start(
        &signal, [](uv_signal_t* handle, int) { static_cast<Runner*>(handle->data)->stop(); },
        &signal == signals ? SIGINT : SIGTERM);
  }
  uv_run(&loop, UV_RUN_DEFAULT);
  for (uv_signal_t& signal : signals) uv_close(reinterpret_cast<uv_handle_t*>(&signal), nullptr);
  uv_run(&loop, UV_RUN_DEFAULT);
  return uv_loop_close(&loop) == 0 ? 0 : 1;
}
