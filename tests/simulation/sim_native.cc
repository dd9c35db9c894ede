#include "tests/simulation/sim_native.h"

#include <algorithm>
#include <cerrno>

namespace pawl {

Status SimNative::watch(DirectoryId directory, const std::string& path) {
  if (looks_up) looks_up(path);
  if (random_.chance(options_.refused))
    return Status(Code::kInstanceLimit, "watch", path, {}, EMFILE);
  if (options_.arms_late == Duration::zero()) return arm(directory, path);
  handles_.emplace(directory, 0);
  arming_.push_back({now_ + options_.arms_late, directory, path});
  return {};
}

Status SimNative::arm(DirectoryId directory, const std::string& path) {
  int error = 0;
  Node* node = disk_.find_followed(path, true, &error);
  if (node != nullptr && (node->mode & 0400) == 0) {
    error = EACCES;
    node = nullptr;
  }
  if (node == nullptr) return Status::from_errno(error, "watch", path);
  const auto [at, is_new] = by_node_.try_emplace(node, wd_next_);
  if (is_new) {
    if (by_node_.size() > options_.watches_max) {
      by_node_.erase(at);
      return Status(Code::kWatchLimit, "watch", path, {}, ENOSPC);
    }
    watches_[wd_next_++] = Watch{node->shared_from_this(), base_name(path), {}, true};
  }
  watches_.at(at->second).handles.push_back(directory);
  handles_[directory] = at->second;
  return {};
}

void SimNative::unwatch(DirectoryId directory) {
  const auto handle = handles_.find(directory);
  if (handle == handles_.end()) return;
  std::erase_if(arming_, [&](const Arming& arming) { return arming.directory == directory; });
  if (std::erase_if(late_, [&](const Late& late) { return late.directory == directory; }) > 0)
    took_late_ = true;
  const auto at = watches_.find(handle->second);
  handles_.erase(handle);
  if (at == watches_.end()) return;
  std::erase(at->second.handles, directory);
  if (!at->second.handles.empty()) return;
  if (at->second.alive) by_node_.erase(at->second.node.get());
  watches_.erase(at);
}

// The kernel's side of the watch is no more; libuv does not notice.
void SimNative::end(Watch& watch) {
  by_node_.erase(watch.node.get());
  watch.alive = false;
}

void SimNative::event(const Node& directory, KernelEvent kind, std::string_view name, Instant now) {
  now_ = now;
  const auto at = by_node_.find(&directory);
  if (at == by_node_.end()) return;
  const Wd wd = at->second;
  Watch& watch = watches_.at(wd);
  if (random_.chance(options_.dies)) {
    lost_ = true;
    untold_.insert({directory.shared_from_this(), {}});
    return end(watch);
  }
  put(Event{wd, kind, std::string(name)}, now);
  if (kind != KernelEvent::kDeleteSelf && kind != KernelEvent::kUnmount) return;
  end(watch);
  put(Event{wd, KernelEvent::kIgnored, {}}, now);
}

void SimNative::put(Event event, Instant now) {
  if (turn_at_ == kNever) turn_at_ = now + Duration(random_.below(3'000'000));
  if (!queue_.empty() && queue_.back() == event) return;
  if (queue_.size() >= options_.queue_max) {
    full_ = true;
    dropped_.emplace_back(watches_.at(event.wd).node, event.name);
    return;
  }
  queue_.push_back(std::move(event));
}

Instant SimNative::next() const {
  Instant next = turn_at_;
  for (const Late& late : late_) next = std::min(next, late.due);
  for (const Arming& arming : arming_) next = std::min(next, arming.due);
  return next;
}

void SimNative::turn(Instant now) {
  now_ = now;
  for (std::size_t i = 0; i < arming_.size();) {
    if (arming_[i].due > now) {
      ++i;
      continue;
    }
    const Arming arming = arming_[i];
    arming_.erase(arming_.begin() + static_cast<std::ptrdiff_t>(i));
    if (handles_.contains(arming.directory)) (void)arm(arming.directory, arming.path);
  }
  for (std::size_t i = 0; i < late_.size();) {
    if (late_[i].due > now) {
      ++i;
      continue;
    }
    const Late late = late_[i];
    late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(i));
    sink_.hint(late.directory, late.name, late.kind, Via::kNative);
  }
  if (now < turn_at_) return;
  turn_at_ = kNever;
  std::uint64_t burst = 0;
  const std::deque<Event> events = std::exchange(queue_, {});
  for (const Event& event : events) {
    const auto at = watches_.find(event.wd);
    if (at == watches_.end()) continue;  // stopped meanwhile: arrives uncounted
    const std::string name = event.name.empty() ? at->second.base : event.name;
    for (const DirectoryId directory : std::vector<DirectoryId>(at->second.handles)) {
      ++burst;
      deliver(directory, event, name, now);
    }
  }
  const bool alarm =
      static_cast<double>(burst) >= options_.alarm_share * static_cast<double>(options_.queue_max);
  const bool full = std::exchange(full_, false);
  if (full) ++overflows_;
  if (full && !alarm) {
    lost_ = true;
    untold_.insert(dropped_.begin(), dropped_.end());
  }
  dropped_.clear();
  if (!alarm) return;
  ++alarms_;
  if (!options_.deaf_to_overflow) sink_.suspect();
}

void SimNative::deliver(DirectoryId directory, const Event& event, const std::string& name,
                        Instant now) {
  const HintKind kind = event.renamed() ? HintKind::kRenamed : HintKind::kTouched;
  const std::shared_ptr<const Node>& node = watches_.at(event.wd).node;
  if (random_.chance(options_.drop)) {
    lost_ = true;
    untold_.insert({node, event.name});
    return;
  }
  if (random_.chance(options_.late)) {
    untold_.insert({node, event.name});
    late_.push_back(
        {now + Duration(random_.below(static_cast<std::uint64_t>(options_.late_max.count()))),
         directory, kind, name});
    return;
  }
  sink_.hint(directory, name, kind, Via::kNative);
  if (random_.chance(options_.twice)) sink_.hint(directory, name, kind, Via::kNative);
}

}  // namespace pawl
