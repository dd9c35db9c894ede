#include "core/task/task_files.h"

#include <fmt/format.h>

namespace pawl {

std::string* TaskFiles::place_of(std::string_view name) {
  const auto found = [](bool& has, std::string& place) {
    has = true;
    return &place;
  };
  if (name == "metadata.json") return found(has_metadata, content.metadata);
  if (name == "main.js") return found(has_script, content.script);
  if (name == "input.schema.json") return found(has_input_schema, content.input_schema);
  if (name == "output.schema.json") return found(has_output_schema, content.output_schema);
  return nullptr;
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
  if (bytes >= kMiB && bytes % kMiB == 0) return fmt::format("{} MiB", bytes / kMiB);
  return fmt::format("{} bytes", bytes);
}

}  // namespace pawl
