#include "fallback/hybrid.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pawl {
namespace {

constexpr double kHalfLifeNs = 300e9;
constexpr std::size_t kSwapsAtOnce = 8;
// Picked directories that were not tried in this time are not waited for: they may have gone.
constexpr Duration kTryMax = seconds(1);

Reason reason_of(Code code) {
  switch (code) {
    case Code::kWatchLimit: return Reason::kWatchLimit;
    case Code::kInstanceLimit: return Reason::kInstanceLimit;
    case Code::kNoMemory: return Reason::kKernelMemory;
    case Code::kPermission: return Reason::kPermission;
    default: return Reason::kUnsupported;
  }
}

constexpr std::uint32_t kGenerations = 1u << 28;

// Another attempt may succeed when watches come free.
bool may_pass(Reason reason) {
  return reason == Reason::kWatchLimit || reason == Reason::kInstanceLimit ||
         reason == Reason::kKernelMemory || reason == Reason::kBudget;
}

}  // namespace

Hybrid::Hybrid(Backend& native, Backend& poll, HybridOptions options)
    : native_(native), poll_(poll), options_(std::move(options)), budget_(budget()),
      retry_(options_.retry_min) {}

std::uint64_t Hybrid::budget() const {
  const std::optional<std::uint64_t> limit =
      options_.watches_max ? options_.watches_max() : std::nullopt;
  const std::uint64_t share = options_.budget.of(limit.value_or(UINT64_MAX));
  // A share of a small limit may round to nothing; one watch is always worth trying for.
  return options_.budget.percent ? std::max<std::uint64_t>(share, 1) : share;
}

// The limit may be moved at any time, and to ask for it costs a few system calls: not where nothing
// depends on it.
void Hybrid::read_budget(Instant now) {
  if (now < budget_due_) return;
  budget_ = budget();
  budget_due_ = now + options_.retry_min;
}

Hybrid::Covered* Hybrid::find(DirectoryId directory) {
  if (directory.index >= covered_.size()) return nullptr;
  Covered& covered = covered_[directory.index];
  return covered.generation == directory.generation % kGenerations ? &covered : nullptr;
}

DirectoryId Hybrid::id_at(std::uint32_t index) const {
  return {.index = index, .generation = covered_[index].generation};
}

Result<Coverage> Hybrid::cover(DirectoryId directory, const std::string& path, const Mount& mount,
                               BackendChoice choice, Instant now) {
  if (covered_.size() <= directory.index) covered_.resize(directory.index + 1);
  Covered& covered = covered_[directory.index];
  if (find(directory) == nullptr)
    covered = Covered{.generation = directory.generation % kGenerations};
  covered.since = now;

  read_budget(now);
  if (choice == BackendChoice::kPoll) return poll(directory, path, mount, Reason::kConfigured, 0);
  if (choice == BackendChoice::kAuto && !mount.tells_all)
    return poll(directory, path, mount, Reason::kFileSystem, 0);
  const bool yielding = covered.yielding;
  covered.yielding = false;
  if (yielding || native_count_ >= budget_)
    return poll(directory, path, mount, Reason::kBudget, 0);

  if (untried_ > 0) --untried_;
  const Status status = native_.watch(directory, path);
  if (status.ok()) {
    covered.native = true;
    ++native_count_;
    refused_ = false;
    return Coverage{Mode::kNative, Reason::kPreferred, 0};
  }
  if (status.code() == Code::kNotFound || status.code() == Code::kNotDirectory) return status;
  const Reason reason = reason_of(status.code());
  if (may_pass(reason)) refused_ = true;
  return poll(directory, path, mount, reason, status.os_error());
}

Coverage Hybrid::poll(DirectoryId directory, const std::string& path, const Mount& mount, Reason reason,
                      int os_error) {
  Covered& covered = covered_[directory.index];
  covered.polled = true;
  covered.waiting = may_pass(reason);
  if (covered.waiting) ++waiting_count_;
  // A refused handle loses nothing but an early sign: the sweeps look at every polled directory.
  if (!mount.may_hang) (void)poll_.watch(directory, path);
  return Coverage{Mode::kPolled, reason, os_error};
}

void Hybrid::uncover(DirectoryId directory) {
  Covered* covered = find(directory);
  if (covered == nullptr || (!covered->native && !covered->polled)) return;
  if (covered->native) {
    native_.unwatch(directory);
    --native_count_;
    if (waiting_count_ > 0) ++freed_;
  } else {
    poll_.unwatch(directory);
    if (covered->waiting) --waiting_count_;
  }
  covered->waiting = false;
  covered->native = false;
  covered->polled = false;
}

