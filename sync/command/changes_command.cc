// pawl changes: the feed of a database, from any process.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "sync/change_follower.h"
#include "sync/command/common.h"
#include "sync/human_lines.h"
#include "sync/json_lines.h"
#include "sync/store_reader.h"

namespace pawl::command {
namespace {

constexpr std::int64_t kPage = 1000;

struct ChangesOptions {
  CommonOptions common;
  std::string database;
  std::int64_t since = -1;
  bool follow = false;
};

std::string text_of(const std::vector<StoredChange>& changes, bool json, bool colours) {
  std::string lines;
  for (const StoredChange& change : changes) {
    if (json) {
      append_json_line(lines, change);
    } else {
      append_human_line(lines, change, colours);
    }
  }
  return lines;
}

std::string resync_line(std::int64_t from, bool json) {
  if (json) return fmt::format("{{\"event\":\"resync\",\"from\":{}}}\n", from);
  return fmt::format(
      "the cursor is older than what is kept, or of another feed: resynchronize, and go on from "
      "seq {}\n",
      from);
}

// False: errno says why. That nobody reads any more is no failure, and is not told.
bool print(const std::string& lines) {
  const bool whole = std::fwrite(lines.data(), 1, lines.size(), stdout) == lines.size();
  if (whole && std::fflush(stdout) == 0) return true;
  if (errno != EPIPE) {
    spdlog::error("{}", Status::from_errno(errno, "write", "standard output").message());
  }
  return false;
}

// Prints what there is, as fast as the reader takes it.
int print_feed(StoreReader& reader, std::int64_t cursor, bool json) {
  for (const bool colours = wants_colours();;) {
    const Result<FeedPage> page = reader.feed_since(cursor, kPage);
    if (!page.ok()) {
      spdlog::error("{}", page.status().message());
      return kExitFailure;
    }
    const std::string lines =
        page->resync ? resync_line(page->resync_from, json) : text_of(page->changes, json, colours);
    if (!print(lines)) return errno == EPIPE ? kExitOk : kExitFailure;
    if (page->resync) return kExitResync;
    if (page->changes.empty()) return kExitOk;
    cursor = page->changes.back().seq;
  }
}

// Prints what comes, too, until a signal comes or nobody reads any more.
class FollowCommand {
 public:
  explicit FollowCommand(bool json)
      : json_(json),
        colours_(wants_colours()),
        loop_([this] { loop_.stop(); }),
        output_(
            loop_.get(), [this] { caught_up(); }, [this] { loop_.stop(); }) {}

  int run(std::string database, std::int64_t cursor) {
    ChangeFollower::Options follow;
    follow.database = std::move(database);
    follow.cursor = cursor;
    follow.on_changes = [this](const std::vector<StoredChange>& changes) {
      write(text_of(changes, json_, colours_));
    };
    follow.on_resync = [this](std::int64_t from) { write(resync_line(from, json_)); };
    follow.on_error = [](const Status& error) { spdlog::error("{}", error.message()); };
    {
      const ChangeFollower follower(std::move(follow));
      loop_.run();
      const std::lock_guard lock(mutex_);
      ending_ = true;
      may_write_.notify_all();
    }
    output_.close();
    return kExitOk;
  }

 private:
  // On the follower's thread, which reads no more of the feed until this has room: a reader that is
  // slow does not make pawl hold all of it.
  void write(std::string lines) {
    std::unique_lock lock(mutex_);
    may_write_.wait(lock, [&] { return ending_ || output_.ready(); });
    if (!ending_) output_.write(std::move(lines));
  }

  void caught_up() {
    const std::lock_guard lock(mutex_);
    may_write_.notify_all();
  }

  bool json_;
  bool colours_;
  std::mutex mutex_;
  std::condition_variable may_write_;  // with `ending_`, or the output's being ready
  bool ending_ = false;                // guarded by mutex_
  CommandLoop loop_;
  Output output_;
};

int run_changes(const ChangesOptions& options) {
  set_up_logging(options.common);
  const std::string database = absolute_path(options.database);
  Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(database);
  Result<std::int64_t> cursor = reader.ok() ? (*reader)->feed_start() : reader.status();
  if (!cursor.ok()) {
    spdlog::error("{}", cursor.status().message());
    return kExitFailure;
  }
  if (options.since >= 0) cursor = options.since;  // else all that there is
  if (!options.follow) return print_feed(**reader, *cursor, options.common.json);
  reader->reset();
  return FollowCommand(options.common.json).run(database, *cursor);
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
