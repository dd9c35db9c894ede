// Reading the names in an open directory, as the system gives them.
#pragma once

#include <dirent.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

#include <cstddef>
#include <cstring>
#include <memory>

#include "backends/posix_open.h"

namespace pawl {

struct RawEntry {
  const char* name = nullptr;  // never "." or ".."; holds until the next entry
  std::uint64_t inode = 0;
  FileType type = FileType::kOther;  // kOther, too, where the file system doesn't say
};

inline FileType type_of_entry(unsigned char type) {
  switch (type) {
    case DT_REG:
      return FileType::kFile;
    case DT_DIR:
      return FileType::kDirectory;
    case DT_LNK:
      return FileType::kSymlink;
    default:
      return FileType::kOther;
  }
}

inline bool is_dots(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

// Calls `visit`, which returns 0 to go on, for each entry. Returns 0, or errno of the directory, or
// what `visit` returned. The directory's own position is used, so this can be done once.
#ifdef __linux__
// getdents64 rather than readdir: no allocation, and the same 32 KiB that glibc would ask for.
template <class Visit>
int for_each_entry(const Descriptor& directory, Visit visit) {
  // struct linux_dirent64, which no header declares: inode 8, offset 8, length 2, type 1, name.
  constexpr std::size_t kLengthAt = 16, kTypeAt = 18, kNameAt = 19;
  alignas(std::uint64_t) char buffer[32 << 10];
  for (;;) {
    const long size = uninterrupted(
        [&] { return ::syscall(SYS_getdents64, directory.get(), buffer, sizeof buffer); });
    if (size <= 0) return size == 0 ? 0 : errno;
    std::uint16_t length = 0;
    for (const char* at = buffer; at < buffer + size; at += length) {
      RawEntry entry;
      std::memcpy(&length, at + kLengthAt, sizeof length);
      std::memcpy(&entry.inode, at, sizeof entry.inode);
      entry.type = type_of_entry(static_cast<unsigned char>(at[kTypeAt]));
      entry.name = at + kNameAt;
      if (is_dots(entry.name)) continue;
      if (const int stop = visit(entry)) return stop;
    }
  }
}
#else
template <class Visit>
int for_each_entry(const Descriptor& directory, Visit visit) {
  const int own = ::fcntl(directory.get(), F_DUPFD_CLOEXEC, 0);
  if (own < 0) return errno;
  const auto close = [](DIR* stream) { ::closedir(stream); };
  const std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(own), close);
  if (!stream) {
    const int error = errno;
    ::close(own);
    return error;
  }
  for (;;) {
    errno = 0;
    const struct dirent* at = ::readdir(stream.get());
    if (at == nullptr) return errno;
    if (is_dots(at->d_name)) continue;
    const RawEntry entry{at->d_name, at->d_ino, type_of_entry(at->d_type)};
    if (const int stop = visit(entry)) return stop;
  }
}
#endif

}  // namespace pawl
