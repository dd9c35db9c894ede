// A watch of a large directory that costs the next one nothing.
#pragma once

#include <memory>
#include <string>

namespace pawl {

// inotify_add_watch has the kernel visit all names of a directory that it has in memory, so that it
// notices what is done to them: 70 ms for a million. Unless somebody watches the directory so already.
// That somebody is this, for as long as what is returned lives; null if it can't be. On any thread; both
// the call and the end of what it returns may take that long.
std::shared_ptr<void> hold_watch(const std::string& path);

}  // namespace pawl
