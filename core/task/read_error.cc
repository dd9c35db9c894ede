#include "core/task/read_error.h"

#include "core/task/task_files.h"

namespace pawl {

ReadError read_error_of(Code code) {
  switch (code) {
    case Code::kNotFound:
    case Code::kNotDirectory:
    case Code::kInvalid:
      return ReadError::kVanished;
    case Code::kPermission:
    case Code::kTooLarge:
    case Code::kEscapes:
      return ReadError::kRefused;
    // kIo, kBusy, kInstanceLimit, kNoMemory; and of what is not expected here, the same.
    default:
      return ReadError::kPassing;
  }
}

std::string refusal_text(const Status& status, const TaskLimits& limits) {
  switch (status.code()) {
    case Code::kPermission:
      return "may not be read: permission denied; let the user that pawl runs as read it";
    case Code::kTooLarge:
      return "is larger than " + size_text(limits.file_size_max) + " (file_size_max)";
    case Code::kEscapes:
      return "leads outside the source's root, where nothing is read";
    default:
      return status.message();
  }
}

}  // namespace pawl
