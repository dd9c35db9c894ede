// Opening by path on POSIX: descriptors that close themselves, calls that survive signals, and
// paths longer than PATH_MAX. Errors are values of errno; 0 is success.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "core/stamp.h"

namespace pawl {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  bool ok() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

// FUSE and NFS let a signal end calls that never fail so on a local disk.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

// Flags that open something only to name it or what lies in it: no permission to read is needed,
// and no device or FIFO notices.
#ifdef O_PATH
inline constexpr int kNameOnly = O_PATH | O_CLOEXEC;
#else
inline constexpr int kNameOnly = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
#endif
// O_NONBLOCK: a FIFO without a writer must not hold a worker for ever.
inline constexpr int kReadOnly = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
inline constexpr int kRealDirectory = O_DIRECTORY | O_NOFOLLOW;

int open_at(int directory, const char* name, int flags, Descriptor& opened);

inline int stat_at(int directory, const char* name, struct stat& st) {
  return uninterrupted([&] { return ::fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW); }) == 0
             ? 0
             : errno;
}

// Where the *at calls find `path`, which may be longer than the system takes in one piece: then the
// directories on the way are opened one stretch at a time.
class Reach {
 public:
  // `path` must outlive the Reach.
  explicit Reach(const std::string& path);

  int error() const { return error_; }
  int directory() const { return held_.ok() ? held_.get() : AT_FDCWD; }
  const char* rest() const { return rest_; }

 private:
  int descend(const std::string& path);

  std::string pieces_;
  Descriptor held_;
  const char* rest_;
  int error_ = 0;
};

// Opens `path`, however long. As with open(2), O_NOFOLLOW speaks of the last component only.
int open_path(const std::string& path, int flags, Descriptor& opened);

Stamp stamp_of(const struct stat& st);

}  // namespace pawl
