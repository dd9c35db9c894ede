#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <tuple>

#include "core/coalesce.h"

namespace pawl {
namespace {

using Paths = std::vector<std::string_view>;

auto identity(const Change& change) {
  return std::tuple(change.device, change.inode, change.type);
}

bool by_identity(const Change* a, const Change* b) {
  return identity(*a) < identity(*b);
}

// Sorted, each once.
Paths paths_of(std::span<Change* const> changes, ChangeKind kind) {
  Paths paths;
  for (const Change* change : changes) {
    if (change->kind == kind) paths.push_back(change->path);
  }
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

Paths difference(const Paths& a, const Paths& b) {
  Paths paths;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(paths));
  return paths;
}

// `changes` came and went with one identity.
void link_same(std::span<Change* const> changes) {
  const Paths created = paths_of(changes, ChangeKind::kCreated);
  const Paths removed = paths_of(changes, ChangeKind::kRemoved);
  const Paths stays = difference(created, removed);
  if (stays.size() != 1 || removed.empty()) return;
  const Paths gone = difference(removed, created);
  const Paths& origins = gone.empty() ? removed : gone;
  if (origins.size() != 1) return;
  for (Change* change : changes) {
    if (change->kind == ChangeKind::kCreated && change->path == stays[0]) change->from = origins[0];
  }
}

}  // namespace

void link_renames(std::vector<Change>& changes) {
  std::vector<Change*> candidates;
  bool created = false, removed = false;
  for (Change& change : changes) {
    change.from.clear();
    const bool comes = change.kind == ChangeKind::kCreated;
    const bool goes = change.kind == ChangeKind::kRemoved;
    if (change.inode == 0 || !(comes || goes)) continue;
    created |= comes;
    removed |= goes;
    candidates.push_back(&change);
  }
  if (!created || !removed) return;
  std::sort(candidates.begin(), candidates.end(), by_identity);
  for (auto first = candidates.begin(); first != candidates.end();) {
    const auto last = std::find_if(first, candidates.end(), [&](const Change* change) {
      return identity(*change) != identity(**first);
    });
    if (last - first > 1) link_same({first, last});
    first = last;
  }
}

}  // namespace pawl
