// pawl events: the normalized stream of file changes, without tasks.
#include <spdlog/spdlog.h>

#include <set>

#include "backends/file_system.h"
#include "core/coalesce.h"
#include "core/ignore.h"
#include "fallback/snapshot_file.h"
#include "fallback/watcher.h"
#include "sync/command/common.h"
#include "sync/command/notices.h"
#include "sync/human_lines.h"
#include "sync/json_lines.h"

namespace pawl::command {
namespace {

constexpr Duration kStopMax = milliseconds(500);
constexpr std::uint64_t kStopTickMs = 5;
// How long a snapshot waits for files to rest: an end takes two seconds at most.
constexpr Duration kSettleMax = milliseconds(500);

struct EventsOptions {
  CommonOptions common;
  std::vector<std::string> paths;
  std::vector<std::string> ignore;
  BackendChoice backend = BackendChoice::kAuto;
  std::uint32_t poll_interval_ms = 1000;
  std::uint32_t debounce_ms = 0;
  std::string save;
  std::string since;
  bool no_recursive = false;
  bool follow_symlinks = false;
};

class EventsCommand {
 public:
  explicit EventsCommand(const EventsOptions& options)
      : options_(options),
        colours_(wants_colours()),
        loop_([this] { stop(); }),
        output_(
            loop_.get(), [this] { flush_if_rested(); }, [this] { loop_.stop(); }),
        timer_(this),
        notices_(loop_.get()),
        watcher_(loop_.get(), {}, [this](WatchBatch batch) { take(std::move(batch)); }),
        progress_(loop_.get(), !options.common.quiet, [this] {
          return scanning_line(watcher_.reconciler().tree().size(), watcher_.metrics().files);
        }) {
    uv_timer_init(loop_.get(), timer_.get());
  }

  [[noreturn]] void run(const IgnoreRules& ignore, const std::vector<RootSnapshot>& since) {
    for (const std::string& path : options_.paths) {
      RootOptions root;
      root.path = path;
      root.recursive = !options_.no_recursive;
      root.follow_symlinks = options_.follow_symlinks;
      root.backend = options_.backend;
      root.poll_interval = milliseconds(options_.poll_interval_ms);
      if (!ignore.empty())
        root.ignored = [ignore](std::string_view name, bool directory) {
          return ignore.matches(name, directory);
        };
      const RootSnapshot* from = find_snapshot(since, path);
      awaited_.insert(from != nullptr ? watcher_.add_root(std::move(root), *from)
                                      : watcher_.add_root(std::move(root)));
    }
    loop_.run();
    save_.reset();
    progress_.finish();
    output_.close();
    leave(exit_code_);
  }

 private:
  void take(WatchBatch batch) {
    std::string lines;
    for (const Notice& notice : batch.notices) {
      notices_.add(lines, notice, options_.common.json, colours_);
      if (const auto* ready = std::get_if<ReadyNotice>(&notice)) awaited_.erase(ready->root);
      // What can't be seen is not waited for: all of it is a change once it can be.
      if (const auto* root = std::get_if<RootNotice>(&notice)) awaited_.erase(root->root);
    }
    if (!ready_told_ && awaited_.empty()) {
      // What changed since the snapshot comes before that nothing can be missed any more.
      if (!options_.since.empty()) {
        for (Change& change : batch.changes) held_.add(std::move(change));
        batch.changes.clear();
        write(held_.take());
      }
      ready(lines);
    }
    output_.write(std::move(lines));
    if (batch.changes.empty()) return;
    // While the reader is behind, changes are kept by path: that grows with what there is, and not
    // with how often it changes.
    if (options_.debounce_ms == 0 && output_.ready() && held_.size() == 0) {
      write(batch.changes);
      return;
    }
    for (Change& change : batch.changes) held_.add(std::move(change));
    rested_ = false;
    if (stop_by_ != Instant{}) return;  // told at the end
    if (options_.debounce_ms == 0) return flush_if_rested();
    uv_timer_start(
        timer_.get(),
        [](uv_timer_t* handle) {
          EventsCommand* self = Handle<uv_timer_t, EventsCommand>::owner_of(handle);
          if (self == nullptr) return;
          self->rested_ = true;
          self->flush_if_rested();
        },
        options_.debounce_ms, 0);
  }

  void flush_if_rested() {
    if (held_.size() == 0 || !output_.ready()) return;
    if (options_.debounce_ms == 0 || rested_) write(held_.take());
  }

  void write(const std::vector<Change>& changes) {
    std::string lines;
    for (const Change& change : changes) {
      if (options_.common.json) {
        append_json_line(lines, change);
      } else {
        append_human_line(lines, change, colours_);
      }
    }
    output_.write(std::move(lines));
  }

  void ready(std::string& lines) {
    ready_told_ = true;
    // So that there is one if this ends unasked. What is told from now on is told again after that.
    save([] {});
    progress_.finish();
    notices_.finish();
    const Metrics metrics = watcher_.metrics();
    const ReadyEvent event{watcher_.reconciler().tree().size(), metrics.files,
                           metrics.directories[static_cast<std::size_t>(Mode::kNative)],
                           metrics.directories[static_cast<std::size_t>(Mode::kPolled)],
                           monotonic_now()};
    if (options_.common.json) {
      append_json_line(lines, event);
    } else if (!options_.common.quiet) {
      append_human_line(lines, event, colours_);
    }
  }

