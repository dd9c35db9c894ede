#include "core/task/debouncer.h"

#include <algorithm>

namespace pawl {

Debouncer::Debouncer(Duration quiet, std::optional<Duration> delay_max)
    : quiet_(quiet), delay_max_(delay_max.value_or(std::max<Duration>(10 * quiet, seconds(5)))) {}

void Debouncer::note(const std::string& key, Instant now) {
  auto [at, is_new] = pending_.try_emplace(key, Times{now, now});
  Times& times = at->second;
  if (!is_new) deadlines_.erase({times.deadline, at->first});
  times.deadline = std::min(now + quiet_, times.first + delay_max_);
  deadlines_.emplace(times.deadline, at->first);
}

Instant Debouncer::next_deadline() const {
  return deadlines_.empty() ? kNever : deadlines_.begin()->first;
}

std::vector<std::string> Debouncer::take_settled(Instant now) {
  std::vector<std::string> settled;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    auto node = pending_.extract(pending_.find(std::string(deadlines_.begin()->second)));
    deadlines_.erase(deadlines_.begin());
    settled.push_back(std::move(node.key()));
  }
  std::sort(settled.begin(), settled.end());
  return settled;
}

std::vector<std::string> Debouncer::take_all() {
  std::vector<std::string> all;
  all.reserve(pending_.size());
  deadlines_.clear();
  while (!pending_.empty()) all.push_back(std::move(pending_.extract(pending_.begin()).key()));
  return all;
}

}  // namespace pawl
