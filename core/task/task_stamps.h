// The stamps of all that makes up a task, in one number. The watched tree and the loader both make
// it, each from what it saw, so that the two can be compared.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/stamp.h"
#include "core/task/stable_hash.h"

namespace pawl {

// Stable across runs: what comes of it is stored. The order in which entries are added does not
// matter. The stamps of directories are left out: they show ignored files coming and going.
class TaskStamps {
 public:
  // The hash of a path, from that of the directory above it (0: the task itself) and its name.
  static std::uint64_t path(std::uint64_t above, std::string_view name) {
    return combine(above, stable_hash(name));
  }
  // The same of a whole path relative to the task.
  static std::uint64_t path(std::string_view relative) {
    std::uint64_t hash = 0;
    while (!relative.empty()) {
      const std::size_t slash = relative.find('/');
      hash = path(hash, relative.substr(0, slash));
      relative = slash == std::string_view::npos ? std::string_view() : relative.substr(slash + 1);
    }
    return hash;
  }

  void add(std::uint64_t path, const Stamp& stamp) {
    sum_ += combine(path, stamp.type == FileType::kDirectory ? 2 : stamp.digest());
  }

  // Never 0.
  std::uint64_t digest() const { return sum_ | 1; }

 private:
  static std::uint64_t combine(std::uint64_t above, std::uint64_t value) {
    std::uint64_t h = (above + 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu ^ value;
    h = (h ^ (h >> 32)) * 0xc4ceb9fe1a85ec53u;
    return h ^ (h >> 29);
  }

  std::uint64_t sum_ = 1;
};

}  // namespace pawl
