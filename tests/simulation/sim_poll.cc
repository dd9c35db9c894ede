#include "tests/simulation/sim_poll.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace pawl {

Status SimPoll::watch(DirectoryId directory, const std::string& path) {
  watches_[directory] = Watch{path, now_ + milliseconds(1), std::nullopt, false};
  return {};
}

Instant SimPoll::next() const {
  Instant next = kNever;
  for (const auto& [directory, watch] : watches_) next = std::min(next, watch.due);
  return next;
}

void SimPoll::turn(Instant now) {
  now_ = now;
  std::vector<std::pair<DirectoryId, const char*>> hints;
  for (auto& [directory, watch] : watches_) {
    if (watch.due > now) continue;
    watch.due = now + interval_;
    if (looks_up) looks_up(watch.path);
    const Node* node = disk_.find_followed(watch.path, true);
    if (node != nullptr && node->device->hung) continue;
    if (node == nullptr) {
      if (!std::exchange(watch.failing, true)) hints.emplace_back(directory, ".");
      continue;
    }
    const Stamp stamp = node->stamp();
    if (std::exchange(watch.failing, false) || (watch.before && *watch.before != stamp))
      hints.emplace_back(directory, "");
    watch.before = stamp;
  }
  for (const auto& [directory, name] : hints)
    sink_.hint(directory, name, HintKind::kRenamed, Via::kPoll);
}

}  // namespace pawl
