// inotify's limits: sysctls of the machine, those of the user namespace, and /proc/PID/fdinfo.
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>

#include "backends/limits.h"

namespace pawl {
namespace {

std::optional<std::uint64_t> read_number(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (!(file >> number)) return std::nullopt;
  return number;
}

// The kernel charges the user in this namespace and in every one around it, so the least holds.
// What the ones between this and the outermost allow can't be seen from here.
std::optional<std::uint64_t> least(const std::optional<std::uint64_t>& machine,
                                   const std::optional<std::uint64_t>& user_namespace) {
  if (!machine || !user_namespace) return machine ? machine : user_namespace;
  return std::min(*machine, *user_namespace);
}

template <class Visit>
bool for_each_number_in(const std::string& path, Visit visit) {
  const auto close = [](DIR* stream) { ::closedir(stream); };
  const std::unique_ptr<DIR, decltype(close)> stream(::opendir(path.c_str()), close);
  if (!stream) return false;
  while (const struct dirent* entry = ::readdir(stream.get())) {
    if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') visit(path + "/" + entry->d_name);
  }
  return true;
}

bool is_inotify(const std::string& descriptor) {
  char target[64];
  const ssize_t size = ::readlink(descriptor.c_str(), target, sizeof target);
  if (size <= 0) return false;
  const std::string_view name(target, static_cast<std::size_t>(size));
  return name == "anon_inode:inotify" || name == "anon_inode:[inotify]" || name == "inotify";
}

std::uint64_t count_watches(const std::string& fdinfo) {
  std::ifstream file(fdinfo);
  std::uint64_t count = 0;
  for (std::string line; std::getline(file, line);) count += line.starts_with("inotify ") ? 1 : 0;
  return count;
}

void add_process(const std::string& process, WatchLimits& limits) {
  for_each_number_in(process + "/fd", [&](const std::string& descriptor) {
    if (!is_inotify(descriptor)) return;
    *limits.instances_used += 1;
    *limits.watches_used +=
        count_watches(process + "/fdinfo" + descriptor.substr(descriptor.rfind('/')));
  });
}

// Instances are charged to the effective user, who also owns the process's folder in /proc.
bool is_own(const std::string& process) {
  struct stat st;
  return ::stat(process.c_str(), &st) == 0 && st.st_uid == ::geteuid();
}

bool smaller(const std::optional<std::uint64_t>& a, const std::optional<std::uint64_t>& b) {
  return a && b && *a < *b;
}

}  // namespace

WatchLimits read_watch_limits(const std::string& proc) {
  const auto watches = read_number(proc + "/sys/fs/inotify/max_user_watches");
  const auto instances = read_number(proc + "/sys/fs/inotify/max_user_instances");
  const auto watches_here = read_number(proc + "/sys/user/max_inotify_watches");
  const auto instances_here = read_number(proc + "/sys/user/max_inotify_instances");
  WatchLimits limits;
  limits.watches_max = least(watches, watches_here);
  limits.instances_max = least(instances, instances_here);
  limits.queue_max = read_number(proc + "/sys/fs/inotify/max_queued_events");
  if (!limits.watches_max) {
    limits.note = "inotify's limits can't be read";
  } else if (smaller(watches_here, watches) || smaller(instances_here, instances)) {
    limits.note = "limited by the user namespace (" + proc + "/sys/user/max_inotify_*)";
  }
  return limits;
}

WatchLimits read_watch_usage(const std::string& proc) {
  WatchLimits limits = read_watch_limits(proc);
  limits.watches_used = 0;
  limits.instances_used = 0;
  const bool read = for_each_number_in(proc, [&](const std::string& process) {
    if (is_own(process)) add_process(process, limits);
  });
  if (!read) {
    limits.watches_used.reset();
    limits.instances_used.reset();
  }
  return limits;
}

}  // namespace pawl
