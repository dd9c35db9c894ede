// Which tasks of one source are to be loaded, are being loaded, or wait for another try. It is a
// set of paths, so it grows with what exists and never with how often it changes.
//
// A path is in at most one load at a time. Wanted again meanwhile, it is loaded once more when
// that load has come back. Paths are loaded in the order in which they were first wanted.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/time.h"

namespace pawl {

class ReloadQueue {
 public:
  struct Options {
    std::uint32_t loading_max = 5;
    Duration retry_delay = seconds(1);
    Duration recheck_delay = milliseconds(50);
  };

  explicit ReloadQueue(Options options) : options_(options) {}
  ReloadQueue(ReloadQueue&&) = default;  // a copy's ready_ would point into this

  // `path` is to be loaded. If it waits for another try, that try is made now and counts as the
  // first.
  void want(const std::string& path);

  // `path` is no task any more. If it is being loaded, the result is not wanted.
  void forget(const std::string& path);
  void forget_all();

  // The next path to load, from now on being loaded. Nothing: none is due, or enough are loading.
  std::optional<std::string> take(Instant now);

  // `path` is being loaded, and still wanted: the result of its load counts.
  bool counts(const std::string& path) const;

  // It was wanted again since that load began.
  bool wanted_again(const std::string& path) const;

  // How many loads of `path` have failed in a row, before the one that is under way.
  std::uint32_t failures(const std::string& path) const;

  // The load of `path` has come back; if it was wanted again meanwhile, it is ready again.
  // REQUIRES: it was taken.
  void finish(const std::string& path);

  // The same, and `path` could not be read: it is tried again, see retry_delay.
  void finish_failed(const std::string& path, Instant now);

  // The same, and `path` was read so soon after a write that a further one could not be told from
  // it: it is read again after recheck_delay, and thrice more, each after four times as long. A
  // path that is unsettled for longer (its time lies in the future, say) stays so. `lasting`: it
  // is read again for as long as that is so, in the end once a minute.
  void finish_unsettled(const std::string& path, Instant now, bool lasting);

  // What waits is due at once.
  void hurry(Instant now);

  // It is wanted, being loaded or waits.
  bool has(const std::string& path) const { return works_.contains(path); }

  // When take has something to give, if not at once; kNever if nothing waits.
  Instant next_deadline() const { return waiting_.empty() ? kNever : waiting_.begin()->first; }
  bool can_take() const { return !ready_.empty() && loading_ < options_.loading_max; }
  std::uint32_t loading() const { return loading_; }

  // Nothing is wanted or loading or waits, save what has failed `kFailuresShown` times or more, or
  // stays unsettled: that is known, and may be so for ever.
  bool idle() const { return works_.size() == hopeless_; }

  static constexpr std::uint32_t kFailuresShown = 3;

 private:
  enum class State : std::uint8_t { kReady, kWaiting, kLoading };
  struct Work {
    State state = State::kReady;
    bool again = false;    // kLoading: wanted again
    bool dropped = false;  // kLoading: the result does not count
    std::uint32_t failures = 0;
    std::uint32_t rechecks = 0;
    std::uint64_t turn = 0;  // kReady: its place in ready_
    Instant due{};           // kWaiting
  };
  // Nothing depends on its order.
  using Works = std::unordered_map<std::string, Work>;

  void make_ready(Works::value_type& entry);
  void leave(const std::string& path, const Work& work);
  bool end_load(Works::iterator at);
  void drop(Works::iterator at);
  void wait(const std::string& path, Work& work, Instant due);
  static bool is_hopeless(const Work& work);

  Options options_;
  Works works_;
  std::map<std::uint64_t, const std::string*> ready_;  // the keys of works_
  std::set<std::pair<Instant, std::string>> waiting_;
  std::uint64_t turn_ = 0;
  std::uint32_t loading_ = 0;
  std::size_t hopeless_ = 0;  // those waiting that may do so for ever
};

// How long to wait before the try after `failures` failed ones: `first`, doubled each time up to a
// minute, and then moved by up to a quarter either way, so that what failed together is not tried
// together. The jitter comes from a hash of `path` and `failures`: the same on each run.
Duration retry_delay(Duration first, std::uint32_t failures, const std::string& path);

}  // namespace pawl
