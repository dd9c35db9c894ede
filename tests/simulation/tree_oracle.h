// What must hold of the reconciler: at each step, and when faults have stopped.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/reconciler.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/workload.h"

namespace pawl {

class TreeOracle {
 public:
  TreeOracle(const Disk& disk, const Workload& workload) : disk_(disk), workload_(workload) {}

  // A new process knows nothing.
  void restarted() {
    for (Root& root : roots_) root = Root{};
  }
  void path_went(const std::string& path, Instant now) { went_.emplace_back(now, path); }

  // A look has taken the stamp or the content of what `path` names.
  void looked(const std::string& path, const Node& node);
  void ready(const Reconciler& reconciler, std::uint32_t root);
  // Followers apply changes one after another: each must fit what they have.
  void changed(const Change& change, Instant now);

  // The first thing that is wrong; "" if nothing is.
  const std::string& violation() const { return violation_; }
  void violated(std::string what) {
    if (violation_.empty()) violation_ = std::move(what);
  }

  // In what the tree differs from the disk, or what followers were told differs from the tree; ""
  // if in nothing.
  // `untold`: of such a name a hint was late or lost without a sign, and a write that leaves the
  // stamp as it was has no other.
  using Untold = std::function<bool(const Node& directory, const std::string& name)>;
  std::string difference(const Reconciler& reconciler, const Untold& untold) const;
  // What a watcher takes `entry` at `path` for: what it leads to, if it is a link that is followed.
  const Node* seen_as(std::size_t root, const std::string& path, const Node& entry) const;

  // What followers of a root were told is there.
  bool knows(std::size_t root, const std::string& path) const {
    return roots_[root].seen.contains(path);
  }
  bool knows_nothing(std::size_t root) const { return roots_[root].seen.empty(); }
  // The path went out of its own between then and now, whatever else happened.
  bool went_lately(std::string_view path, Instant now) const;

 private:
  struct Seen {
    FileType type = FileType::kFile;
    std::uint64_t inode = 0;
    WallNs told_at = 0;  // its content is as it was then, or as it became before
    std::size_t content = 0;  // then
    std::size_t looked = 0;   // when the look was taken that it was told of by
  };
  struct Root {
    bool ready = false;
    std::map<std::string, Seen> seen;
  };

  std::size_t content_at(const std::string& path) const;
  std::size_t looked_at(const std::string& path) const;
  std::string compare(const Reconciler& reconciler, const Directory& directory, const Node& node,
                      const std::string& path, std::vector<const Node*>& above, const Root& root,
                      const Untold& untold, std::size_t& count) const;

  const Disk& disk_;
  const Workload& workload_;
  Root roots_[kRoots];
  std::unordered_map<std::string, std::size_t> looked_;  // the content, by path
  std::deque<std::pair<Instant, std::string>> went_;
  std::string violation_;
};

}  // namespace pawl