  // What has happened before the signal is told: hints that are still to be read come in with the next
  // turns of the loop, and then it is waited for the looks that they ask for. Not for a mount that hangs.
  void stop() {
    stop_by_ = monotonic_now() + kStopMax;
    uv_timer_start(
        timer_.get(),
        [](uv_timer_t* handle) {
          if (auto* self = Handle<uv_timer_t, EventsCommand>::owner_of(handle)) self->stop_if_seen();
        },
        kStopTickMs, kStopTickMs);
  }

  void stop_if_seen() {
    const Metrics metrics = watcher_.metrics();
    const bool seen = metrics.looks_queued + metrics.looks_in_flight == 0;
    if (!seen && monotonic_now() < stop_by_) return;
    uv_timer_stop(timer_.get());
    save([this] {
      if (held_.size() > 0) write(held_.take());
      notices_.finish();
      loop_.stop();
    });
  }

  // Saves what is known, if that is asked for, and calls `then`.
  void save(std::function<void()> then) {
    if (options_.save.empty() || !ready_told_) return then();
    if (save_) {
      // One after the other, so that the last that is known is what stays.
      after_save_ = [this, then = std::move(then)] { save(then); };
      return;
    }
    save_ = std::make_unique<SnapshotSave>(
        loop_.get(), watcher_, options_.save, kSettleMax,
        [this, then = std::move(then)](const Status& status) {
          const std::unique_ptr<SnapshotSave> finished = std::move(save_);
          if (!status.ok()) {
            spdlog::error("{}", status.message());
            exit_code_ = kExitFailure;
          }
          then();
          if (const auto next = std::exchange(after_save_, nullptr)) next();
        });
  }

  const EventsOptions& options_;
  bool colours_;
  CommandLoop loop_;
  Output output_;
  Handle<uv_timer_t, EventsCommand> timer_;
  Coalescer held_;
  bool rested_ = false;
  Instant stop_by_{};  // once it has been asked to stop
  std::set<std::uint32_t> awaited_;  // roots that have not been looked at once
  bool ready_told_ = false;
  NoticePrinter notices_;
  Watcher watcher_;
  std::unique_ptr<SnapshotSave> save_;  // one that is under way
  std::function<void()> after_save_;
  int exit_code_ = kExitOk;
  Progress progress_;
};

int run_events(EventsOptions& options) {
  set_up_logging(options.common);
  Result<IgnoreRules> ignore = IgnoreRules::compile(options.ignore);
  if (!ignore.ok()) {
    spdlog::error("{}", ignore.status().message());
    return kExitUsage;
  }
  const std::unique_ptr<FileSystem> files = make_file_system();
  for (std::string& path : options.paths) {
    path = absolute_path(path);
    const Result<Stamp> stamp = files->stat(path + "/.");
    if (!stamp.ok()) {
      spdlog::error("{} (give a directory that exists)", stamp.status().message());
      return kExitUsage;
    }
  }
  std::vector<RootSnapshot> since;
  if (!options.since.empty()) {
    Result<std::vector<RootSnapshot>> read = read_snapshot(options.since);
    if (!read.ok()) {
      spdlog::error("{} (without --since all there is counts as known)", read.status().message());
      return kExitFailure;
    }
    since = std::move(*read);
  }
  for (const std::string& path : options.paths) {
    const RootSnapshot* from = find_snapshot(since, path);
    if (from == nullptr && !options.since.empty()) {
      spdlog::error("{} says nothing of {}", options.since, path);
      return kExitUsage;
    }
    if (from == nullptr || (from->recursive == !options.no_recursive &&
                            from->follow_symlinks == options.follow_symlinks))
      continue;
    spdlog::error("{} was saved with another --no-recursive or --follow-symlinks", options.since);
    return kExitUsage;
  }
  EventsCommand(options).run(*ignore, since);
}

}  // namespace

void add_events(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EventsOptions>();
  CLI::App* command = app.add_subcommand(
      "events", "Prints every change of files below PATH, normalized: no tasks, no database");
  command->add_option("PATH", options->paths, "Directories to watch")->required();
  command
      ->add_option("--ignore", options->ignore,
                   "Leave out what matches this pattern, as in .gitignore; may be repeated")
      ->allow_extra_args(false);  // what follows the pattern is a PATH
  add_backend_option(*command, options->backend);
  command
      ->add_option("--poll-interval-ms", options->poll_interval_ms,
                   "How often polled directories are looked at")
      ->check(CLI::Range(10, 86'400'000))
      ->capture_default_str();
  command->add_flag("--no-recursive", options->no_recursive, "Only what is directly in PATH");
  command->add_flag("--follow-symlinks", options->follow_symlinks,
                    "Follow symbolic links that stay below PATH");
  command
      ->add_option("--debounce-ms", options->debounce_ms,
                   "0: each change as soon as it is known. N: one batch, a change a path, once "
                   "nothing has changed for N ms")
      ->check(CLI::Range(0, 3'600'000))
      ->capture_default_str();
  command->add_option("--save", options->save,
                      "Save what is known to FILE, once it is ready and at the end, for --since")
      ->type_name("FILE");
  command->add_option("--since", options->since,
                      "First tell what changed since FILE was saved, of these PATHs")
      ->type_name("FILE");
  add_common_options(*command, options->common);
  command->callback([options, &exit_code] { exit_code = run_events(*options); });
}

}  // namespace pawl::command
