// The feed, read from the database on whatever thread asks.
#pragma once

#include <pawl/pawl.h>

#include <memory>
#include <mutex>
#include <string>

#include "sync/file_identity.h"
#include "sync/store_reader.h"

namespace pawl::tasks {

class Feed {
 public:
  // Empty: there is no database.
  explicit Feed(std::string database) : database_(std::move(database)) {}

  Expected<FeedPage> since(std::int64_t cursor, std::size_t limit);

 private:
  const std::string database_;
  std::mutex mutex_;
  std::unique_ptr<StoreReader> reader_;  // guarded by mutex_, as what follows
  FileIdentity identity_;                // of its file, which may be replaced
};

}  // namespace pawl::tasks
