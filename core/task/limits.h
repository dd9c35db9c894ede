// How large a task may be. What exceeds a limit makes that task invalid, with a diagnostic that
// names the limit; nothing else suffers.
#pragma once

#include <cstdint>

namespace pawl {

struct TaskLimits {
  std::uint64_t file_size_max = std::uint64_t{8} << 20;  // bytes; an archive's own size as well
  std::uint32_t files_max = 10'000;                      // in a task's directory, all folders
  std::uint32_t zip_entries_max = 10'000;
  std::uint64_t zip_expanded_max = std::uint64_t{64} << 20;  // bytes, all entries together
  // Expanded by compressed bytes of one entry; deflate's own limit is 1032. Entries that expand to
  // less than 1 MiB are let through: harmless text often compresses that well.
  std::uint32_t zip_ratio_max = 200;
  std::uint32_t depth_max = 32;  // folders below the task's own

  bool operator==(const TaskLimits&) const = default;
};

}  // namespace pawl
