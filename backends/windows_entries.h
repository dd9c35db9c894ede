// Reading the names in an open directory, as Windows gives them.
#pragma once

#include <windows.h>

#include <cstddef>
#include <cstring>

#include "backends/windows_open.h"

namespace pawl {

// Calls `visit(const FILE_ID_BOTH_DIR_INFO&, std::wstring_view name)`, which returns 0 to go on, for each
// entry but "." and "..". Returns 0, or errno of the directory, or what `visit` returned.
template <class Visit>
int for_each_entry(HANDLE directory, Visit visit) {
  alignas(FILE_ID_BOTH_DIR_INFO) std::byte buffer[32 << 10];
  FILE_INFO_BY_HANDLE_CLASS how = FileIdBothDirectoryRestartInfo;
  while (::GetFileInformationByHandleEx(directory, how, buffer, sizeof buffer)) {
    how = FileIdBothDirectoryInfo;
    for (const std::byte* at = buffer;;) {
      const auto& entry = *reinterpret_cast<const FILE_ID_BOTH_DIR_INFO*>(at);
      const std::wstring_view name(entry.FileName, entry.FileNameLength / sizeof(wchar_t));
      if (name != L"." && name != L"..")
        if (const int stop = visit(entry, name)) return stop;
      if (entry.NextEntryOffset == 0) break;
      at += entry.NextEntryOffset;
    }
  }
  const DWORD error = ::GetLastError();
  // The root of an empty drive has not even "." and "..".
  return error == ERROR_NO_MORE_FILES || error == ERROR_FILE_NOT_FOUND ? 0 : errno_of(error);
}

}  // namespace pawl
