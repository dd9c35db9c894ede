#include "core/notice.h"

namespace pawl {

std::string_view rescan_reason_name(RescanReason reason) {
  switch (reason) {
    case RescanReason::kOverflow: return "overflow";
    case RescanReason::kRequested: return "requested";
    case RescanReason::kRootBack: return "root-back";
    case RescanReason::kMountBack: return "mount-back";
  }
  return "requested";
}

}  // namespace pawl
