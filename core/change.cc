#include "core/change.h"

namespace pawl {

std::string_view kind_name(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kCreated: return "created";
    case ChangeKind::kModified: return "modified";
    case ChangeKind::kAttributes: return "attributes";
    case ChangeKind::kRemoved: return "removed";
  }
  return "modified";
}

std::string_view via_name(Via via) {
  switch (via) {
    case Via::kNative: return "native";
    case Via::kPoll: return "poll";
    case Via::kScan: return "scan";
  }
  return "scan";
}

}  // namespace pawl
