#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "fallback/bridge/convert.h"
#include "fallback/api/queue_state.h"

namespace pawl::watch {
namespace {

// So many changes wait in the order in which they came; more are merged by path. About 10 MB.
constexpr std::size_t kOrderedMax = 65'536;

template <class T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// Keeps the last of those with the same key, where there are more than `bound`. `merge` gives it
// what is kept of the one before. The next time is when there are twice as many as are left: so all
// of it together takes no more than a few looks at each.
template <class T, class Key, class Merge>
void keep_last(std::vector<T>& notices, std::size_t& bound, const Key& key, const Merge& merge) {
  if (notices.size() <= bound) return;
  std::map<decltype(key(notices.front())), T> last;
  for (T& notice : notices) {
    // Moved from only if it is new.
    auto [at, is_new] = last.try_emplace(key(notice), std::move(notice));
    if (is_new) continue;
    merge(at->second, notice);
    at->second = std::move(notice);
  }
  notices.clear();
  for (auto& [unused, notice] : last) notices.push_back(std::move(notice));
  bound = std::max(bound, 2 * notices.size());
}

}  // namespace

void Queue::State::push(std::vector<pawl::Change> changes, Batch notices) {
  const std::lock_guard lock(mutex_);
  if (merged_.empty() && ordered_.size() + changes.size() <= kOrderedMax) {
    append(ordered_, std::move(changes));
  } else {
    for (pawl::Change& change : ordered_) merged_.add(std::move(change));
    ordered_.clear();
    for (pawl::Change& change : changes) merged_.add(std::move(change));
  }
  append(notices_.coverage, std::move(notices.coverage));
  append(notices_.rescans, std::move(notices.rescans));
  append(notices_.roots, std::move(notices.roots));
  append(notices_.ready, std::move(notices.ready));
  merge_notices();
  // A change may have been undone by another.
  if (empty()) return;
  wake.raise();
  came_.notify_all();
}

void Queue::State::merge_notices() {
  keep_last(
      notices_.coverage, bounds_.coverage,
      [](const CoverageChange& c) { return std::pair(c.root, c.directory); },
      [](const CoverageChange& before, CoverageChange& after) { after.before = before.before; });
  keep_last(
      notices_.rescans, bounds_.rescans,
      [](const Rescan& r) { return std::pair(r.reason, r.path); }, [](const Rescan&, Rescan&) {});
  keep_last(
      notices_.roots, bounds_.roots, [](const RootState& r) { return r.root; },
      [](const RootState&, RootState&) {});
}

void Queue::State::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  wake.raise();
  came_.notify_all();
}

std::optional<Batch> Queue::State::take_locked() {
  if (!closed_) wake.clear();
  if (empty()) return std::nullopt;
  Batch batch = std::exchange(notices_, {});
  bounds_ = {};
  std::vector<pawl::Change> changes = std::exchange(ordered_, {});
  if (!merged_.empty()) changes = merged_.take();
  batch.changes.reserve(changes.size());
  for (pawl::Change& change : changes) batch.changes.push_back(to_public(std::move(change)));
  return batch;
}

std::optional<Batch> Queue::State::take() {
  const std::lock_guard lock(mutex_);
  return take_locked();
}

std::optional<Batch> Queue::State::wait(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  using std::chrono::milliseconds;
  const auto limit = std::clamp<milliseconds>(timeout, milliseconds(0), kDurationMax);
  came_.wait_for(lock, limit, [&] { return closed_ || !empty(); });
  return take_locked();
}

bool Queue::State::is_closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

std::uint64_t Queue::State::waiting() const {
  const std::lock_guard lock(mutex_);
  return ordered_.size() + merged_.size();
}

Expected<Queue> Queue::make() {
  auto state = std::make_shared<State>();
  if (Error error = state->wake.open(); !error.ok()) return error;
  return Queue(std::move(state));
}

Queue::Queue(std::shared_ptr<State> state) : state_(std::move(state)) {}
Queue::Queue(const Queue&) = default;
Queue::Queue(Queue&&) noexcept = default;
Queue& Queue::operator=(const Queue&) = default;
Queue& Queue::operator=(Queue&&) noexcept = default;
Queue::~Queue() = default;

std::optional<Batch> Queue::take() { return state_->take(); }
std::optional<Batch> Queue::wait(std::chrono::milliseconds timeout) { return state_->wait(timeout); }
int Queue::descriptor() const { return state_->wake.get(); }
bool Queue::closed() const { return state_->is_closed(); }

}  // namespace pawl::watch
