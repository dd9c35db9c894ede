#include "backends/mount_table.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "backends/mount.h"

namespace pawl {
namespace {

struct Line {
  MountPoint mount;
  std::uint64_t parent = 0;
};

// Takes the next word from `rest`.
std::string_view word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// "MAJOR:MINOR" as st_dev has them (glibc's makedev).
std::uint64_t device_of(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::uint64_t major = number(text.substr(0, colon));
  const std::uint64_t minor = number(text.substr(std::min(colon + 1, text.size())));
  return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffull) << 12 |
         (major & ~0xfffull) << 32;
}

// Space, tab, newline and backslash are written as three octal digits.
std::string unescape(std::string_view text) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 3 >= text.size()) {
      path += text[i];
      continue;
    }
    unsigned code = 0;
    std::from_chars(text.data() + i + 1, text.data() + i + 4, code, 8);
    path += static_cast<char>(code);
    i += 3;
  }
  return path;
}

// id parent major:minor root path options [tag…] - type source options
Line read_line(std::string_view rest) {
  Line line;
  line.mount.id = number(word(rest));
  line.parent = number(word(rest));
  line.mount.device = device_of(word(rest));
  word(rest);
  line.mount.path = unescape(word(rest));
  const std::size_t dash = rest.find(" - ");
  rest.remove_prefix(dash == std::string_view::npos ? rest.size() : dash + 3);
  line.mount.may_hang = classify_type(word(rest)).may_hang;
  return line;
}

}  // namespace

std::vector<MountPoint> parse_mount_table(std::string_view table) {
  std::vector<Line> lines;
  std::set<std::pair<std::uint64_t, std::string>> mounted;  // in which mount, and where
  while (!table.empty()) {
    const std::size_t end = std::min(table.find('\n'), table.size());
    Line line = read_line(table.substr(0, end));
    table.remove_prefix(std::min(end + 1, table.size()));
    if (!line.mount.path.starts_with('/')) continue;
    mounted.emplace(line.parent, line.mount.path);
    lines.push_back(std::move(line));
  }
  // One is hidden if the mount that it lies in has another over a directory on the way to it, or is
  // hidden itself.
  std::set<std::uint64_t> hidden;
  std::map<std::string, MountPoint> seen;
  for (Line& line : lines) {
    const std::string& path = line.mount.path;
    bool is_hidden = hidden.contains(line.parent);
    for (std::size_t at = path.rfind('/'); at != std::string::npos && at > 0 && !is_hidden;
         at = path.rfind('/', at - 1))
      is_hidden = mounted.contains({line.parent, path.substr(0, at)});
    if (is_hidden) {
      hidden.insert(line.mount.id);
    } else {
      seen[path] = std::move(line.mount);
    }
  }
  std::vector<MountPoint> mounts;
  mounts.reserve(seen.size());
  for (auto& [path, mount] : seen) mounts.push_back(std::move(mount));
  return mounts;
}

MountTable::MountTable(uv_loop_t* loop, std::function<void(std::vector<MountPoint>)> changed)
    : changed_(std::move(changed)) {
  watch(loop);
}

void MountTable::wait_for_more() {
  // A container that starts makes a dozen mounts, one after another.
  constexpr std::uint64_t kGatherMs = 50;
  if (uv_is_active(reinterpret_cast<uv_handle_t*>(timer_.get()))) return;
  uv_timer_start(
      timer_.get(),
      [](uv_timer_t* timer) {
        if (MountTable* self = Handle<uv_timer_t, MountTable>::owner_of(timer))
          self->changed_(self->read());
      },
      kGatherMs, 0);
}

}  // namespace pawl
