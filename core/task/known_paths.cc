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

std::size_t KnownPaths::block_of(std::string_view path) const {
  const auto after =
      std::upper_bound(blocks_.begin(), blocks_.end(), path,
                       [](std::string_view wanted, const Block& block) {
                         return wanted < block.front()->path();
                       });
  return after == blocks_.begin() ? 0 : static_cast<std::size_t>(after - blocks_.begin()) - 1;
}

std::size_t KnownPaths::place_in(const Block& block, std::string_view path) {
  const auto at = std::lower_bound(block.begin(), block.end(), path,
                                   [](const std::unique_ptr<KnownTask>& known,
                                      std::string_view wanted) { return known->path() < wanted; });
  return static_cast<std::size_t>(at - block.begin());
}

KnownPaths::Iterator KnownPaths::lower_bound(std::string_view path) const {
  if (blocks_.empty()) return end();
  const std::size_t block = block_of(path);
  const std::size_t at = place_in(blocks_[block], path);
  return at == blocks_[block].size() ? Iterator(this, block + 1, 0) : Iterator(this, block, at);
}

KnownTask* KnownPaths::find(std::string_view path) const {
  if (blocks_.empty()) return nullptr;
  const Block& block = blocks_[block_of(path)];
  const std::size_t at = place_in(block, path);
  return at == block.size() || block[at]->path() != path ? nullptr : block[at].get();
}

KnownTask& KnownPaths::insert(std::unique_ptr<KnownTask> known) {
  const std::string_view path = known->path();
  if (blocks_.empty()) {
    ++size_;
    return *blocks_.emplace_back().emplace_back(std::move(known));
  }
  std::size_t number = block_of(path);
  std::size_t at = place_in(blocks_[number], path);
  if (at < blocks_[number].size() && blocks_[number][at]->path() == path) return *blocks_[number][at];
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
  const std::size_t number = block_of(path);
  Block& block = blocks_[number];
  const std::size_t at = place_in(block, path);
  --size_;
  block.erase(block.begin() + static_cast<std::ptrdiff_t>(at));
  if (block.empty()) blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(number));
}

}  // namespace pawl
