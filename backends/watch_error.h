#pragma once

#include "core/status.h"

namespace pawl {

// What an error of uv_fs_event_start means for who wants to watch.
Code watch_error(int uv_error);
// The same in errno, which libuv's numbers are but for the sign, save on Windows.
int watch_errno(int uv_error);

}  // namespace pawl
