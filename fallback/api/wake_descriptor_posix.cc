#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "core/status.h"
#include "fallback/bridge/convert.h"
#include "fallback/api/wake_descriptor.h"

namespace pawl::watch {

Error WakeDescriptor::open() {
  int ends[2];
  if (::pipe(ends) != 0)
    return to_public(Status::from_errno(errno, "make a pipe", {}));
  for (const int end : ends) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
  ends_[0] = ends[0];
  ends_[1] = ends[1];
  return {};
}

WakeDescriptor::~WakeDescriptor() {
  for (const int end : ends_)
    if (end >= 0) ::close(end);
}

void WakeDescriptor::raise() {
  if (raised_) return;
  const char byte = 1;
  // A signal may come first; a full pipe can't be, with one byte in it at most.
  while (::write(ends_[1], &byte, 1) < 0 && errno == EINTR) {
  }
  raised_ = true;
}

void WakeDescriptor::clear() {
  if (!raised_) return;
  char byte;
  while (::read(ends_[0], &byte, 1) < 0 && errno == EINTR) {
  }
  raised_ = false;
}

}  // namespace pawl::watch
