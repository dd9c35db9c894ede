#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

#include "backends/posix_open.h"
#include "fallback/snapshot_file.h"

namespace pawl {

Result<std::vector<RootSnapshot>> read_snapshot(const std::string& file) {
  Descriptor opened;
  if (const int error = open_path(file, kReadOnly, opened))
    return Status::from_errno(error, "start from", file);
  struct stat st;
  if (::fstat(opened.get(), &st) != 0) return Status::from_errno(errno, "start from", file);
  if (!S_ISREG(st.st_mode)) return Status(Code::kForeign, "start from", file, "it is no file");
  std::string bytes(static_cast<std::size_t>(st.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = uninterrupted(
        [&] { return ::read(opened.get(), bytes.data() + done, bytes.size() - done); });
    if (got < 0) return Status::from_errno(errno, "start from", file);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return decode_snapshot(bytes, file);
}

Status replace_file(const std::string& file, const std::string& bytes) {
  // Of this call alone, so that two that save do not write into one.
  static std::atomic<unsigned> calls{0};
  const std::string fresh = file + ".new-" + std::to_string(::getpid()) + "-" + std::to_string(++calls);
  const auto refuse = [&](int error) {
    ::unlink(fresh.c_str());
    return Status::from_errno(error, "write", file);
  };
  {
    const int fd = uninterrupted(
        [&] { return ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666); });
    if (fd < 0) return Status::from_errno(errno, "write", file);
    const Descriptor out(fd);
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t put =
          uninterrupted([&] { return ::write(fd, bytes.data() + done, bytes.size() - done); });
      if (put < 0) return refuse(errno);
      done += static_cast<std::size_t>(put);
    }
    if (uninterrupted([&] { return ::fsync(fd); }) != 0) return refuse(errno);
  }
  if (std::rename(fresh.c_str(), file.c_str()) != 0) return refuse(errno);
  // The new name is on the disk once its directory is. Where that can't be asked for it is no error.
  const std::size_t slash = file.rfind('/');
  Descriptor directory;
  const std::string parent = slash == std::string::npos ? "." : file.substr(0, std::max<std::size_t>(slash, 1));
  if (open_path(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC, directory) == 0)
    (void)::fsync(directory.get());
  return {};
}

}  // namespace pawl
