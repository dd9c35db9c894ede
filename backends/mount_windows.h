// The volume that something open is on.
#pragma once

#include <windows.h>

#include <string>

#include "core/file_system.h"

namespace pawl {

// `path` is for messages. Another machine may have to answer.
Result<Mount> mount_of(HANDLE handle, const std::string& path);

}  // namespace pawl
