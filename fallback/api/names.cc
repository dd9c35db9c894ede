#include <pawl/watcher.h>

#include "core/change.h"
#include "core/coverage.h"
#include "core/notice.h"
#include "core/stamp.h"

namespace pawl::watch {

std::string_view name_of(ChangeKind kind) { return kind_name(static_cast<pawl::ChangeKind>(kind)); }
std::string_view name_of(FileType type) { return type_name(static_cast<pawl::FileType>(type)); }
std::string_view name_of(Via via) { return via_name(static_cast<pawl::Via>(via)); }
std::string_view name_of(Mode mode) { return mode_name(static_cast<pawl::Mode>(mode)); }
std::string_view name_of(Reason reason) { return reason_name(static_cast<pawl::Reason>(reason)); }
std::string_view name_of(RescanReason reason) {
  return rescan_reason_name(static_cast<pawl::RescanReason>(reason));
}
std::string_view remedy_for(Reason reason) { return reason_remedy(static_cast<pawl::Reason>(reason)); }

}  // namespace pawl::watch
