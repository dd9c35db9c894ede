// The database as a service uses it: how it is opened, and the texts in it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/task/task.h"
#include "sync/config.h"
#include "sync/file_identity.h"
#include "sync/store.h"
#include "sync/store_reader.h"

namespace pawl {

inline OpenOptions store_options(const Config& config) {
  OpenOptions options;
  options.revisions_max = config.revisions_max;
  options.changes_max = config.changes_max;
  for (const SourceConfig& source : config.sources) {
    options.conflict_rules[source.name] = source.conflict;
  }
  return options;
}

// Reads texts from the database, on any thread.
class StoredContents {
 public:
  explicit StoredContents(std::string database) : database_(std::move(database)) {}

  Result<std::shared_ptr<const TaskContent>> operator()(const Task& task) {
    const std::lock_guard lock(mutex_);
    // The file may be a new one.
    const FileIdentity identity = file_identity(database_);
    if (!reader_ || identity != identity_) {
      identity_ = identity;
      reader_.reset();
      Result<std::unique_ptr<StoreReader>> reader = StoreReader::open(database_);
      if (!reader.ok()) return reader.status();
      reader_ = std::move(*reader);
    }
    return reader_->content(task.uuid(), task.version(), task.checksum());
  }

 private:
  std::string database_;
  std::mutex mutex_;
  std::unique_ptr<StoreReader> reader_;  // guarded by mutex_
  FileIdentity identity_;                // of its file; guarded by mutex_
};

}  // namespace pawl
