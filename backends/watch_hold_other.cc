#include "backends/watch_hold.h"

namespace pawl {

std::shared_ptr<void> hold_watch(const std::string&) { return nullptr; }

}  // namespace pawl
