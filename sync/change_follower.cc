#include "sync/change_follower.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "sync/file_identity.h"
#include "sync/store_reader.h"

namespace pawl {
namespace {

constexpr std::chrono::milliseconds kLook{50};
constexpr std::int64_t kPage = 1000;

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
  Status read_on();
  void run();

  const Options options;
  std::int64_t cursor;  // this and what follows are the thread's alone
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
    reader.reset();
    Result<std::unique_ptr<StoreReader>> opened = StoreReader::open(options.database);
    if (!opened.ok()) return opened.status();
    reader = std::move(*opened);
    identity = now;
  }
  Result<bool> changed = reader->changed();
  if (!changed.ok()) return changed.status();
  return *changed ? read_on() : Status();
}

Status ChangeFollower::Shared::read_on() {
  while (!stopped()) {
    Result<FeedPage> page = reader->feed_since(cursor, kPage);
    if (!page.ok()) return page.status();
    if (page->resync) {
      cursor = page->resync_from;
      if (options.on_resync) options.on_resync(cursor);
      continue;
    }
    if (page->changes.empty()) break;
    cursor = page->changes.back().seq;
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
