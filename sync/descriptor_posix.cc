#include <fcntl.h>
#include <limits.h>  // NOLINT(modernize-deprecated-headers): POSIX's, with PIPE_BUF
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX's, with sigset_t
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "sync/descriptor.h"

namespace pawl {
namespace {

// POSIX's least PIPE_BUF is 512 and Linux's is 4096: a pipe that polls as writable takes that much
// without blocking, and whole.
#ifdef PIPE_BUF
constexpr std::size_t kPipeMax = PIPE_BUF;
#else
constexpr std::size_t kPipeMax = 512;
#endif
constexpr std::size_t kFileMax = std::size_t{64} << 10;

// The longest part of `bytes` within `max` that ends with a line, so that lines of several writers
// to one pipe are not mixed; a longer line is cut.
std::size_t whole_lines(std::string_view bytes, std::size_t max) {
  if (bytes.size() <= max) return bytes.size();
  const std::size_t end = bytes.rfind('\n', max - 1);
  return end == std::string_view::npos ? max : end + 1;
}

#ifdef RWF_NOWAIT
// While it lives a broken pipe raises no signal in this thread.
class SigPipeHeld {
 public:
  SigPipeHeld() {
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    ::sigpending(&pending);
    was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~SigPipeHeld() {
    const int error = errno;
    const timespec now{};
    if (error == EPIPE && !was_pending_) ::sigtimedwait(&pipe_, nullptr, &now);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = error;
  }
  SigPipeHeld(const SigPipeHeld&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};
#endif

void make_private(int fd) {
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace

OutputDescriptor::OutputDescriptor(int fd) : fd_(fd), write_max_(kPipeMax) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    error_ = -errno;
  } else if (S_ISREG(status.st_mode)) {
    write_max_ = kFileMax;
  }
  std::array<int, 2> ends{};
  // Without the pipe (no descriptors left) wait looks up every now and then instead.
  if (::pipe(ends.data()) != 0) return;
  wake_read_ = ends[0];
  wake_write_ = ends[1];
  make_private(wake_read_);
  make_private(wake_write_);
}

OutputDescriptor::~OutputDescriptor() {
  if (wake_read_ < 0) return;
  ::close(wake_read_);
  ::close(wake_write_);
}

OutputDescriptor::Ready OutputDescriptor::wait(bool wants_write,
                                               std::optional<std::chrono::milliseconds> timeout) {
  if (wants_write && error_ != 0) return Ready::kWritable;  // and write says what is wrong
  constexpr int kWithoutPipe = 20;                          // ms
  std::array<pollfd, 2> polled{};
  polled[0] = {error_ != 0 ? -1 : fd_, static_cast<short>(wants_write ? POLLOUT : 0), 0};
  polled[1] = {wake_read_, POLLIN, 0};  // poll skips a negative descriptor
  int limit = timeout ? static_cast<int>(std::min<std::int64_t>(timeout->count(), 1 << 30)) : -1;
  if (wake_read_ < 0 && (limit < 0 || limit > kWithoutPipe)) limit = kWithoutPipe;
  if (::poll(polled.data(), polled.size(), limit) <= 0) {
    return wake_read_ < 0 ? Ready::kWoken : Ready::kTimeout;
  }
  if ((polled[1].revents & POLLIN) != 0) {
    std::array<char, 64> drained{};
    while (::read(wake_read_, drained.data(), drained.size()) > 0) {
    }
    // A reader that is gone stays gone, and the next wait tells.
    return Ready::kWoken;
  }
  if ((polled[0].revents & (POLLERR | POLLHUP)) != 0) return Ready::kClosed;
  return (polled[0].revents & POLLOUT) != 0 ? Ready::kWritable : Ready::kTimeout;
}

long OutputDescriptor::write(std::string_view bytes) {
  if (error_ != 0) return error_;
  const ssize_t written = ::write(fd_, bytes.data(), whole_lines(bytes, write_max_));
  if (written >= 0) return written;
  return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -errno;
}

#ifdef RWF_NOWAIT
// pwritev2(2): of pipes since Linux 6.5. The position is that of the descriptor.
std::size_t OutputDescriptor::write_at_once(std::string_view bytes) {
  if (never_at_once_ || error_ != 0) return 0;
  const SigPipeHeld held;
  iovec part{const_cast<char*>(bytes.data()), whole_lines(bytes, write_max_)};
  const ssize_t written = ::pwritev2(fd_, &part, 1, -1, RWF_NOWAIT);
  if (written >= 0) return static_cast<std::size_t>(written);
  never_at_once_ = errno != EAGAIN && errno != EINTR;
  return 0;
}
#else
std::size_t OutputDescriptor::write_at_once(std::string_view) { return 0; }
#endif

void OutputDescriptor::wake() {
  if (wake_write_ < 0) return;
  const char byte = 0;
  // A full pipe wakes just as well.
  [[maybe_unused]] const ssize_t written = ::write(wake_write_, &byte, 1);
}

void OutputDescriptor::block_signals() {
  sigset_t all;
  ::sigfillset(&all);
  // Those that a fault of this thread's own raises must still end the process.
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::sigdelset(&all, signal);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace pawl
