// What must hold of tasks: at each step, and when faults have stopped.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/task/load.h"
#include "core/task/loader.h"
#include "core/task/registry.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/sim_file_system.h"
#include "tests/simulation/tree_oracle.h"

namespace pawl {

class TaskOracle {
 public:
  TaskOracle(Disk& disk, TreeOracle& tree, const Workload& workload)
      : disk_(disk), tree_(tree), workload_(workload) {}

  void written(const std::string& bytes) { written_.insert(bytes); }
  void loaded(const LoadResult& result);
  // Before the registry has them.
  void told(std::span<const TaskEvent> events, const RegistrySnapshot& before, Instant now);
  // After it has them.
  void applied(std::span<const TaskEvent> events, const RegistrySnapshot& after);
  // A program begins with what the database had.
  void restored(const Task& task);
  // The database holds it.
  void stored(const Task& task);
  // The database gives that for its content.
  void stored(const Task& task, const TaskContent& content);

  // In what the registry differs from the disk, judged independently; "" if in nothing.
  std::string difference(const RegistrySnapshot& registry);

 private:
  struct Found {
    std::string uuid, version, path, checksum;
  };
  void evaluate(std::size_t root, const std::string& path, std::vector<const Node*>& above,
                std::vector<Found>& valid, std::set<std::string>& invalid);

  Disk& disk_;
  TreeOracle& tree_;
  const Workload& workload_;
  std::set<std::string> written_;            // every content that any file ever had
  std::map<std::string, std::size_t> read_;  // what was read and valid: by checksum, a hash of it
};

std::string source_name(std::size_t root);

}  // namespace pawl
