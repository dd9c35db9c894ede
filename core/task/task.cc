#include "core/task/task.h"

namespace pawl {

std::string_view task_event_name(TaskEventKind kind) {
  switch (kind) {
    case TaskEventKind::kAdded:
      return "added";
    case TaskEventKind::kUpdated:
      return "updated";
    case TaskEventKind::kRemoved:
      return "removed";
    case TaskEventKind::kInvalid:
      return "invalid";
    case TaskEventKind::kRecovered:
      return "recovered";
    case TaskEventKind::kDuplicate:
      return "duplicate";
  }
  return "unknown";
}

}  // namespace pawl
