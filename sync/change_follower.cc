#include "sync/change_follower.h"

#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

#include "sync/file_identity.h"
#include "sync/store_reader.h"

namespace pawl {
namespace {

constexpr std::chrono::milliseconds kLook{50};
constexpr std::int64_t kPage = 1000;
// Whoever asks for what comes after it is told to resynchronize.
constexpr std::int64_t kPastAllFeeds = std::numeric_limits<std::int64_t>::max() - 1;

}  // namespace

struct ChangeFollower::Shared {
  explicit Shared(Options given) : options(std::move(given)), cursor(options.cursor) {}

  bool stopped() {
    const std::lock_guard lock(mutex);
    return stopping;
  }
  // False: it is over.
  bool rest() {
    std::unique_lock lock(mutex);
    return !wake.wait_for(lock, kLook, [&] { return stopping; });
  }
  Status look();
  Status open_anew(const FileIdentity& now);
  Status read_on();
  // Nothing: the feed begins after it, or ends before.
  Result<std::optional<StoredChange>> entry_at_cursor();
  void run();

  const Options options;
  std::int64_t cursor;  // this and what follows are the thread's alone
  std::optional<StoredChange> at_cursor;
  std::unique_ptr<StoreReader> reader;
  FileIdentity identity;

  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;  // guarded by mutex
};

Status ChangeFollower::Shared::look() {
  // The file may have been deleted and made anew.
  const FileIdentity now = file_identity(options.database);
  if (!reader || now != identity) {
    if (Status opened = open_anew(now); !opened.ok()) return opened;
  }
  Result<bool> changed = reader->changed();
  if (!changed.ok()) return changed.status();
  return *changed ? read_on() : Status();
}

// Another file may go on with the feed, or have one of its own that has come as far: the entry at
// the cursor tells which.
Status ChangeFollower::Shared::open_anew(const FileIdentity& now) {
  reader.reset();
  Result<std::unique_ptr<StoreReader>> opened = StoreReader::open(options.database);
  if (!opened.ok()) return opened.status();
  reader = std::move(*opened);
  Result<std::optional<StoredChange>> entry = entry_at_cursor();
  if (!entry.ok()) return entry.status();
  if (at_cursor && *entry && **entry != *at_cursor) cursor = kPastAllFeeds;
  if (*entry) at_cursor = std::move(*entry);
  identity = now;
  return {};
}

Result<std::optional<StoredChange>> ChangeFollower::Shared::entry_at_cursor() {
  Result<std::vector<StoredChange>> entries = reader->changes_since(cursor - 1, 1);
  if (!entries.ok()) return entries.status();
  if (entries->empty() || entries->front().seq != cursor) return std::optional<StoredChange>();
  return std::optional(std::move(entries->front()));
}

Status ChangeFollower::Shared::read_on() {
  while (!stopped()) {
    Result<FeedPage> page = reader->feed_since(cursor, kPage);
    if (!page.ok()) return page.status();
    if (page->resync) {
      cursor = page->resync_from;
      Result<std::optional<StoredChange>> entry = entry_at_cursor();
      if (!entry.ok()) return entry.status();
      at_cursor = std::move(*entry);
      if (options.on_resync) options.on_resync(cursor);
      continue;
    }
    if (page->changes.empty()) break;
    cursor = page->changes.back().seq;
    at_cursor = page->changes.back();
    if (options.on_changes) options.on_changes(std::move(page->changes));
  }
  return Status();
}

void ChangeFollower::Shared::run() {
  bool failing = false;
  do {
    const Status looked = look();
    if (!looked.ok()) {
      reader.reset();
      if (!failing && options.on_error) options.on_error(looked);
    }
    failing = !looked.ok();
  } while (rest());
}

ChangeFollower::ChangeFollower(Options options)
    : shared_(std::make_shared<Shared>(std::move(options))),
      thread_([shared = shared_] { shared->run(); }) {}

ChangeFollower::~ChangeFollower() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopping = true;
  }
  shared_->wake.notify_all();
  thread_.join();
}

}  // namespace pawl
