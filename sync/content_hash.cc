#include "sync/content_hash.h"

#include <array>

#include "core/task/checksum.h"
#include "sync/conflict.h"

namespace pawl {
namespace {

std::array<std::string_view, 7> parts(const ContentView& content) {
  return {content.label,        content.description,   content.tags,  content.metadata,
          content.input_schema, content.output_schema, content.script};
}

}  // namespace

std::string_view conflict_rule_name(ConflictRule rule) {
  switch (rule) {
    case ConflictRule::kRegistry:
      return "registry";
    case ConflictRule::kDatabase:
      return "database";
    case ConflictRule::kNewer:
      return "newer";
  }
  return "registry";
}

ContentView view_of(const Task& task, std::string_view tags, const TaskContent& content) {
  return {task.label(),         task.description(),    tags,          content.metadata,
          content.input_schema, content.output_schema, content.script};
}

std::uint64_t content_hash(const ContentView& content) {
  // No state on the heap: this runs for every row that is written.
  std::uint64_t hash = 0;
  for (const std::string_view part : parts(content)) {
    hash = (hash ^ hash_of(part).low ^ part.size()) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
  }
  return hash;
}

std::string content_checksum(const ContentView& content) {
  Checksum checksum;
  for (const std::string_view part : parts(content)) checksum.add(part);
  return checksum.hex();
}

}  // namespace pawl
