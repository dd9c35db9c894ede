#include "core/task/reload_queue.h"

#include <algorithm>
#include <cassert>

#include "core/task/stable_hash.h"

namespace pawl {
namespace {

constexpr Duration kRetryDelayMax = seconds(60);
// The last comes 4.25 s after the first load: timestamps of two seconds (FAT) are settled by then.
constexpr std::uint32_t kRechecksMax = 4;

}  // namespace

Duration retry_delay(Duration first, std::uint32_t failures, const std::string& path) {
  Duration delay = std::min(first, kRetryDelayMax);
  for (std::uint32_t i = 1; i < failures && delay < kRetryDelayMax; ++i) delay *= 2;
  delay = std::min(delay, kRetryDelayMax);
  const auto draw =
      static_cast<std::int64_t>(stable_hash(path + '\0' + std::to_string(failures)) % 1024);
  return delay + delay / 2 * (draw - 512) / 1024;
}

void ReloadQueue::want(const std::string& path) {
  const auto [at, is_new] = works_.try_emplace(path);
  Work& work = at->second;
  if (work.state == State::kLoading) {
    work.again = true;
    return;
  }
  if (is_new) return make_ready(*at);
  if (work.state == State::kReady) return;
  leave(path, work);
  work.failures = 0;
  work.rechecks = 0;
  make_ready(*at);
}

void ReloadQueue::forget(const std::string& path) {
  const auto at = works_.find(path);
  if (at == works_.end()) return;
  Work& work = at->second;
  if (work.state == State::kLoading) {
    work.dropped = true;
    work.again = false;
    return;
  }
  leave(path, work);
  drop(at);
}

void ReloadQueue::forget_all() {
  for (auto at = works_.begin(); at != works_.end();) {
    const std::string path = (at++)->first;
    forget(path);
  }
}

std::optional<std::string> ReloadQueue::take(Instant now) {
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    Works::value_type& entry = *works_.find(waiting_.begin()->second);
    leave(entry.first, entry.second);
    make_ready(entry);
  }
  if (!can_take()) return std::nullopt;
  Works::value_type& entry = *works_.find(*ready_.begin()->second);
  ready_.erase(ready_.begin());
  entry.second.state = State::kLoading;
  ++loading_;
  return entry.first;
}

bool ReloadQueue::counts(const std::string& path) const {
  const auto at = works_.find(path);
  return at != works_.end() && at->second.state == State::kLoading && !at->second.dropped;
}

bool ReloadQueue::wanted_again(const std::string& path) const {
  const auto at = works_.find(path);
  return at != works_.end() && at->second.again;
}

std::uint32_t ReloadQueue::failures(const std::string& path) const {
  const auto at = works_.find(path);
  return at == works_.end() ? 0 : at->second.failures;
}

// True: it is wanted again, and ready.
bool ReloadQueue::end_load(Works::iterator at) {
  Work& work = at->second;
  assert(work.state == State::kLoading);
  --loading_;
  if (!work.again) return false;
  work = Work{};
  make_ready(*at);
  return true;
}

void ReloadQueue::finish(const std::string& path) {
  const auto at = works_.find(path);
  assert(at != works_.end());
  if (!end_load(at)) drop(at);
}

void ReloadQueue::finish_failed(const std::string& path, Instant now) {
  const auto at = works_.find(path);
  assert(at != works_.end());
  if (end_load(at)) return;
  Work& work = at->second;
  ++work.failures;
  wait(path, work, now + retry_delay(options_.retry_delay, work.failures, path));
}

void ReloadQueue::finish_unsettled(const std::string& path, Instant now, bool lasting) {
  const auto at = works_.find(path);
  assert(at != works_.end());
  if (end_load(at)) return;
  Work& work = at->second;
  if (work.rechecks >= kRechecksMax && !lasting) return drop(at);
  Duration delay = options_.recheck_delay;
  for (std::uint32_t i = 0; i < work.rechecks && delay < kRetryDelayMax; ++i) delay *= 4;
  ++work.rechecks;
  work.failures = 0;
  wait(path, work, now + std::min(delay, kRetryDelayMax));
}

void ReloadQueue::hurry(Instant now) {
  std::set<std::pair<Instant, std::string>> due;
  for (const auto& [instant, path] : waiting_) {
    works_.at(path).due = now;
    due.emplace(now, path);
  }
  waiting_ = std::move(due);
}

void ReloadQueue::drop(Works::iterator at) {
  works_.erase(at);
  if (works_.empty()) works_.rehash(0);  // a first load leaves it large
}

void ReloadQueue::make_ready(Works::value_type& entry) {
  entry.second.state = State::kReady;
  entry.second.turn = ++turn_;
  ready_.emplace_hint(ready_.end(), turn_, &entry.first);
}

void ReloadQueue::wait(const std::string& path, Work& work, Instant due) {
  work.state = State::kWaiting;
  work.due = due;
  waiting_.emplace(due, path);
  if (is_hopeless(work)) ++hopeless_;
}

bool ReloadQueue::is_hopeless(const Work& work) {
  return work.failures >= kFailuresShown || work.rechecks > kRechecksMax;
}

// Takes it out of ready_ or waiting_, whichever it is in.
void ReloadQueue::leave(const std::string& path, const Work& work) {
  if (work.state == State::kReady) {
    ready_.erase(work.turn);
  } else if (work.state == State::kWaiting) {
    waiting_.erase({work.due, path});
    if (is_hopeless(work)) --hopeless_;
  }
}

}  // namespace pawl
