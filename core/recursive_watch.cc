#include "core/recursive_watch.h"

#include <algorithm>
#include <utility>

namespace pawl {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// Looks like what Windows makes for old programs, "PROGRA~1.TXT". A long name may look so too.
bool may_be_short(std::string_view name) {
  const std::size_t dot = std::min(name.find('.'), name.size());
  const std::size_t tilde = name.substr(0, dot).find('~');
  return tilde != name.npos && tilde > 0 && tilde + 1 < dot && dot <= 8 && name.size() - dot <= 4 &&
         name.find_first_not_of("0123456789", tilde + 1) >= dot;
}

std::vector<std::string_view> split(std::string_view path, const RawNames& names) {
  const std::string_view separators = names.backslashes ? "/\\" : "/";
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find_first_of(separators), path.size());
    if (end > 0) parts.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return parts;
}

}  // namespace

void RecursiveWatch::add(std::string relative, DirectoryId directory) {
  if (const auto earlier = by_path_.find(relative); earlier != by_path_.end())
    by_directory_.erase(earlier->second);
  by_path_[relative] = directory;
  by_directory_[directory] = std::move(relative);
}

bool RecursiveWatch::remove(DirectoryId directory) {
  const auto found = by_directory_.find(directory);
  if (found == by_directory_.end()) return false;
  by_path_.erase(found->second);
  by_directory_.erase(found);
  return true;
}

bool RecursiveWatch::translate(const RawEvent& event, const RawNames& names,
                               std::vector<Hint>& hints) const {
  if (event.status < 0 || !event.name) return false;
  const auto root = by_path_.find("");
  // The root is not ours, but something below it is: what is not below that concerns nobody.
  const DirectoryId* here = root == by_path_.end() ? nullptr : &root->second;
  const std::vector<std::string_view> parts = split(*event.name, names);
  if (parts.empty()) {  // "/" itself, watched on macOS; of any other root libuv tells nothing by itself
    if (here != nullptr) hints.push_back({*here, "", HintKind::kTouched});
    return !names.gathered;
  }
  std::string path;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string_view name = parts[i];
    const bool last = i + 1 == parts.size();
    if (!path.empty()) path += '/';
    path += name;
    if (last && names.gathered && !event.renamed) hint_below(path, hints);
    const auto below = last ? by_path_.end() : by_path_.find(path);
    if (below != by_path_.end()) {
      here = &below->second;
      continue;
    }
    if (here == nullptr) {
      if (last) break;
      continue;  // perhaps below what is not watched comes something that is
    }
    // What a name further down was called says nothing of this one.
    const HintKind kind = last && event.renamed ? HintKind::kRenamed : HintKind::kTouched;
    const bool doubtful = name.find(kReplacement) != name.npos ||
                          (names.short_names && may_be_short(name));
    hints.push_back({*here, doubtful ? std::string() : std::string(name), kind});
    break;
  }
  return true;
}

void RecursiveWatch::hint_below(const std::string& path, std::vector<Hint>& hints) const {
  if (const auto itself = by_path_.find(path); itself != by_path_.end())
    hints.push_back({itself->second, "", HintKind::kTouched});
  const std::string prefix = path + '/';
  for (auto below = by_path_.lower_bound(prefix); below != by_path_.end() && below->first.starts_with(prefix); ++below)
    hints.push_back({below->second, "", HintKind::kTouched});
}

}  // namespace pawl
