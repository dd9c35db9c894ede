#include "backends/posix_open.h"

#include <climits>

namespace pawl {
namespace {

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::kFile;
  if (S_ISDIR(mode)) return FileType::kDirectory;
  if (S_ISLNK(mode)) return FileType::kSymlink;
  return FileType::kOther;
}

constexpr std::int64_t nanoseconds_of(const struct timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// Fibonacci hashing (Knuth): the upper half of the product depends on every bit. It is stored, so
// it stays as it is.
std::uint32_t owner_of(const struct stat& st) {
  const std::uint64_t both = std::uint64_t{st.st_uid} << 32 | st.st_gid;
  return static_cast<std::uint32_t>((both ^ both >> 29) * 0x9e3779b97f4a7c15u >> 32);
}

}  // namespace

int open_at(int directory, const char* name, int flags, Descriptor& opened) {
  const int fd = uninterrupted([&] { return ::openat(directory, name, flags); });
  if (fd < 0) return errno;
  opened = Descriptor(fd);
  return 0;
}

Reach::Reach(const std::string& path) : rest_(path.c_str()) {
  if (path.size() >= PATH_MAX) error_ = descend(path);
}

int Reach::descend(const std::string& path) {
  pieces_ = path;
  std::size_t start = 0;
  while (pieces_.size() - start >= PATH_MAX) {
    // A stretch ends before a slash. With no slash in reach, one name is too long by itself.
    const std::size_t slash = pieces_.rfind('/', start + PATH_MAX - 1);
    if (slash == std::string::npos || slash <= start) return ENAMETOOLONG;
    pieces_[slash] = '\0';
    Descriptor next;
    const int error = open_at(directory(), pieces_.c_str() + start, kNameOnly | O_DIRECTORY, next);
    if (error != 0) return error;
    held_ = std::move(next);
    start = pieces_.find_first_not_of('/', slash + 1);
    if (start == std::string::npos) return ENAMETOOLONG;
  }
  rest_ = pieces_.c_str() + start;
  return 0;
}

int open_path(const std::string& path, int flags, Descriptor& opened) {
  const Reach reach(path);
  if (reach.error() != 0) return reach.error();
  return open_at(reach.directory(), reach.rest(), flags, opened);
}

Stamp stamp_of(const struct stat& st) {
#ifdef __APPLE__
  const struct timespec& modified = st.st_mtimespec;
  const struct timespec& changed = st.st_ctimespec;
#else
  const struct timespec& modified = st.st_mtim;
  const struct timespec& changed = st.st_ctim;
#endif
  return Stamp{.inode = st.st_ino,
               .device = static_cast<std::uint64_t>(st.st_dev),
               .size = st.st_size,
               .mtime_ns = nanoseconds_of(modified),
               .ctime_ns = nanoseconds_of(changed),
               .owner = owner_of(st),
               .mode = static_cast<std::uint16_t>(st.st_mode & 07777),
               .type = type_of(st.st_mode),
               .shared = st.st_nlink > 1 && S_ISREG(st.st_mode)};
}

}  // namespace pawl
