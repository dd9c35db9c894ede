// What programs and people do to the disk while it is watched.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/disk.h"
#include "tests/simulation/random.h"
#include "tests/simulation/scenario.h"

namespace pawl {

inline constexpr std::size_t kRoots = 2;
std::string root_path(std::size_t root);
// Where a root is that was renamed away.
std::string away_path(std::size_t root);

class Workload {
 public:
  Workload(Disk& disk, const Scenario& scenario);

  const Scenario& scenario() const { return scenario_; }

  // Called between two system calls of an act: time may pass, and be it only on the clock.
  std::function<void(Random&)> between;

  void set_up();
  void perform(const Operation& operation);
  // All devices answer, everything is mounted, in its place and readable.
  void heal();

  // The root can't be seen: renamed away or unmounted.
  bool out_of_sight(std::size_t root) const;
  // What is there still, in a root that can't be seen. Null: nothing, or the root can be seen.
  const Node* hidden(std::size_t root, const std::string& path) const;
  // A mount came or went, of which nobody is told.
  bool mounts_changed() const { return mounts_changed_; }

 private:
  struct Place {
    Device* device;
    std::string path;
    bool mounted;
  };

  void act(Act act, Random& random);
  void act_on_tasks(Act act, Random& random);
  void save(Act act, Random& random);
  void act_on_tree(Act act, Random& random);
  void act_in_bulk(Act act, Random& random);
  void act_on_roots(Act act, Random& random);

  void new_task(const std::string& path, Random& random);
  void copy_tree(const std::string& from, const std::string& to, Random& random);
  void remove_slowly(const std::string& path, Random& random);
  void deploy(Random& random);
  void sync_into(const std::string& root, Random& random);
  void pause(Random& random) {
    if (between) between(random);
  }

  std::string metadata(Random& random);
  std::string archive(Random& random);
  std::string script(Random& random);
  std::string schema(bool correct);
  std::string some_content(const std::string& path, Random& random);
  std::string new_name(Random& random) const;

  void walk(const std::string& path, std::vector<std::string>& directories,
            std::vector<std::string>& files) const;
  // Nothing: "".
  std::string some_directory(Random& random, bool with_root) const;
  std::string some_file(Random& random) const;
  std::string some_task(Random& random) const;
  std::string some_root(Random& random) const;

  Disk& disk_;
  const Scenario& scenario_;
  std::vector<Place> places_;
  bool mounts_changed_ = false;
  bool away_[kRoots] = {};  // renamed to away_path()
  std::uint64_t serial_ = 0;
  std::uint64_t release_ = 0;
};

}  // namespace pawl
