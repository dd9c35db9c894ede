// The hybrid: native where it can be, polled where it must be, directory by directory, and back.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "core/backend.h"
#include "core/coverage.h"
#include "core/time.h"
#include "core/watch_budget.h"

namespace pawl {

struct HybridOptions {
  WatchBudget budget;
  // The user's limit on native watches now; nothing where there is none or it is not known.
  std::function<std::optional<std::uint64_t>()> watches_max;
  // While directories wait for native watches, the next attempt comes after these, doubling.
  Duration retry_min = seconds(1);
  Duration retry_max = seconds(60);
  // A polled directory takes the watch of one that has been quieter only this often, …
  Duration swap_interval = seconds(10);
  // … and only from one that has had it for so long.
  Duration swap_after = seconds(60);
};

// Holds no handle itself; decides which of the two backends watches what.
class Hybrid : public Coverer {
 public:
  // Both backends outlive this.
  Hybrid(Backend& native, Backend& poll, HybridOptions options);

  Result<Coverage> cover(DirectoryId directory, const std::string& path, const Mount& mount,
                         BackendChoice choice, Instant now) override;
  void uncover(DirectoryId directory) override;
  void changed(DirectoryId directory, Instant now) override;
  std::vector<DirectoryId> reconsider(Instant now, std::size_t max) override;
  Instant next_deadline() const override;

  std::uint64_t native_count() const { return native_count_; }
  // How many native watches it would take at most now.
  std::uint64_t budget() const;

 private:
  // Of every directory: so it is kept small.
  struct Covered {
    Instant changed_at{};
    Instant since{};
    float activity = 0;                 // changes, of which half are forgotten every five minutes
    std::uint32_t generation : 28 = 0;  // of its DirectoryId, as much as there is room for
    std::uint32_t native : 1 = false;
    std::uint32_t polled : 1 = false;
    std::uint32_t waiting : 1 = false;   // polled only for want of a native watch
    std::uint32_t yielding : 1 = false;  // gives its watch to a busier one
  };

  void read_budget(Instant now);
  Covered* find(DirectoryId directory);
  Coverage poll(DirectoryId directory, const std::string& path, const Mount& mount, Reason reason,
                int os_error);
  DirectoryId id_at(std::uint32_t index) const;
  double activity(const Covered& covered, Instant now) const;
  void pick_waiting(Instant now, std::size_t max, std::vector<DirectoryId>& picked);
  void pick_swap(Instant now, std::vector<DirectoryId>& picked);

  Backend& native_;
  Backend& poll_;
  HybridOptions options_;
  std::deque<Covered> covered_;  // by DirectoryId::index; grows without room to spare
  std::uint64_t native_count_ = 0;
  std::uint64_t waiting_count_ = 0;
  std::uint64_t freed_ = 0;    // native watches given back while others waited
  std::size_t batch_ = 1;      // how many to try at once; grows while they succeed
  std::uint64_t budget_;       // as last read
  Instant budget_due_{};
  bool refused_ = false;       // an attempt since then found no watch to be had
  bool trying_ = false;        // directories were picked, and how it went is not yet known
  std::size_t untried_ = 0;    // of those
  Instant picked_at_{};
  Instant retry_at_{};
  Duration retry_{};
  Instant swap_at_{};
};

}  // namespace pawl
