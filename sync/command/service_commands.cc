// pawl watch, sync and check: the service, for as long as it takes.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "fallback/watcher.h"
#include "sync/command/common.h"
#include "sync/command/notices.h"
#include "sync/human_lines.h"
#include "sync/json_lines.h"
#include "sync/service.h"
#include "sync/set_aside.h"

namespace pawl::command {
namespace {

enum class Purpose { kWatch, kSync, kCheck };

// From the signal to the end: what is known is loaded and committed in this time, or found again at
// the next start.
constexpr std::uint64_t kSettleMs = 1200;
// How often it is asked whether another writer has ended.
constexpr std::uint64_t kWaitMs = 100;
constexpr std::chrono::milliseconds kStopMax(400);
// And where no signal urges: what is left then is that the log is written back.
constexpr std::chrono::seconds kCloseMax(30);

struct ServiceCommandOptions {
  CommonOptions common;
  std::vector<std::string> sources;
  std::string config;
  std::string database;
  SourceConfig like;
  std::uint32_t debounce_ms = 500;
  std::uint32_t poll_interval_ms = 1000;
  bool wait = false;     // for another writer to end
  bool rebuild = false;  // set a database aside that is damaged
};

class ServiceCommand {
 public:
  ServiceCommand(Purpose purpose, const ServiceCommandOptions& options)
      : purpose_(purpose),
        options_(options),
        colours_(wants_colours()),
        loop_([this] { stop_soon(); }),
        output_(loop_.get(), [this] { release(); }, [this] { loop_.stop(); }),
        timer_(this),
        notices_(loop_.get()) {
    uv_timer_init(loop_.get(), timer_.get());
  }

  int run(const Config& config) {
    begin_or_wait(config);
    if (!service_) return stopping_ ? stopped_early() : kExitFailure;
    Progress progress(loop_.get(), !options_.common.quiet, [this] {
      const ServiceSummary summary = service_->summary();
      return scanning_line(summary.directories, summary.files);
    });
    progress_ = &progress;
    loop_.run();
    progress.finish();
    if (!stopping_) loop_.leave_signals();
    const Status stopped = service_->stop(stopping_ ? kStopMax : kCloseMax);
    if (!stopped.ok()) log_stop(stopped);
    release();
    notices_.finish();
    const ServiceSummary summary = service_->summary();
    const bool settled = service_->settled();
    const int exit_code = finish(summary, settled && stopped.ok());
    output_.close();
    leave(exit_code);
  }

 private:
  // The service runs afterwards; or it can't, or a signal came while another process had the
  // database.
  void begin_or_wait(const Config& config) {
    Status begun = begin(config);
    if (options_.wait && begun.code() == Code::kBusy) {
      spdlog::info("{}; waiting", begun.message());
      const std::function<void()> again = [&] {
        begun = begin(config);
        if (begun.code() != Code::kBusy) loop_.stop();
      };
      again_ = &again;
      uv_timer_start(
          timer_.get(),
          [](uv_timer_t* handle) {
            if (auto* self = Handle<uv_timer_t, ServiceCommand>::owner_of(handle)) (*self->again_)();
          },
          kWaitMs, kWaitMs);
      loop_.run();
      uv_timer_stop(timer_.get());
      again_ = nullptr;
    }
    if (!service_ && !stopping_) spdlog::error("{}", begun.message());
  }

  Status begin(const Config& config) {
    if (options_.rebuild) {
      const Result<std::string> aside = set_aside(config.database);
      if (!aside.ok()) return aside.status();
      if (!aside->empty()) spdlog::warn("the old database is kept as {}", *aside);
    }
    Result<std::unique_ptr<Service>> service = Service::start(loop_.get(), service_options(config));
    if (!service.ok()) return service.status();
    service_ = std::move(*service);
    return {};
  }

  ServiceOptions service_options(const Config& config) {
    ServiceOptions service_options;
    service_options.config = config;
    service_options.watch = purpose_ == Purpose::kWatch;
    service_options.place_when_done = purpose_ == Purpose::kSync;
    service_options.callbacks.on_task = [this](const TaskEvent& event, std::int64_t seq) {
      write_task(event, seq);
    };
    service_options.callbacks.on_conflict = [this](const StoredConflict& conflict) {
      std::string lines;
      if (options_.common.json) {
        append_json_line(lines, conflict);
      } else {
        append_human_line(lines, conflict, colours_);
      }
      output_.write(std::move(lines));
    };
    service_options.callbacks.on_notice = [this](const Notice& notice) {
      std::string lines;
      notices_.add(lines, notice, options_.common.json, colours_);
      output_.write(std::move(lines));
    };
    service_options.callbacks.on_watching = [this] { watching(); };
    service_options.callbacks.on_settled = [this] {
      if (purpose_ != Purpose::kWatch || stopping_) loop_.stop();
    };
    service_options.callbacks.on_sync_health = [](const SyncHealth& health) { log_health(health); };
    return service_options;
  }

