#include "core/status.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace pawl {

Status Status::from_errno(int os_error, std::string operation, std::string path) {
  Code code = Code::kIo;
  switch (os_error) {
    case ENOENT: code = Code::kNotFound; break;
    case ENOTDIR: code = Code::kNotDirectory; break;
    case EACCES:
    case EPERM: code = Code::kPermission; break;
    case EMFILE:
    case ENFILE: code = Code::kInstanceLimit; break;
    case ENOMEM: code = Code::kNoMemory; break;
    case ENOSPC: code = Code::kFull; break;
    case ENOSYS:
    case EOPNOTSUPP: code = Code::kUnsupported; break;
    case EBUSY: code = Code::kBusy; break;
    default: break;
  }
  return Status(code, std::move(operation), std::move(path), {}, os_error);
}

std::string Status::message() const {
  if (ok()) return "ok";
  std::string text = operation_.empty() ? std::string(code_name(code_)) : "cannot " + operation_;
  if (!path_.empty()) text += " " + path_;
  if (!detail_.empty()) text += ": " + detail_;
  if (os_error_ != 0) text += ": " + std::generic_category().message(os_error_);
  return text;
}

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kOk: return "ok";
    case Code::kNotFound: return "not found";
    case Code::kNotDirectory: return "not a directory";
    case Code::kPermission: return "permission denied";
    case Code::kWatchLimit: return "watch limit reached";
    case Code::kInstanceLimit: return "instance limit reached";
    case Code::kNoMemory: return "out of memory";
    case Code::kUnsupported: return "unsupported";
    case Code::kTooLarge: return "too large";
    case Code::kInvalid: return "invalid";
    case Code::kUsage: return "usage error";
    case Code::kBusy: return "busy";
    case Code::kFull: return "disk full";
    case Code::kCorrupt: return "corrupt";
    case Code::kForeign: return "foreign";
    case Code::kEscapes: return "leads outside its root";
    case Code::kIo: return "input/output error";
  }
  return "unknown";
}

}  // namespace pawl
