#include "sync/source_coverage.h"

#include <algorithm>
#include <map>
#include <utility>

namespace pawl {

std::vector<StoredCoverage> coverage_of(const Reconciler& reconciler, std::uint32_t root,
                                        Instant now, WallMs wall) {
  std::map<std::pair<Mode, Reason>, StoredCoverage> sums;
  std::vector<StoredCoverage> listed;
  const Tree& tree = reconciler.tree();
  for (std::uint32_t i = 0; i < tree.slots(); ++i) {
    const Directory* directory = tree.at(i);
    if (directory == nullptr || directory->root != root || directory->dying) continue;
    const Coverage coverage = reconciler.coverage_of(*directory);
    if (coverage.mode == Mode::kNone) continue;
    const auto age = std::chrono::duration_cast<milliseconds>(now - directory->coverage_since);
    StoredCoverage one{.mode = std::string(mode_name(coverage.mode)),
                       .reason = std::string(reason_name(coverage.reason)),
                       .os_error = coverage.os_error,
                       .since = wall - std::max<WallMs>(age.count(), 0)};
    StoredCoverage& sum = sums.try_emplace({coverage.mode, coverage.reason}, one).first->second;
    sum.since = std::min(sum.since, one.since);
    ++sum.directories;
    const bool expected = coverage.mode == Mode::kNative || coverage.reason == Reason::kConfigured;
    if (expected || listed.size() >= kCoverageListedMax) continue;
    one.directory = tree.path(*directory);
    one.directories = 1;
    listed.push_back(std::move(one));
  }
  std::sort(listed.begin(), listed.end(), [](const StoredCoverage& a, const StoredCoverage& b) {
    return a.directory < b.directory;
  });
  std::vector<StoredCoverage> all;
  all.reserve(sums.size() + listed.size());
  for (auto& [way, sum] : sums) all.push_back(std::move(sum));
  std::move(listed.begin(), listed.end(), std::back_inserter(all));
  return all;
}

}  // namespace pawl
