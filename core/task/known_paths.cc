#include "core/task/known_paths.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/task/task_ledger.h"

namespace pawl {
namespace {

constexpr std::size_t kBlockMax = 128;

}  // namespace

KnownPaths::KnownPaths() = default;
KnownPaths::~KnownPaths() = default;
KnownPaths::KnownPaths(KnownPaths&&) noexcept = default;
KnownPaths& KnownPaths::operator=(KnownPaths&&) noexcept = default;

KnownPaths::Place KnownPaths::place_of(std::string_view path) const {
  for (int step = 0; step < 2; ++step, ++last_.at)
    if (fits(last_, path)) return last_;
  const auto after =
      std::upper_bound(blocks_.begin(), blocks_.end(), path,
                       [](std::string_view wanted, const Block& block) {
                         return wanted < block.front()->path();
                       });
  last_.block = after == blocks_.begin() ? 0 : static_cast<std::size_t>(after - blocks_.begin()) - 1;
  const Block& block = blocks_[last_.block];
  const auto at = std::lower_bound(block.begin(), block.end(), path,
                                   [](const std::unique_ptr<KnownTask>& known,
                                      std::string_view wanted) { return known->path() < wanted; });
  last_.at = static_cast<std::size_t>(at - block.begin());
  return last_;
}

bool KnownPaths::fits(Place place, std::string_view path) const {
  if (place.block >= blocks_.size() || place.at > blocks_[place.block].size()) return false;
  const Block& block = blocks_[place.block];
  const bool after = place.at > 0 ? block[place.at - 1]->path() < path
                                  : place.block == 0 || block.front()->path() <= path;
  if (!after) return false;
  if (place.at < block.size()) return path <= block[place.at]->path();
  return place.block + 1 == blocks_.size() || path < blocks_[place.block + 1].front()->path();
}

// Null: it is not there.
KnownTask* KnownPaths::at(Place place, std::string_view path) const {
  const Block& block = blocks_[place.block];
  return place.at == block.size() || block[place.at]->path() != path ? nullptr
                                                                     : block[place.at].get();
}

KnownPaths::Iterator KnownPaths::lower_bound(std::string_view path) const {
  if (blocks_.empty()) return end();
  const auto [block, at] = place_of(path);
  return at == blocks_[block].size() ? Iterator(this, block + 1, 0) : Iterator(this, block, at);
}

KnownTask* KnownPaths::find(std::string_view path) const {
  return blocks_.empty() ? nullptr : at(place_of(path), path);
}

KnownTask& KnownPaths::insert(std::unique_ptr<KnownTask> known) {
  const std::string_view path = known->path();
  if (blocks_.empty()) {
    ++size_;
    return *blocks_.emplace_back().emplace_back(std::move(known));
  }
  auto [number, at] = place_of(path);
  if (KnownTask* there = this->at({number, at}, path)) return *there;
  if (blocks_[number].size() == kBlockMax) {
    // At the end, where those that come in their order go, nothing is left behind half full.
    const bool last = number + 1 == blocks_.size() && at == kBlockMax;
    const std::size_t kept = last ? kBlockMax : kBlockMax / 2;
    Block rest(std::make_move_iterator(blocks_[number].begin() + static_cast<std::ptrdiff_t>(kept)),
               std::make_move_iterator(blocks_[number].end()));
    blocks_[number].resize(kept);
    blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(number) + 1, std::move(rest));
    if (at >= kept && (last || at > kept)) {
      ++number;
      at -= kept;
    }
  }
  Block& block = blocks_[number];
  ++size_;
  return **block.insert(block.begin() + static_cast<std::ptrdiff_t>(at), std::move(known));
}

void KnownPaths::erase(std::string_view path) {
  const auto [number, at] = place_of(path);
  Block& block = blocks_[number];
  --size_;
  block.erase(block.begin() + static_cast<std::ptrdiff_t>(at));
  if (block.empty()) blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(number));
}

}  // namespace pawl
