// What a row of a task holds beside its identity, and a hash over it: written with the row, and
// compared before the row is overwritten, it tells whether someone else has edited it since.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/task/task.h"

namespace pawl {

// Borrowed text. A schema that the task does not have is empty.
struct ContentView {
  std::string_view label;
  std::string_view description;
  std::string_view tags;  // as JSON, as the column has it
  std::string_view metadata;
  std::string_view input_schema;
  std::string_view output_schema;
  std::string_view script;

  bool operator==(const ContentView&) const = default;
};

// REQUIRES: `tags` and what the view is of outlive it.
ContentView view_of(const Task& task, std::string_view tags, const TaskContent& content);

// The same on every platform: it is stored.
std::uint64_t content_hash(const ContentView& content);

// Names a content that came from no disk: 32 hexadecimal digits, as Task::checksum.
std::string content_checksum(const ContentView& content);

}  // namespace pawl
