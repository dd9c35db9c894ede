#include "backends/windows_open.h"

#include <windows.h>
#include <winioctl.h>
#include <winternl.h>

#include <cerrno>
#include <cstddef>
#include <span>

#include "backends/reparse_point.h"
#include "backends/wide_path.h"

namespace pawl {
namespace {

constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
// Removed, and another program still has it open: no name to anyone else.
constexpr NTSTATUS kDeletePending = static_cast<NTSTATUS>(0xc0000056);

ACCESS_MASK access_of(Want want) {
  switch (want) {
    case Want::kName: return FILE_READ_ATTRIBUTES | SYNCHRONIZE;
    case Want::kEntries: return FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES | SYNCHRONIZE;
    case Want::kBytes: return FILE_READ_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE;
  }
  return 0;
}

// "No such path" says Windows of a missing folder on the way and of a file there alike.
int missing_or_file(std::string_view path) {
  std::string above(path);
  while (!is_drive_root(above)) {
    const std::size_t slash = above.find_last_of('/');
    if (slash == std::string::npos || slash == 0) break;
    above.resize(slash);
    if (above.size() == 2) above += '/';
    std::u16string verbatim;
    if (!to_verbatim(above, verbatim)) break;
    const DWORD attributes = ::GetFileAttributesW(as_wchars(verbatim).c_str());
    if (attributes != INVALID_FILE_ATTRIBUTES)
      return (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0 ? ENOTDIR : ENOENT;
  }
  return ENOENT;
}

// As a POSIX layer would show it: nobody may write what is read-only.
std::uint16_t mode_of(DWORD attributes, FileType type) {
  if (type == FileType::kDirectory) return 0755;
  return (attributes & FILE_ATTRIBUTE_READONLY) != 0 ? 0444 : 0644;
}

}  // namespace

int errno_of(DWORD error) {
  switch (error) {
    case ERROR_SUCCESS: return 0;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
    case ERROR_INVALID_DRIVE:
    case ERROR_DELETE_PENDING: return ENOENT;
    case ERROR_DIRECTORY: return ENOTDIR;
    case ERROR_ACCESS_DENIED:
    case ERROR_PRIVILEGE_NOT_HELD:
    case ERROR_WRITE_PROTECT: return EACCES;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_BUSY: return EBUSY;
    case ERROR_FILENAME_EXCED_RANGE: return ENAMETOOLONG;
    case ERROR_TOO_MANY_OPEN_FILES: return EMFILE;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_NO_SYSTEM_RESOURCES: return ENOMEM;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL: return ENOSPC;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS: return EEXIST;
    case ERROR_CANT_RESOLVE_FILENAME: return ELOOP;
    case ERROR_NOT_SUPPORTED:
    case ERROR_INVALID_FUNCTION:
    case ERROR_CALL_NOT_IMPLEMENTED: return ENOSYS;
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA: return EPIPE;
    // The server, or the drive, does not answer; it may again.
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME:
    case ERROR_NETNAME_DELETED:
    case ERROR_NETWORK_UNREACHABLE:
    case ERROR_SEM_TIMEOUT: return ETIMEDOUT;
    default: return EIO;
  }
}

int open_path(std::string_view path, Want want, bool follow, OwnedHandle& opened) {
  while (path.ends_with("/.")) {
    path.remove_suffix(2);
    follow = true;
  }
  std::u16string verbatim;
  if (!to_verbatim(path, verbatim)) return ENOENT;
  if (is_drive_root(path) && !verbatim.ends_with(u'\\')) verbatim += u'\\';
  // Backup semantics: without them no directory can be opened.
  const DWORD flags = FILE_FLAG_BACKUP_SEMANTICS | (follow ? 0u : FILE_FLAG_OPEN_REPARSE_POINT);
  OwnedHandle handle(::CreateFileW(as_wchars(verbatim).c_str(), access_of(want), kShareAll, nullptr,
                                   OPEN_EXISTING, flags, nullptr));
  if (!handle.ok()) {
    const DWORD error = ::GetLastError();
    return error == ERROR_PATH_NOT_FOUND || error == ERROR_FILE_NOT_FOUND ? missing_or_file(path)
                                                                          : errno_of(error);
  }
  opened = std::move(handle);
  return 0;
}

int open_in(HANDLE directory, std::string_view name, Want want, OwnedHandle& opened) {
  std::u16string wide;
  // What no name holds must not be taken for a path or a stream of a file.
  if (name.find_first_of("/\\:") != name.npos || !to_wide(name, wide)) return ENOENT;
  if (wide.size() > 255) return ENAMETOOLONG;
  std::wstring text = as_wchars(wide);
  UNICODE_STRING unicode;
  unicode.Length = static_cast<USHORT>(text.size() * sizeof(wchar_t));
  unicode.MaximumLength = unicode.Length;
  unicode.Buffer = text.data();
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, &unicode, OBJ_CASE_INSENSITIVE, directory, nullptr);
  IO_STATUS_BLOCK io;
  HANDLE handle = nullptr;
  const NTSTATUS status = ::NtCreateFile(
      &handle, access_of(want), &attributes, &io, nullptr, 0, kShareAll, FILE_OPEN,
      FILE_OPEN_REPARSE_POINT | FILE_OPEN_FOR_BACKUP_INTENT | FILE_SYNCHRONOUS_IO_NONALERT, nullptr, 0);
  if (status == kDeletePending) return ENOENT;
  if (status < 0) return errno_of(::RtlNtStatusToDosError(status));
  opened = OwnedHandle(handle);
  return 0;
}

int stamp_of(HANDLE handle, Stamp& stamp) {
  BY_HANDLE_FILE_INFORMATION info;
  FILE_BASIC_INFO times;
  if (!::GetFileInformationByHandle(handle, &info) ||
      !::GetFileInformationByHandleEx(handle, FileBasicInfo, &times, sizeof times))
    return last_errno();
  FILE_ATTRIBUTE_TAG_INFO tag{};
  if ((info.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
      !::GetFileInformationByHandleEx(handle, FileAttributeTagInfo, &tag, sizeof tag))
    return last_errno();
  const FileType type = type_of(info.dwFileAttributes, tag.ReparseTag);
  stamp = Stamp{
      .inode = std::uint64_t{info.nFileIndexHigh} << 32 | info.nFileIndexLow,
      .device = info.dwVolumeSerialNumber,
      .size = type == FileType::kDirectory
                  ? 0
                  : static_cast<std::int64_t>(std::uint64_t{info.nFileSizeHigh} << 32 | info.nFileSizeLow),
      .mtime_ns = unix_ns(times.LastWriteTime.QuadPart),
      .ctime_ns = unix_ns(times.ChangeTime.QuadPart),
      .owner = 0,
      .mode = mode_of(info.dwFileAttributes, type),
      .type = type,
      .shared = type == FileType::kFile && info.nNumberOfLinks > 1};
  return 0;
}

std::string listed_name(HANDLE handle) {
  std::wstring path(512, L'\0');
  for (;;) {
    const DWORD size = ::GetFinalPathNameByHandleW(handle, path.data(), static_cast<DWORD>(path.size()),
                                                   FILE_NAME_NORMALIZED | VOLUME_NAME_NONE);
    if (size == 0) return {};
    const bool fits = size < path.size();
    path.resize(size);
    if (fits) break;
  }
  return from_wide(as_units(path.substr(path.rfind(L'\\') + 1)));
}

int read_link(HANDLE handle, std::string& target, bool& relative) {
  alignas(DWORD) std::byte data[MAXIMUM_REPARSE_DATA_BUFFER_SIZE];
  DWORD size = 0;
  if (!::DeviceIoControl(handle, FSCTL_GET_REPARSE_POINT, nullptr, 0, data, sizeof data, &size, nullptr))
    return last_errno();
  return parse_link(std::span(data, size), target, relative);
}

}  // namespace pawl
