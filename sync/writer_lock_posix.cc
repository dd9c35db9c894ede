#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX's, with kill()
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "sync/database_files.h"
#include "sync/file_identity.h"
#include "sync/writer_lock.h"

namespace pawl {
namespace {

std::string lock_path(const std::string& database) {
  return file_beside(database, ".lock");
}

// "pid 4711 on builder"; what the holder wrote about itself.
std::string holder(int descriptor) {
  std::array<char, 256> buffer;
  const ssize_t n = pread(descriptor, buffer.data(), buffer.size(), 0);
  std::string_view text(buffer.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
  text = text.substr(0, text.find('\n'));
  return text.empty() ? "another process" : std::string(text);
}

std::string self() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  std::string text = "pid " + std::to_string(getpid());
  if (host[0] != '\0') text += " on " + std::string(host.data());
  return text + "\n";
}

// The lock is what counts. If its label cannot be written (a full disk), others are told of
// "another process", and that is all.
void write_self(int descriptor) {
  const std::string text = self();
  if (ftruncate(descriptor, 0) != 0) return;
  static_cast<void>(!pwrite(descriptor, text.data(), text.size(), 0));
}

Status refusal(int os_error, int descriptor, const std::string& database) {
  if (os_error == EWOULDBLOCK) {
    return Status(Code::kBusy, "write to", database, holder(descriptor) + " is its writer");
  }
  if (os_error == ENOLCK) return Status(Code::kUnsupported, "lock", database, {}, ENOLCK);
  return Status::from_errno(os_error, "lock", database);
}

}  // namespace

Result<WriterLock> WriterLock::acquire(const std::string& database) {
  const std::string path = lock_path(database);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return Status::from_errno(errno, "lock", path);
  // flock and not fcntl: its lock belongs to this one open file, so that neither another open in
  // this process shares it nor a close of one lets it go.
  while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    Status refused = refusal(errno, descriptor, database);
    ::close(descriptor);
    return refused;
  }
  write_self(descriptor);
  return WriterLock(descriptor, path);
}

void WriterLock::tell_others(std::string_view text) {
  std::string whole = self();
  if (!text.empty()) whole += std::string(text) + "\n";
  // In place, and then cut: on a full disk, too, there is room for what was there before.
  if (pwrite(descriptor_, whole.data(), whole.size(), 0) < 0) return;
  static_cast<void>(!ftruncate(descriptor_, static_cast<off_t>(whole.size())));
}

std::string writer_of(const std::string& database) {
  const int descriptor = ::open(lock_path(database).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {};
  std::array<char, 1024> buffer;
  const ssize_t n = pread(descriptor, buffer.data(), buffer.size(), 0);
  ::close(descriptor);
  std::string text(buffer.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
  while (text.ends_with('\n')) text.pop_back();
  // One that was killed has left its name: if it ran here, it can be asked for.
  const std::string first = text.substr(0, text.find('\n'));
  const long pid = first.starts_with("pid ") ? std::strtol(first.c_str() + 4, nullptr, 10) : 0;
  const std::string mine = self();
  const bool here = mine.substr(std::min(mine.find(" on "), mine.size())) ==
                    first.substr(std::min(first.find(" on "), first.size())) + "\n";
  if (pid <= 0 || (here && ::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH)) return {};
  return text;
}

bool WriterLock::stands() const {
  struct stat held {};
  if (::fstat(descriptor_, &held) != 0) return false;
  return file_identity(path_) == FileIdentity{static_cast<std::uint64_t>(held.st_dev),
                                              static_cast<std::uint64_t>(held.st_ino)};
}

WriterLock::WriterLock(WriterLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

WriterLock& WriterLock::operator=(WriterLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

WriterLock::~WriterLock() {
  if (descriptor_ < 0) return;
  // Nobody is to be told of a holder that has gone. If it fails, the text is merely old.
  static_cast<void>(!ftruncate(descriptor_, 0));
  ::close(descriptor_);
}

}  // namespace pawl
