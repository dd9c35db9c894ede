// Errors are values. A Status says what failed (`operation`), on what (`path`), why (`os_error`,
// `detail`), and a Code that the program acts on. A Code exists only where some caller does
// something different for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace pawl {

enum class Code : std::uint8_t {
  kOk,
  kNotFound,       // the path does not exist (ENOENT)
  kNotDirectory,   // a directory was wanted and something else is there (ENOTDIR)
  kPermission,     // EACCES, EPERM
  kWatchLimit,     // the user's inotify watches are used up (ENOSPC from inotify_add_watch)
  kInstanceLimit,  // no more inotify instances or descriptors (EMFILE, ENFILE)
  kNoMemory,       // ENOMEM
  kUnsupported,    // the platform or the file system cannot do it
  kTooLarge,       // a limit of pawl's own was exceeded
  kInvalid,        // malformed input
  kUsage,          // the caller's configuration or arguments are wrong
  kBusy,           // held by someone else; trying again may succeed
  kFull,           // the disk is full
  kCorrupt,        // a database that is damaged
  kForeign,        // a database that is not pawl's, or newer than this pawl
  kEscapes,        // a path leads outside its root
  kIo,             // any other error of the system
};
inline constexpr std::size_t kCodes = static_cast<std::size_t>(Code::kIo) + 1;

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string operation, std::string path, std::string detail = {},
         int os_error = 0)
      : code_(code),
        os_error_(os_error),
        operation_(std::move(operation)),
        path_(std::move(path)),
        detail_(std::move(detail)) {}

  // The Code for a value of errno, as a file system call reports it. The caller that knows better
  // (ENOSPC is the watch limit from inotify_add_watch and a full disk from write) says so itself.
  static Status from_errno(int os_error, std::string operation, std::string path);

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  int os_error() const { return os_error_; }
  const std::string& operation() const { return operation_; }
  const std::string& path() const { return path_; }
  const std::string& detail() const { return detail_; }

  // One line for a person: "cannot OPERATION PATH: WHY".
  std::string message() const;

 private:
  Code code_ = Code::kOk;
  int os_error_ = 0;
  std::string operation_;
  std::string path_;
  std::string detail_;
};

// A value, or the Status that says why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}  // NOLINT: implicit on purpose
  Result(Status status) : state_(std::move(status)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() { return std::get<0>(state_); }
  const T& value() const { return std::get<0>(state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  // REQUIRES: !ok().
  const Status& status() const { return std::get<1>(state_); }

 private:
  std::variant<T, Status> state_;
};

std::string_view code_name(Code code);

}  // namespace pawl
