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
  by_path_.emplace(relative, directory);
  by_directory_[directory] = std::move(relative);
}

bool RecursiveWatch::remove(DirectoryId directory) {
  const auto found = by_directory_.find(directory);
  if (found == by_directory_.end()) return false;
  const auto [first, end] = by_path_.equal_range(found->second);
  by_path_.erase(std::find_if(first, end, [&](const auto& known) { return known.second == directory; }));
  by_directory_.erase(found);
  return true;
}

bool RecursiveWatch::translate(const RawEvent& event, const RawNames& names,
                               std::vector<Hint>& hints) const {
  if (event.status < 0 || !event.name) return false;
  // Those that are deepest on the way. None, where the root is not ours: what is not below one that is concerns nobody.
  auto here = by_path_.equal_range("");
  const std::vector<std::string_view> parts = split(*event.name, names);
  if (parts.empty()) {  // "/" itself, watched on macOS; of any other root libuv tells nothing by itself
    for (; here.first != here.second; ++here.first) hints.push_back({here.first->second, "", HintKind::kTouched});
    return !names.gathered;
  }
  std::string path;
  std::size_t below = 0;  // which part is the name in `here`
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) path += '/';
    path += parts[i];
    const auto known = by_path_.equal_range(path);
    if (i + 1 == parts.size() || known.first == known.second) continue;
    here = known;
    below = i + 1;
  }
  if (names.gathered && !event.renamed) hint_below(path, hints);
  const std::string_view name = parts[below];
  // What a name further down was called says nothing of this one.
  const HintKind kind = below + 1 == parts.size() && event.renamed ? HintKind::kRenamed : HintKind::kTouched;
  const bool doubtful =
      name.find(kReplacement) != name.npos || (names.short_names && may_be_short(name));
  for (; here.first != here.second; ++here.first)
    hints.push_back({here.first->second, doubtful ? std::string() : std::string(name), kind});
  return true;
}

void RecursiveWatch::hint_below(const std::string& path, std::vector<Hint>& hints) const {
  for (auto [itself, end] = by_path_.equal_range(path); itself != end; ++itself)
    hints.push_back({itself->second, "", HintKind::kTouched});
  const std::string prefix = path + '/';
  for (auto below = by_path_.lower_bound(prefix); below != by_path_.end() && below->first.starts_with(prefix); ++below)
    hints.push_back({below->second, "", HintKind::kTouched});
}

}  // namespace pawl
