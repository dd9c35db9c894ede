// Writes plausible tasks by the thousand, for benchmarks and trials: varied in size, text, schemas
// and metadata, and always valid.
//
// Deterministic: the same seed and number give the same bytes on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"

namespace pawl {

struct GeneratedFile {
  std::string name;
  std::string bytes;
};

enum class ReadMe { kSometimes, kAlways };

// 4 to 8 KB in all, of which main.js is 1 to 4 KB; a quarter of the tasks has a README.md, or all.
struct GeneratedTask {
  std::string folder;  // relative: "area-00/group-07/send-invoice-000712"
  std::string uuid;
  std::string version;
  std::vector<GeneratedFile> files;
};

// Task number `index` of `seed`. Tasks of one seed differ in uuid and in the content of each file.
// Folders hold at most 100 entries, up to a million tasks.
GeneratedTask generate_task(std::uint64_t seed, std::uint64_t index,
                            ReadMe readme = ReadMe::kSometimes);

// Writes tasks 0 to `count` - 1 below `folder`, which is made if it is missing. What is there is
// overwritten, nothing is removed.
Status write_generated_tasks(const std::string& folder, std::uint64_t count, std::uint64_t seed,
                             ReadMe readme = ReadMe::kSometimes);

}  // namespace pawl
