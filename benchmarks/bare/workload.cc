#include "benchmarks/bare/workload.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "benchmarks/bare/measure.h"

namespace bare {
namespace {

template <class Do>
void for_each(const std::vector<std::string>& paths, Pace pace, const Do& work) {
  for (std::size_t i = 0; i < paths.size(); ++i) {
    work(paths[i]);
    if (pace.burst == 0 || (i + 1) % pace.burst != 0) continue;
    const timespec pause{0, pace.pause_ns};
    ::nanosleep(&pause, nullptr);
  }
}

void create(const std::string& path) {
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  must(fd >= 0, "create " + path);
  ::close(fd);
}

}  // namespace

std::vector<std::string> file_paths(const std::vector<std::string>& directories,
                                    std::size_t count) {
  std::vector<std::string> paths;
  paths.reserve(count);
  char name[32];
  for (std::size_t i = 0; i < count; ++i) {
    std::snprintf(name, sizeof name, "/file-%07zu", i);
    paths.push_back(directories[i / 50 % directories.size()] + name);
  }
  return paths;
}

void create_files(const std::vector<std::string>& paths, Pace pace) {
  for_each(paths, pace, create);
}

void append_to_files(const std::vector<std::string>& paths, Pace pace) {
  for_each(paths, pace, [](const std::string& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    must(fd >= 0 && ::write(fd, "more\n", 5) == 5, "append to " + path);
    ::close(fd);
  });
}

void remove_files(const std::vector<std::string>& paths, Pace pace) {
  for_each(paths, pace,
           [](const std::string& path) { must(::unlink(path.c_str()) == 0, "remove " + path); });
}

std::vector<std::string> nested_paths(const std::string& root, std::size_t count) {
  std::vector<std::string> paths;
  char name[64];
  for (std::size_t i = 0; i < count; ++i) {
    std::snprintf(name, sizeof name, "/nested-%05zu/a/b/c/file", i);
    paths.push_back(root + name);
  }
  return paths;
}

void create_nested(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::size_t end = path.rfind("/nested-") + 1;
    while ((end = path.find('/', end)) != std::string::npos) {
      const std::string folder = path.substr(0, end++);
      must(::mkdir(folder.c_str(), 0755) == 0 || errno == EEXIST, "make " + folder);
    }
    create(path);
  }
}

}  // namespace bare
