#include "backends/fs_path.h"
#include "backends/windows_open.h"
#include "sync/file_identity.h"

namespace pawl {

FileIdentity file_identity(const std::string& path) {
  OwnedHandle opened;
  Stamp stamp;
  if (open_path(absolute_path(path), Want::kName, true, opened) != 0 || stamp_of(opened.get(), stamp) != 0)
    return {};
  return {stamp.device, stamp.inode};
}

}  // namespace pawl
