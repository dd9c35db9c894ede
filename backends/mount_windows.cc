#include "backends/mount_windows.h"

#include "backends/mount.h"
#include "backends/wide_path.h"
#include "backends/windows_open.h"

namespace pawl {

Result<Mount> mount_of(HANDLE handle, const std::string& path) {
  wchar_t name[MAX_PATH + 1] = {};
  if (!::GetVolumeInformationByHandleW(handle, nullptr, 0, nullptr, nullptr, nullptr, name, MAX_PATH + 1))
    return Status::from_errno(last_errno(), "find the file system of", path);
  // Only what comes over a network has a protocol to tell of.
  FILE_REMOTE_PROTOCOL_INFO protocol{};
  const bool remote =
      ::GetFileInformationByHandleEx(handle, FileRemoteProtocolInfo, &protocol, sizeof protocol) != 0;
  return classify_volume(from_wide(as_units(name)), remote);
}

}  // namespace pawl
