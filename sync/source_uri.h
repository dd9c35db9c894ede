// Where a source lies, as a person writes it: a plain path or a file URI.
#pragma once

#include <string>
#include <string_view>

namespace pawl {

struct SourceUri {
  std::string path;  // as bytes; relative or absolute
  std::string error;
  std::string remedy;

  bool ok() const { return error.empty(); }
};

// "./tasks", "/srv/tasks", "file://./tasks" (relative), "file:///srv/tasks", "file:tasks". In a
// file URI %NN stands for a byte. Anything that is not on this machine is refused with what to do
// instead.
SourceUri parse_source_uri(std::string_view text);

// `path`, absolute and normal (no ".", "..", doubled or trailing slash), starting at the absolute
// `folder` if it is relative. A ".." behind a symbolic link is resolved as the system would.
std::string resolve_path(const std::string& folder, const std::string& path);

}  // namespace pawl
