// The four files of a task that pawl reads, as they were found.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/task/task.h"

namespace pawl {

struct TaskFiles {
  TaskContent content;
  // One may be there and empty.
  bool has_metadata = false;
  bool has_input_schema = false;
  bool has_output_schema = false;
  bool has_script = false;

  // Where the content of the file `name` goes, which is noted as found; null if it is not one of
  // the four. `name`: relative to the task.
  std::string* place_of(std::string_view name);
};

// "8 MiB", or bytes where that would not be exact.
std::string size_text(std::uint64_t bytes);

}  // namespace pawl
