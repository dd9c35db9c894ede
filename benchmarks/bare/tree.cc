#include "benchmarks/bare/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>

#include "benchmarks/bare/measure.h"

namespace bare {
namespace {

struct RawEntry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};

bool is_dots(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

void add(Swept& swept, const struct stat& st) {
  swept.sum += static_cast<std::uint64_t>(st.st_mtim.tv_nsec) + st.st_ino;
}

// Watches with `inotify` unless it is negative.
void sweep_at(int parent, const char* name, std::string& path, int inotify, Swept& swept) {
  if (inotify >= 0)
    must(::inotify_add_watch(inotify, path.c_str(), watch_mask()) >= 0, "watch " + path);
  const int fd = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  must(fd >= 0, "open " + path);
  ++swept.directories;
  alignas(8) char buffer[32 << 10];
  for (;;) {
    const long size = ::syscall(SYS_getdents64, fd, buffer, sizeof buffer);
    if (size <= 0) break;
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const RawEntry*>(buffer + at);
      const char* child = buffer + at + 19;
      at += entry->length;
      if (is_dots(child)) continue;
      struct stat st;
      if (::fstatat(fd, child, &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
      ++swept.entries;
      add(swept, st);
      if (entry->type != DT_DIR) continue;
      const std::size_t length = path.size();
      path.append("/").append(child);
      sweep_at(fd, child, path, inotify, swept);
      path.resize(length);
    }
  }
  ::close(fd);
}

void write_small(const std::string& path) {
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  must(fd >= 0 && ::write(fd, "pawl\n", 5) == 5, "write " + path);
  ::close(fd);
}

}  // namespace

std::uint32_t watch_mask() {
  return IN_ATTRIB | IN_CREATE | IN_MODIFY | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF |
         IN_MOVED_FROM | IN_MOVED_TO;
}

std::vector<std::string> make_tree(const std::string& root, std::size_t directories,
                                   std::size_t files) {
  std::vector<std::string> made;
  char name[64];
  for (std::size_t i = 0; i < directories; ++i) {
    std::snprintf(name, sizeof name, "/area-%03zu/group-%02zu/folder-%06zu", i / 10'000,
                  i / 100 % 100, i);
    made.push_back(root + name);
    std::filesystem::create_directories(made.back());
    for (std::size_t k = 0; k < files; ++k) {
      std::snprintf(name, sizeof name, "/document-%05zu.txt", k);
      write_small(made.back() + name);
    }
  }
  return made;
}

Swept sweep(const std::string& root) {
  Swept swept;
  std::string path = root;
  sweep_at(AT_FDCWD, root.c_str(), path, -1, swept);
  return swept;
}

int sweep_and_watch(const std::string& root, Swept& swept) {
  const int inotify = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  must(inotify >= 0, "inotify_init1");
  std::string path = root;
  sweep_at(AT_FDCWD, root.c_str(), path, inotify, swept);
  return inotify;
}

std::vector<Known> known_names(const std::string& root) {
  std::vector<Known> known{{root, {}}};
  for (std::size_t i = 0; i < known.size(); ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(known[i].path)) {
      known[i].names.push_back(entry.path().filename());
      if (entry.is_directory()) known.push_back({entry.path(), {}});
    }
  }
  return known;
}

Swept sweep_known(const std::vector<Known>& known) {
  Swept swept;
  for (const Known& directory : known) {
    const int fd = ::open(directory.path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    must(fd >= 0, "open " + directory.path);
    ++swept.directories;
    struct stat st;
    if (::fstat(fd, &st) == 0) add(swept, st);
    for (const std::string& name : directory.names) {
      if (::fstatat(fd, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
      ++swept.entries;
      add(swept, st);
    }
    ::close(fd);
  }
  return swept;
}

std::vector<std::string> files_below(const std::string& root) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
    if (entry.is_regular_file()) files.push_back(entry.path());
  return files;
}

}  // namespace bare
