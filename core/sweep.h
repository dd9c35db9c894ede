// Which polled directories of one root are looked at in a round.
//
// A round starts every interval. If all fit into the round's share of a core, all are looked at in
// it. If not, those that changed lately come first, with at most half of the share, and the others
// take turns with the rest. If a round has cost more than its share all the same, the next comes so
// much later that the share holds. None waits longer than bound().
#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "core/directory_id.h"
#include "core/time.h"

namespace pawl {

class Sweep {
 public:
  void add(DirectoryId directory) { resting_.push_back(directory); }

  Instant due{};
  std::size_t outstanding = 0;  // directories of the round that are still to be answered

  // What a look at part of a directory has cost a worker.
  void part_cost(Duration cost) {
    spent_ += cost;
    part_ns_ += static_cast<double>(cost.count());
  }
  // The last part of one: for the moving average.
  void cost(Duration cost) {
    part_cost(cost);
    cost_ns_ += (std::exchange(part_ns_, 0) - cost_ns_) / 64;
  }
  // A directory of the round is answered for, or will not be.
  void done(Duration interval, double share) {
    if (--outstanding > 0) return;
    // Rounded: a processor that computes with more digits than a double has may come out just below.
    const double stretched = std::round(static_cast<double>(spent_.count()) / share);
    stretched_ = std::max(interval, Duration(static_cast<std::int64_t>(stretched)));
    due = std::max(due, began_ + stretched_);
  }

  // Calls `take(id)` for each directory of the round. It returns kGone for one that is no longer
  // polled, which is dropped, and else whether the directory is active.
  enum class Taken { kGone, kResting, kActive };
  template <class Take>
  void round(Instant now, Duration interval, double share, const Take& take) {
    began_ = now;
    spent_ = {};
    const std::size_t fits = capacity(interval, share);
    const std::size_t all = active_.size() + resting_.size();
    std::size_t first = fits >= all ? active_.size() : std::min(active_.size(), (fits + 1) / 2);
    rotate(active_, first, take);
    rotate(resting_, std::min(resting_.size(), fits > first ? fits - first : 1), take);
    active_.insert(active_.end(), woken_.begin(), woken_.end());
    resting_.insert(resting_.end(), calmed_.begin(), calmed_.end());
    woken_.clear();
    calmed_.clear();
  }

  // The longest that a directory waits for its next look, if looks cost what they did of late.
  Duration bound(Duration interval, double share) const {
    const std::size_t fits = capacity(interval, share);
    const std::size_t all = active_.size() + resting_.size();
    const Duration round = std::max(interval, stretched_);
    if (fits >= all) return round;
    const std::size_t first = std::min(active_.size(), (fits + 1) / 2);
    const std::size_t rest = fits > first ? fits - first : 1;
    const std::size_t rounds = std::max((resting_.size() + rest - 1) / rest,
                                        first == 0 ? 1 : (active_.size() + first - 1) / first);
    return round * static_cast<std::int64_t>(std::max<std::size_t>(rounds, 1));
  }

  bool empty() const { return active_.empty() && resting_.empty(); }

 private:
  std::size_t capacity(Duration interval, double share) const {
    const double budget = static_cast<double>(interval.count()) * share;
    return static_cast<std::size_t>(std::max(1.0, budget / std::max(cost_ns_, 1.0)));
  }

  // Takes `count` from the front of `ring`; each goes to the back of the ring where it belongs now.
  template <class Take>
  void rotate(std::deque<DirectoryId>& ring, std::size_t count, const Take& take) {
    for (; count > 0 && !ring.empty(); --count) {
      const DirectoryId id = ring.front();
      ring.pop_front();
      const Taken taken = take(id);
      if (taken == Taken::kActive) woken_.push_back(id);
      if (taken == Taken::kResting) calmed_.push_back(id);
    }
  }

  std::deque<DirectoryId> active_;
  std::deque<DirectoryId> resting_;
  std::deque<DirectoryId> woken_;
  std::deque<DirectoryId> calmed_;
  double cost_ns_ = 20'000;
  double part_ns_ = 0;    // of a directory that is looked at in parts
  Instant began_{};       // the round
  Duration spent_{};      // in it
  Duration stretched_{};  // what the interval was after the last
};

}  // namespace pawl
