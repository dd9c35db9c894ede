#include "sync/api/feed.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "fallback/bridge/convert.h"

namespace pawl::tasks {

Expected<FeedPage> Feed::since(std::int64_t cursor, std::size_t limit) {
  if (database_.empty())
    return Error(ErrorCode::kUnsupported, "read the feed", {}, "there is no database");
  const std::lock_guard lock(mutex_);
  const FileIdentity identity = file_identity(database_);
  if (!reader_ || identity != identity_) {
    reader_.reset();
    Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(database_);
    if (!reader.ok()) return watch::to_public(reader.status());
    reader_ = std::move(*reader);
    identity_ = identity;
  }
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  Result<pawl::FeedPage> page =
      reader_->feed_since(cursor, static_cast<std::int64_t>(std::min<std::uint64_t>(limit, kMost)));
  if (!page.ok()) return watch::to_public(page.status());
  FeedPage result{{}, page->resync, page->resync_from};
  result.entries.reserve(page->changes.size());
  for (StoredChange& change : page->changes)
    result.entries.push_back({change.seq, std::move(change.at), std::move(change.kind),
                              std::move(change.uuid), std::move(change.version),
                              std::move(change.path), std::move(change.checksum)});
  return result;
}

}  // namespace pawl::tasks
