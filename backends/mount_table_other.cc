// Where there is no table of mounts that could be waited for: macOS, the BSDs, Windows.
#include "backends/mount_table.h"

namespace pawl {

std::vector<MountPoint> MountTable::read() {
  return {};
}

void MountTable::watch(uv_loop_t*) {}

}  // namespace pawl
