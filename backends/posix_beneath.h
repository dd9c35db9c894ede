// Opening what lies below a root, and nothing else, however names and links change meanwhile.
#pragma once

#include <string>
#include <string_view>

#include "backends/posix_open.h"

namespace pawl {

struct Beneath {
  int root = -1;               // an open directory, borrowed
  std::string_view root_path;  // its absolute path: an absolute link may lead below it
  bool follow_symlinks = false;
  // Let the kernel keep watch (openat2, Linux 5.6). Where it can't, or false: name by name.
  bool by_kernel = true;
};

// Opens `relative` below the root with `flags`. 0, or errno:
// EXDEV: it leads outside the root. ELOOP: a link, and none is followed; or links without end.
int open_beneath(const Beneath& where, const std::string& relative, int flags, Descriptor& opened);

}  // namespace pawl