  void watching() {
    progress_->finish();
    notices_.finish();
    if (purpose_ != Purpose::kWatch) return;
    const ServiceSummary summary = service_->summary();
    const ReadyEvent event{summary.directories, summary.files, summary.native, summary.polled,
                           monotonic_now()};
    std::string lines;
    if (options_.common.json) {
      append_json_line(lines, event);
    } else if (!options_.common.quiet) {
      append_human_line(lines, event, colours_);
    }
    output_.write(std::move(lines));
  }

  // While the reader is behind, the last event of each path is kept: the feed in the database has
  // them all.
  void write_task(const TaskEvent& event, std::int64_t seq) {
    if (!output_.ready() || !held_.empty()) {
      held_.insert_or_assign({event.source, event.path}, std::pair(event, seq));
      return;
    }
    std::string lines;
    append_task(lines, event, seq);
    output_.write(std::move(lines));
  }

  void append_task(std::string& lines, const TaskEvent& event, std::int64_t seq) const {
    if (options_.common.json) {
      append_json_line(lines, event, static_cast<std::uint64_t>(seq));
    } else if (!event.errors.empty() || !(options_.common.quiet || purpose_ == Purpose::kCheck)) {
      append_human_line(lines, event, colours_);
    }
  }

  void release() {
    std::string lines;
    for (const auto& [key, kept] : held_) append_task(lines, kept.first, kept.second);
    held_.clear();
    output_.write(std::move(lines));
  }

  // What is known is loaded and committed; then the loop stops. Or it takes too long.
  void stop_soon() {
    stopping_ = true;
    if (!service_ || service_->settled()) return loop_.stop();
    service_->flush();
    uv_timer_start(
        timer_.get(),
        [](uv_timer_t* handle) {
          if (auto* self = Handle<uv_timer_t, ServiceCommand>::owner_of(handle)) self->loop_.stop();
        },
        kSettleMs, 0);
  }

  static void log_health(const SyncHealth& health) {
    switch (health.state) {
      case SyncState::kHealthy: return spdlog::info("the database is written again");
      case SyncState::kRetrying:
        return spdlog::warn("{}; trying again in {} ms (attempt {})", health.last_error.message(),
                            health.next_delay.count(), health.attempt);
      case SyncState::kFailed:
        return spdlog::error("{}; the registry serves on, the database does not follow",
                             health.last_error.message());
    }
  }

  // What ends a sync with 1 is an error, also where warnings are not wanted.
  void log_stop(const Status& stopped) const {
    const auto level = purpose_ == Purpose::kSync ? spdlog::level::err : spdlog::level::warn;
    if (stopped.code() == Code::kForeign) return spdlog::log(level, "{}", stopped.message());
    spdlog::log(level, "not everything is committed; the next start finds it again: {}",
                stopped.message());
  }

  int finish(const ServiceSummary& summary, bool complete) {
    if (purpose_ == Purpose::kWatch) return kExitOk;
    if (options_.common.json) {
      output_.write(fmt::format("{{\"event\":\"summary\",\"added\":{},\"updated\":{},\"removed\":{},"
                                "\"unchanged\":{},\"invalid\":{},\"duplicates\":{}}}\n",
                                summary.added, summary.updated, summary.removed, summary.unchanged,
                                summary.invalid, summary.duplicates));
    } else if (!options_.common.quiet && purpose_ == Purpose::kSync) {
      output_.write(fmt::format("{} added, {} updated, {} removed, {} unchanged, {} invalid, {} duplicate\n",
                                summary.added, summary.updated, summary.removed, summary.unchanged,
                                summary.invalid, summary.duplicates));
    } else if (!options_.common.quiet) {
      output_.write(fmt::format("{} valid, {} invalid, {} duplicate\n", summary.added,
                                summary.invalid, summary.duplicates));
    }
    if (!complete) return stopping_ ? stopped_early() : kExitFailure;
    return summary.invalid > 0 ? kExitInvalid : kExitOk;
  }

  // By a signal, before all was done.
  int stopped_early() const { return purpose_ == Purpose::kWatch ? kExitOk : kExitInterrupted; }

