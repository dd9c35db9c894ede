// Opening what lies below a root, and nothing else, however names and links change meanwhile.
#pragma once

#include <string>
#include <string_view>

#include "backends/windows_open.h"

namespace pawl {

struct Beneath {
  HANDLE root = INVALID_HANDLE_VALUE;  // an open directory, borrowed
  std::string_view root_path;          // its absolute path: an absolute link may lead below it
  bool follow_symlinks = false;
};

// Opens `relative` below the root. 0, or errno:
// EXDEV: it leads outside the root. ELOOP: a link, and none is followed; or links without end.
int open_beneath(const Beneath& where, const std::string& relative, Want want, OwnedHandle& opened);

}  // namespace pawl
