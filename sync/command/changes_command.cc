// pawl changes: the feed of a database, from any process.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>

#include "sync/change_follower.h"
#include "sync/command/common.h"
#include "sync/human_lines.h"
#include "sync/json_lines.h"
#include "sync/store_reader.h"

namespace pawl::command {
namespace {

struct ChangesOptions {
  CommonOptions common;
  std::string database;
  std::int64_t since = -1;
  bool follow = false;
};

class ChangesCommand {
 public:
  explicit ChangesCommand(const ChangesOptions& options)
      : options_(options),
        colours_(wants_colours()),
        loop_([this] { loop_.stop(); }),
        output_(
            loop_.get(), [] {}, [this] { loop_.stop(); }),
        ended_(this) {
    uv_async_init(loop_.get(), ended_.get(), [](uv_async_t* handle) {
      if (auto* self = Handle<uv_async_t, ChangesCommand>::owner_of(handle)) self->loop_.stop();
    });
  }

  int run(std::string database, std::int64_t cursor) {
    ChangeFollower::Options follow;
    follow.database = std::move(database);
    follow.cursor = cursor;
    follow.follow = options_.follow;
    follow.on_changes = [this](std::vector<StoredChange> changes) { write(changes); };
    follow.on_resync = [this](std::int64_t from) { resync(from); };
    follow.on_error = [this](const Status& error) {
      spdlog::error("{}", error.message());
      if (!options_.follow) exit_ = kExitFailure;
    };
    follow.on_end = [this] { uv_async_send(ended_.get()); };
    {
      const ChangeFollower follower(std::move(follow));
      loop_.run();
    }
    output_.close();
    return exit_;
  }

 private:
  // On the follower's thread.
  void write(const std::vector<StoredChange>& changes) {
    std::string lines;
    for (const StoredChange& change : changes) {
      if (options_.common.json) {
        append_json_line(lines, change);
      } else {
        append_human_line(lines, change, colours_);
      }
    }
    output_.write(std::move(lines));
  }

  void resync(std::int64_t from) {
    output_.write(options_.common.json
                      ? fmt::format("{{\"event\":\"resync\",\"from\":{}}}\n", from)
                      : fmt::format("the cursor is older than what is kept: resynchronize, and go "
                                    "on from seq {}\n",
                                    from));
    if (!options_.follow) exit_ = kExitResync;
  }

  const ChangesOptions& options_;
  bool colours_;
  CommandLoop loop_;
  Output output_;
  Handle<uv_async_t, ChangesCommand> ended_;
  std::atomic<int> exit_ = kExitOk;
};

int run_changes(const ChangesOptions& options) {
  set_up_logging(options.common);
  const std::string database = absolute_path(options.database);
  // A database that can't be read is told of at once.
  std::int64_t cursor = options.since;
  {
    Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(database);
    Result<std::int64_t> start = reader.ok() ? (*reader)->feed_start() : reader.status();
    if (!start.ok()) {
      spdlog::error("{}", start.status().message());
      return kExitFailure;
    }
    if (cursor < 0) cursor = *start;  // all that there is
  }
  return ChangesCommand(options).run(database, cursor);
}

}  // namespace

void add_changes(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ChangesOptions>();
  CLI::App* command = app.add_subcommand(
      "changes", "Prints the feed of changes in a database, and follows it while it grows");
  command->add_option("--db", options->database, "The SQLite database")->required();
  command
      ->add_option("--since", options->since,
                   "Only what came after this seq; exits with 4 if some of that is not kept any "
                   "more")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("-f,--follow", options->follow, "Go on with what comes, until it is stopped");
  add_common_options(*command, options->common);
  command->callback([options, &exit_code] { exit_code = run_changes(*options); });
}

}  // namespace pawl::command
