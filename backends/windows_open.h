// Opening by path or below an open directory on Windows: handles that close themselves, and errors as
// values of errno, since that is what the rest of pawl knows; 0 is success.
#pragma once

#include <windows.h>

#include <string>
#include <string_view>
#include <utility>

#include "core/stamp.h"

namespace pawl {

class OwnedHandle {
 public:
  OwnedHandle() = default;
  explicit OwnedHandle(HANDLE handle) : handle_(handle) {}
  OwnedHandle(OwnedHandle&& other) noexcept
      : handle_(std::exchange(other.handle_, INVALID_HANDLE_VALUE)) {}
  OwnedHandle& operator=(OwnedHandle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~OwnedHandle() {
    if (ok()) ::CloseHandle(handle_);
  }

  bool ok() const { return handle_ != INVALID_HANDLE_VALUE; }
  HANDLE get() const { return handle_; }
  HANDLE release() { return std::exchange(handle_, INVALID_HANDLE_VALUE); }

 private:
  HANDLE handle_ = INVALID_HANDLE_VALUE;
};

// What a Win32 error is in errno. Whoever has a file open in a way that allows no other is EBUSY, and
// passes.
int errno_of(DWORD error);
inline int last_errno() { return errno_of(::GetLastError()); }

// How something is opened. Always so that others may read, write, rename and delete it meanwhile.
enum class Want { kName, kEntries, kBytes };  // nothing but what it is; a directory's names; a file's content

// Opens `path`, however long. A link as the last component is opened itself, or followed: always where
// the path ends with "/.".
int open_path(std::string_view path, Want want, bool follow, OwnedHandle& opened);

// Opens `name`, one name or "" for the directory itself, in the open `directory`; a link is opened itself.
int open_in(HANDLE directory, std::string_view name, Want want, OwnedHandle& opened);

// What lies behind `handle`. A reparse point that stands for another name (a symbolic link, a junction, a
// volume mounted at a folder) is a symlink; one that only changes how content is kept (a file in the
// cloud, a deduplicated one) is what it looks like.
int stamp_of(HANDLE handle, Stamp& stamp);

// The name that the directory lists it under, which differs in case, or is the long one, where it was
// opened by another. Empty: not known.
std::string listed_name(HANDLE handle);

// Where the link behind `handle` leads: a path as pawl has it, absolute or (`relative`) from where the link
// is. ENOSYS: it is none that pawl can follow.
int read_link(HANDLE handle, std::string& target, bool& relative);

// Nanoseconds since 1970 for 100 ns since 1601.
constexpr std::int64_t unix_ns(std::int64_t file_time) {
  return (file_time - 116'444'736'000'000'000) * 100;
}

inline std::wstring as_wchars(std::u16string_view text) { return {text.begin(), text.end()}; }
inline std::u16string as_units(std::wstring_view text) { return {text.begin(), text.end()}; }

}  // namespace pawl
