// Names in archives, which may be made to lead anywhere.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace pawl {

// Why the entry `name` is refused; nothing for a plain relative name, which may end in '/'.
std::optional<std::string_view> refuse_entry_name(std::string_view name);

// How many folders `name` lies in.
unsigned folders_of(std::string_view name);

// Where the task in an archive starts: "" if "metadata.json" is an entry, "folder/" if it lies in
// the one folder that holds everything (what macOS adds, "__MACOSX" and ".DS_Store", aside).
// Nothing: the archive holds no task.
std::optional<std::string_view> find_task_prefix(const std::vector<std::string_view>& names);

}  // namespace pawl
