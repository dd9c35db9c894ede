// Where another file system begins.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pawl {

// One line of the system's table of mounts: known without touching the file system, which may hang.
struct MountPoint {
  std::string path;          // absolute, no link in it
  std::uint64_t device = 0;  // as Stamp::device
  std::uint64_t id = 0;      // another one for each mounting
  bool may_hang = false;     // another machine or process answers for it

  bool operator==(const MountPoint&) const = default;
};

// True if `path` is `above`, or lies below it.
inline bool is_within(std::string_view path, std::string_view above) {
  if (above == "/") return true;
  return path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/');
}

}  // namespace pawl
