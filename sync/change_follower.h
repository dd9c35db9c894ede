// Follows the feed of a database that this or another process writes: from a cursor on, and then
// whatever is committed, within 100 ms.
//
// Threading: it has a thread of its own, on which the callbacks are called; they may take their
// time. Its looks are cheap: one read of a counter in shared memory, 20 times a second.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/status.h"
#include "sync/stored.h"

namespace pawl {

class ChangeFollower {
 public:
  struct Options {
    std::string database;
    std::int64_t cursor = 0;  // what comes after it is told
    std::function<void(std::vector<StoredChange>)> on_changes;
    // Entries after the cursor are missing: take all tasks anew. It goes on after `from`.
    std::function<void(std::int64_t from)> on_resync;
    // The database cannot be read; it is tried again. Told once until it can.
    std::function<void(const Status&)> on_error;
  };

  explicit ChangeFollower(Options options);
  // Waits for a callback that is being called; none is called afterwards.
  ~ChangeFollower();
  ChangeFollower(const ChangeFollower&) = delete;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace pawl