double Hybrid::activity(const Covered& covered, Instant now) const {
  const double age = static_cast<double>((now - covered.changed_at).count());
  return static_cast<double>(covered.activity) * std::exp2(-age / kHalfLifeNs);
}

void Hybrid::changed(DirectoryId directory, Instant now) {
  Covered* covered = find(directory);
  if (covered == nullptr) return;
  if (covered->changed_at == now) {
    covered->activity += 1;
  } else {
    covered->activity = static_cast<float>(activity(*covered, now) + 1);
    covered->changed_at = now;
  }
}

std::vector<DirectoryId> Hybrid::reconsider(Instant now, std::size_t max) {
  std::vector<DirectoryId> picked;
  // How the last attempt went decides how soon, and with how many, the next is made.
  if (trying_) {
    if (untried_ > 0 && now < picked_at_ + kTryMax) return picked;
    trying_ = false;
    untried_ = 0;
    if (refused_) {
      batch_ = 1;
      retry_ = std::min(retry_ * 2, options_.retry_max);
      retry_at_ = now + retry_;
    } else {
      batch_ = std::min<std::size_t>(batch_ * 4, 1024);
      retry_ = options_.retry_min;
      retry_at_ = now;
    }
  }
  if (waiting_count_ == 0) {
    freed_ = 0;
    return picked;
  }
  read_budget(now);
  if (native_count_ < budget_ && (now >= retry_at_ || freed_ > 0)) {
    const std::size_t wanted = std::max<std::size_t>(now >= retry_at_ ? batch_ : 0, freed_);
    pick_waiting(now, std::min({wanted, max, static_cast<std::size_t>(budget_ - native_count_)}),
                 picked);
    freed_ = 0;
    refused_ = false;
    trying_ = true;
    untried_ = picked.size();
    picked_at_ = now;
  } else if (now >= retry_at_) {
    retry_at_ = now + options_.retry_min;
    freed_ = 0;
  }
  if (picked.empty() && now >= swap_at_) {
    swap_at_ = now + options_.swap_interval;
    pick_swap(now, picked);
  }
  return picked;
}

// The busiest of those that wait.
void Hybrid::pick_waiting(Instant now, std::size_t max, std::vector<DirectoryId>& picked) {
  std::vector<std::pair<double, DirectoryId>> waiting;
  for (std::uint32_t i = 0; i < covered_.size(); ++i)
    if (covered_[i].waiting) waiting.emplace_back(-activity(covered_[i], now), id_at(i));
  const std::size_t count = std::min(max, waiting.size());
  std::partial_sort(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count),
                    waiting.end());
  for (std::size_t i = 0; i < count; ++i) picked.push_back(waiting[i].second);
}

// A few of the quietest natively watched directories yield to a few of the busiest that wait. Twice
// as busy and some: so that two that are alike do not take it from each other for ever.
void Hybrid::pick_swap(Instant now, std::vector<DirectoryId>& picked) {
  std::vector<std::pair<double, DirectoryId>> busy;
  std::vector<std::pair<double, DirectoryId>> quiet;
  for (std::uint32_t i = 0; i < covered_.size(); ++i) {
    const Covered& covered = covered_[i];
    const double score = activity(covered, now);
    if (covered.waiting && score > 1) busy.emplace_back(-score, id_at(i));
    if (covered.native && now - covered.since >= options_.swap_after)
      quiet.emplace_back(score, id_at(i));
  }
  const std::size_t count = std::min({busy.size(), quiet.size(), kSwapsAtOnce});
  const auto by = static_cast<std::ptrdiff_t>(count);
  std::partial_sort(busy.begin(), busy.begin() + by, busy.end());
  std::partial_sort(quiet.begin(), quiet.begin() + by, quiet.end());
  for (std::size_t i = 0; i < count; ++i) {
    if (-busy[i].first < 2 * quiet[i].first + 1) break;
    find(quiet[i].second)->yielding = true;
    picked.push_back(quiet[i].second);
    picked.push_back(busy[i].second);
  }
}

Instant Hybrid::next_deadline() const {
  if (waiting_count_ == 0) return kNever;
  if (trying_) return untried_ > 0 ? picked_at_ + kTryMax : Instant{};
  if (freed_ > 0 && native_count_ < budget_) return Instant{};
  return std::min(retry_at_, swap_at_);
}

}  // namespace pawl
