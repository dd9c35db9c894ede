// Waits until a key has been quiet before letting it through, so that a burst of changes to one
// task is one reload. A key that never rests gets through all the same, after `delay_max`.
//
// Memory is one entry for each pending key, however often it is noted. Noting and taking are
// O(log n) a key. Nothing here reads a clock; calls come in the order of their instants.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"

namespace pawl {

class Debouncer {
 public:
  // `quiet`: how long a key must rest. `delay_max`: the longest that a key is held back, counted
  // from its first note; by default ten times `quiet` and at least 5 s. A `delay_max` shorter than
  // `quiet` wins over it.
  explicit Debouncer(Duration quiet, std::optional<Duration> delay_max = std::nullopt);
  Debouncer(Debouncer&&) = default;  // a copy's deadlines_ would view this one's keys

  void note(const std::string& key, Instant now);

  // When take_settled has something to give; kNever while nothing is pending.
  Instant next_deadline() const;

  // The keys that have settled by `now`, sorted by bytes. They are pending no longer.
  std::vector<std::string> take_settled(Instant now);

  // All pending keys, settled or not, sorted by bytes.
  std::vector<std::string> take_all();

  bool pending(const std::string& key) const { return pending_.contains(key); }
  std::size_t size() const { return pending_.size(); }

 private:
  struct Times {
    Instant first;
    Instant deadline;
  };

  Duration quiet_;
  Duration delay_max_;
  std::map<std::string, Times> pending_;
  std::set<std::pair<Instant, std::string_view>> deadlines_;  // views into the keys of pending_
};

}  // namespace pawl
