#include "benchmarks/bare/inotify_loop.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string_view>

#include "benchmarks/bare/measure.h"
#include "benchmarks/bare/tree.h"

namespace bare {
namespace {

struct Watched {
  std::string path;
  int fd = -1;
};

class Loop {
 public:
  explicit Loop(Tell tell) : tell_(tell), inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    must(inotify_ >= 0, "inotify_init1");
  }

  int inotify() const { return inotify_; }

  // False: it was watched already.
  bool watch(const std::string& path) {
    // Descriptors of watches count from 1 in the order of their making.
    const int wd = ::inotify_add_watch(inotify_, path.c_str(), watch_mask());
    must(wd > 0 && wd <= static_cast<int>(watched_.size()) + 1, "watch " + path);
    if (wd <= static_cast<int>(watched_.size())) return false;
    watched_.push_back({path, ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)});
    return true;
  }

  // One line for each file that the events in `buffer` name, with what a reader needs.
  void append_lines(const char* buffer, long size, std::string& lines) {
    std::string_view last;
    int last_in = 0;
    for (long at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
      at += static_cast<long>(sizeof *event + event->len);
      if (event->len == 0 || event->wd < 1) continue;
      const std::string_view name(event->name);
      // Its IN_CREATE and IN_MODIFY come together.
      if (name == last && event->wd == last_in) continue;
      last = name;
      last_in = event->wd;
      const Watched& in = watched_[static_cast<std::size_t>(event->wd - 1)];
      struct stat st {};
      const bool gone =
          tell_ == Tell::kLooked && ::fstatat(in.fd, event->name, &st, AT_SYMLINK_NOFOLLOW) != 0;
      const bool created = (event->mask & (IN_CREATE | IN_MOVED_TO)) != 0;
      append_line(lines,
                  gone      ? "removed"
                  : created ? "created"
                            : "modified",
                  in.path, name, S_ISDIR(st.st_mode));
      if (created && !gone && S_ISDIR(st.st_mode)) enter(in.path + "/" + std::string(name), lines);
    }
  }

 private:
  static void append_line(std::string& lines, const char* kind, const std::string& directory,
                          std::string_view name, bool is_directory) {
    lines += "{\"event\":\"change\",\"kind\":\"";
    lines += kind;
    lines += "\",\"path\":\"";
    lines += directory;
    lines += '/';
    lines += name;
    lines += is_directory ? "\",\"type\":\"directory\"}\n" : "\",\"type\":\"file\"}\n";
  }

  // What is in it may have come before its watch.
  void enter(const std::string& path, std::string& lines) {
    if (!watch(path)) return;
    DIR* directory = ::opendir(path.c_str());
    if (directory == nullptr) return;
    while (const dirent* entry = ::readdir(directory)) {
      const std::string_view name(entry->d_name);
      if (name == "." || name == "..") continue;
      append_line(lines, "created", path, name, entry->d_type == DT_DIR);
      if (entry->d_type == DT_DIR) enter(path + "/" + entry->d_name, lines);
    }
    ::closedir(directory);
  }

  const Tell tell_;
  const int inotify_;
  std::vector<Watched> watched_;
};

}  // namespace

void tell_of_files(const std::vector<std::string>& directories, Tell tell, int ready) {
  Loop loop(tell);
  for (const std::string& path : directories) loop.watch(path);
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event wanted{EPOLLIN, {}};
  must(::epoll_ctl(epoll, EPOLL_CTL_ADD, loop.inotify(), &wanted) == 0, "epoll_ctl");
  must(::write(ready, "ready\n", 6) == 6, "say that it is ready");
  alignas(inotify_event) static char buffer[64 << 10];
  std::string lines;
  for (;;) {
    epoll_event event;
    ::epoll_wait(epoll, &event, 1, -1);
    for (long size; (size = ::read(loop.inotify(), buffer, sizeof buffer)) > 0;) {
      lines.clear();
      loop.append_lines(buffer, size, lines);
      for (std::size_t at = 0; at < lines.size();) {
        const ssize_t written = ::write(STDOUT_FILENO, lines.data() + at, lines.size() - at);
        must(written > 0, "write lines");
        at += static_cast<std::size_t>(written);
      }
    }
  }
}

}  // namespace bare
