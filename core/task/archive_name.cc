#include "core/task/archive_name.h"

#include <algorithm>
#include <cstddef>

namespace pawl {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view top_of(std::string_view name) {
  return name.substr(0, name.find('/'));
}

bool is_macos_extra(std::string_view name) {
  return top_of(name) == "__MACOSX" || name == ".DS_Store";
}

}  // namespace

std::optional<std::string_view> refuse_entry_name(std::string_view name) {
  if (name.empty()) return "has no name";
  if (name.front() == '/') return "has an absolute name";
  if (name.find('\\') != std::string_view::npos) return "has a backslash in its name";
  if (name.size() > 1 && is_letter(name[0]) && name[1] == ':') return "names a drive";
  if (name.back() == '/') name.remove_suffix(1);
  for (;;) {
    const std::size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part == "..") return "leads outside the archive (\"..\")";
    if (part.empty() || part == ".") return "has an empty folder name or \".\" in its name";
    if (slash == std::string_view::npos) return std::nullopt;
    name.remove_prefix(slash + 1);
  }
}

unsigned folders_of(std::string_view name) {
  if (name.ends_with('/')) name.remove_suffix(1);
  return static_cast<unsigned>(std::count(name.begin(), name.end(), '/'));
}

std::optional<std::string_view> find_task_prefix(const std::vector<std::string_view>& names) {
  if (std::find(names.begin(), names.end(), "metadata.json") != names.end()) return "";
  std::optional<std::string_view> top;
  std::string_view prefix;
  bool has_metadata = false;
  for (const std::string_view name : names) {
    if (is_macos_extra(name)) continue;
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    if (top && *top != top_of(name)) return std::nullopt;
    top = top_of(name);
    prefix = name.substr(0, slash + 1);
    has_metadata = has_metadata || name.substr(slash + 1) == "metadata.json";
  }
  if (!has_metadata) return std::nullopt;
  return prefix;
}

}  // namespace pawl