  Purpose purpose_;
  const ServiceCommandOptions& options_;
  bool colours_;
  CommandLoop loop_;
  Output output_;
  Handle<uv_timer_t, ServiceCommand> timer_;
  NoticePrinter notices_;
  std::map<std::pair<std::string, std::string>, std::pair<TaskEvent, std::int64_t>> held_;
  std::unique_ptr<Service> service_;
  Progress* progress_ = nullptr;
  const std::function<void()>* again_ = nullptr;  // while it waits for another writer
  bool stopping_ = false;
};

int run_service(Purpose purpose, ServiceCommandOptions& options) {
  set_up_logging(options.common);
  ConfigInput input;
  input.database = options.database;
  input.needs_database = purpose != Purpose::kCheck;
  options.like.watch_options.debounce = std::chrono::milliseconds(options.debounce_ms);
  options.like.watch_options.poll_interval = std::chrono::milliseconds(options.poll_interval_ms);
  const LoadedConfig loaded = options.config.empty()
                                  ? config_from_arguments(options.sources, options.like, input)
                                  : load_config(options.config, input);
  if (!loaded.ok()) return report(loaded.errors);
  return ServiceCommand(purpose, options).run(loaded.config);
}

void add_sources(CLI::App& command, ServiceCommandOptions& options) {
  CLI::Option* sources =
      command.add_option("SOURCE", options.sources, "Folders of tasks, or file:// URIs of them");
  CLI::Option* config =
      command.add_option("-c,--config", options.config, "Read the sources from this YAML file");
  sources->excludes(config);
  command.add_option("--ignore", options.like.watch_options.ignore_patterns,
                     "Leave out what matches this pattern, in place of the default ones; may be "
                     "repeated")
      ->allow_extra_args(false)  // what follows the pattern is a SOURCE
      ->excludes(config);
  command.add_flag("--follow-symlinks", options.like.follow_symlinks,
                   "Follow symbolic links that stay inside their source")
      ->excludes(config);
  command.add_flag("--allow-empty", options.like.allow_empty,
                   "An empty folder means that its tasks are gone, not that it is not mounted")
      ->excludes(config);
  add_common_options(command, options.common);
}

CLI::App* add_command(CLI::App& app, Purpose purpose, const char* name, const char* description,
                      int& exit_code, const std::shared_ptr<ServiceCommandOptions>& options) {
  CLI::App* command = app.add_subcommand(name, description);
  add_sources(*command, *options);
  command->callback([purpose, options, &exit_code] {
    if (options->sources.empty() && options->config.empty())
      throw CLI::RequiredError("SOURCE or --config is required", CLI::ExitCodes::RequiredError);
    exit_code = run_service(purpose, *options);
  });
  return command;
}

}  // namespace

void add_watch(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ServiceCommandOptions>();
  CLI::App* command = add_command(
      app, Purpose::kWatch, "watch",
      "Keeps the registry and the database true to the sources, until it is stopped", exit_code,
      options);
  command->add_option("--db", options->database, "The SQLite database; made if it is not there");
  command->add_flag("--wait", options->wait,
                    "Wait while another process writes the database, instead of failing");
  CLI::Option* config = command->get_option("--config");
  add_backend_option(*command, options->like.backend);
  command->get_option("--backend")->excludes(config);
  command
      ->add_option("--debounce-ms", options->debounce_ms,
                   "A task is loaded again once it has not changed for so long")
      ->check(CLI::Range(0, 3'600'000))
      ->capture_default_str()
      ->excludes(config);
  command
      ->add_option("--poll-interval-ms", options->poll_interval_ms,
                   "How often polled directories are looked at")
      ->check(CLI::Range(10, 86'400'000))
      ->capture_default_str()
      ->excludes(config);
}

void add_sync(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ServiceCommandOptions>();
  CLI::App* command =
      add_command(app, Purpose::kSync, "sync",
                  "Makes the database true to the sources once, and prints a summary", exit_code,
                  options);
  command->add_option("--db", options->database, "The SQLite database; made if it is not there");
  command->add_flag("--wait", options->wait,
                    "Wait while another process writes the database, instead of failing");
  command->add_flag("--rebuild", options->rebuild,
                    "Set a database that is damaged aside, under a dated name, and make it anew");
}

void add_check(CLI::App& app, int& exit_code) {
  add_command(app, Purpose::kCheck, "check", "Checks every task of the sources; no database",
              exit_code, std::make_shared<ServiceCommandOptions>());
}

}  // namespace pawl::command
