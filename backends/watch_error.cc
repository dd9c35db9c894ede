#include "backends/watch_error.h"

#include <uv.h>

#include <cerrno>

namespace pawl {

// On Linux those of inotify_add_watch(2) and inotify_init1(2).
Code watch_error(int uv_error) {
  switch (uv_error) {
    case UV_ENOENT: return Code::kNotFound;
    case UV_ENOTDIR: return Code::kNotDirectory;
    case UV_ENOSPC: return Code::kWatchLimit;
    case UV_EMFILE:
    case UV_ENFILE: return Code::kInstanceLimit;
    case UV_ENOMEM: return Code::kNoMemory;
    case UV_EACCES:
    case UV_EPERM: return Code::kPermission;
    default: return Code::kUnsupported;
  }
}

int watch_errno(int uv_error) {
  switch (uv_error) {
    case UV_ENOENT: return ENOENT;
    case UV_ENOTDIR: return ENOTDIR;
    case UV_EMFILE: return EMFILE;
    case UV_ENOMEM: return ENOMEM;
    case UV_EACCES: return EACCES;
    case UV_EPERM: return EPERM;
    case UV_EBUSY: return EBUSY;
    case UV_ENOSYS:
    case UV_ENOTSUP: return ENOSYS;
    default: return uv_error < -4000 ? EIO : -uv_error;
  }
}

}  // namespace pawl
