#include "benchmarks/bare/inotify_loop.h"

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

// One line for each file that the events in `buffer` name, with what a reader needs.
void append_lines(const char* buffer, long size, const std::vector<Watched>& watched, Tell tell,
                  std::string& lines) {
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
    const Watched& in = watched[static_cast<std::size_t>(event->wd - 1)];
    struct stat st {};
    const bool gone =
        tell == Tell::kLooked && ::fstatat(in.fd, event->name, &st, AT_SYMLINK_NOFOLLOW) != 0;
    lines += gone                      ? "{\"event\":\"change\",\"kind\":\"removed\",\"path\":\""
             : event->mask & IN_CREATE ? "{\"event\":\"change\",\"kind\":\"created\",\"path\":\""
                                       : "{\"event\":\"change\",\"kind\":\"modified\",\"path\":\"";
    lines += in.path;
    lines += '/';
    lines += name;
    lines += S_ISDIR(st.st_mode) ? "\",\"type\":\"directory\"}\n" : "\",\"type\":\"file\"}\n";
  }
}

}  // namespace

void tell_of_files(const std::vector<std::string>& directories, Tell tell, int ready) {
  const int inotify = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  must(inotify >= 0, "inotify_init1");
  std::vector<Watched> watched;
  for (const std::string& path : directories) {
    // Descriptors of watches count from 1 in the order of their making.
    const int wd = ::inotify_add_watch(inotify, path.c_str(), watch_mask());
    must(wd == static_cast<int>(watched.size()) + 1, "watch " + path);
    watched.push_back({path, ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)});
  }
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event wanted{EPOLLIN, {}};
  must(::epoll_ctl(epoll, EPOLL_CTL_ADD, inotify, &wanted) == 0, "epoll_ctl");
  must(::write(ready, "ready\n", 6) == 6, "say that it is ready");
  alignas(inotify_event) static char buffer[64 << 10];
  std::string lines;
  for (;;) {
    epoll_event event;
    ::epoll_wait(epoll, &event, 1, -1);
    for (long size; (size = ::read(inotify, buffer, sizeof buffer)) > 0;) {
      lines.clear();
      append_lines(buffer, size, watched, tell, lines);
      for (std::size_t at = 0; at < lines.size();) {
        const ssize_t written = ::write(STDOUT_FILENO, lines.data() + at, lines.size() - at);
        must(written > 0, "write lines");
        at += static_cast<std::size_t>(written);
      }
    }
  }
}

}  // namespace bare
