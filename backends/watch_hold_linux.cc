#include <sys/inotify.h>

#include "backends/posix_open.h"
#include "backends/watch_hold.h"

namespace pawl {

std::shared_ptr<void> hold_watch(const std::string& path) {
  auto held = std::make_shared<Descriptor>(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  // A change of a child's attributes: what the kernel must visit the names for. Nobody reads of it.
  if (held->get() < 0 || ::inotify_add_watch(held->get(), path.c_str(), IN_ATTRIB) < 0)
    return nullptr;
  return held;
}

}  // namespace pawl
