#include "benchmarks/bare/lines.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "benchmarks/bare/measure.h"

namespace bare {
namespace {

constexpr int kDeadlineMs = 60'000;

}  // namespace

Lines::~Lines() {
  ::close(fd_);
}

void Lines::wait_for(const std::vector<std::string>& words) {
  for (;;) {
    for (std::size_t end; (end = text_.find('\n')) != std::string::npos;) {
      const std::string line = text_.substr(0, end);
      text_.erase(0, end + 1);
      if (std::all_of(words.begin(), words.end(), [&](const std::string& word) {
            return line.find(word) != std::string::npos;
          }))
        return;
    }
    pollfd wanted{fd_, POLLIN, 0};
    if (::poll(&wanted, 1, kDeadlineMs) != 1) fail("no line with " + words.back());
    char buffer[1 << 16];
    const ssize_t size = ::read(fd_, buffer, sizeof buffer);
    must(size > 0, "read pawl's lines");
    text_.append(buffer, static_cast<std::size_t>(size));
  }
}

void append(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  must(fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
       "append to " + path);
  ::close(fd);
}

}  // namespace bare
