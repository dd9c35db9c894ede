#include "tests/backends/scratch_world.h"

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace pawl {
namespace {

// The directory that holds `path`, opened one name at a time: independent of what is tested. The
// caller closes it.
int parent_of(const std::string& path, std::string& name) {
  int at = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::size_t start = 1;
  for (;;) {
    const std::size_t slash = path.find('/', start);
    name = path.substr(start, slash == path.npos ? path.npos : slash - start);
    if (slash == path.npos) return at;
    const int next = ::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ::close(at);
    at = next;
    start = slash + 1;
  }
}

template <class Call>
void in_parent(const std::string& path, Call call) {
  std::string name;
  const int parent = parent_of(path, name);
  EXPECT_GE(call(parent, name.c_str()), 0) << name << ": " << std::strerror(errno);
  ::close(parent);
}

void remove_at(int parent, const char* name) {
  if (::unlinkat(parent, name, 0) == 0) return;
  const int fd = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return;
  DIR* stream = ::fdopendir(fd);
  while (const struct dirent* entry = ::readdir(stream)) {
    const std::string inner = entry->d_name;
    if (inner != "." && inner != "..") remove_at(fd, inner.c_str());
  }
  ::closedir(stream);
  ::unlinkat(parent, name, AT_REMOVEDIR);
}

}  // namespace

ScratchWorld::ScratchWorld(std::unique_ptr<FileSystem> files) : files_(std::move(files)) {
  std::error_code error;
  std::filesystem::path base = std::filesystem::temp_directory_path(error);
  if (error) base = "/tmp";
  root_ = (std::filesystem::canonical(base) / "pawl-files-XXXXXX").string();
  if (::mkdtemp(root_.data()) == nullptr) ADD_FAILURE() << "mkdtemp " << root_;
  // Open to the user that `unprivileged` becomes.
  set_mode(root_, 0755);
}

ScratchWorld::~ScratchWorld() {
  remove(root_);
}

void ScratchWorld::make_directory(const std::string& path) {
  in_parent(path, [](int at, const char* name) { return ::mkdirat(at, name, 0755); });
}

void ScratchWorld::write(const std::string& path, const std::string& bytes) {
  in_parent(path, [&](int at, const char* name) {
    const int fd = ::openat(at, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return fd;
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    ::close(fd);
    return count == static_cast<ssize_t>(bytes.size()) ? 0 : -1;
  });
}

void ScratchWorld::link(const std::string& target, const std::string& path) {
  in_parent(path, [&](int at, const char* name) { return ::symlinkat(target.c_str(), at, name); });
}

void ScratchWorld::hard_link(const std::string& old, const std::string& path) {
  EXPECT_EQ(::link(old.c_str(), path.c_str()), 0);
}

void ScratchWorld::rename(const std::string& from, const std::string& to) {
  EXPECT_EQ(::rename(from.c_str(), to.c_str()), 0);
}

void ScratchWorld::remove(const std::string& path) {
  in_parent(path, [](int at, const char* name) {
    remove_at(at, name);
    return 0;
  });
}

void ScratchWorld::set_mode(const std::string& path, unsigned mode) {
  in_parent(path, [&](int at, const char* name) {
    return ::fchmodat(at, name, static_cast<mode_t>(mode), 0);
  });
}

bool ScratchWorld::make_fifo(const std::string& path) {
  return ::mkfifo(path.c_str(), 0644) == 0;
}

bool ScratchWorld::unprivileged(const std::function<void()>& action) {
  constexpr uid_t kNobody = 65534;
  if (::geteuid() != 0) {
    action();
    return true;
  }
  if (::seteuid(kNobody) != 0) return false;
  // Below a folder that is closed to others, nothing of it can be tried.
  struct stat st;
  if (::stat(root_.c_str(), &st) != 0) {
    EXPECT_EQ(::seteuid(0), 0);
    return false;
  }
  action();
  EXPECT_EQ(::seteuid(0), 0);
  return true;
}

}  // namespace pawl
