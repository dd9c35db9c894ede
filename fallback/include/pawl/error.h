/// @file
/// Errors of pawl: values that say what failed, on what, and why.
#pragma once

#include <pawl/export.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace pawl {

/// What a program may act on. Each says which errors of the system it stands for.
enum class ErrorCode : std::uint8_t {
  kOk,
  kNotFound,       ///< the path does not exist (ENOENT)
  kNotDirectory,   ///< a directory was wanted and something else is there (ENOTDIR)
  kPermission,     ///< EACCES, EPERM
  kWatchLimit,     ///< the user's inotify watches are used up
  kInstanceLimit,  ///< no more inotify instances or descriptors (EMFILE, ENFILE)
  kNoMemory,       ///< ENOMEM
  kUnsupported,    ///< the platform or the file system cannot do it
  kTooLarge,       ///< a limit of pawl's own was exceeded
  kInvalid,        ///< malformed input
  kUsage,          ///< the caller's options or arguments are wrong
  kBusy,           ///< held by someone else, or not ready; trying again may succeed
  kFull,           ///< the disk is full
  kCorrupt,        ///< a file of pawl's own that is damaged or cut short
  kForeign,        ///< a file that is not pawl's, or of another version of pawl
  kEscapes,        ///< a path leads outside its root
  kIo,             ///< any other error of the system
};

/// The code in words, as "not found". Any thread; valid for ever.
PAWL_EXPORT std::string_view error_code_name(ErrorCode code);

/// An error, or its absence. A plain value: copy it, keep it, hand it to another thread.
class [[nodiscard]] PAWL_EXPORT Error {
 public:
  /// No error.
  Error() = default;
  /// What failed, on what, and why. `os_error`: errno.
  Error(ErrorCode code, std::string operation, std::string path, std::string detail = {},
        int os_error = 0)
      : code_(code),
        os_error_(os_error),
        operation_(std::move(operation)),
        path_(std::move(path)),
        detail_(std::move(detail)) {}

  /// There is no error.
  bool ok() const { return code_ == ErrorCode::kOk; }
  /// What a program decides by; kOk where there is no error.
  ErrorCode code() const { return code_; }
  /// errno, or 0 where the system has said nothing.
  int os_error() const { return os_error_; }
  /// What was to be done, as "watch". Like path() and detail() it lives as long as this.
  const std::string& operation() const { return operation_; }
  /// As bytes: a name need not be UTF-8.
  const std::string& path() const { return path_; }
  /// In words, what the code does not say.
  const std::string& detail() const { return detail_; }

  /// One line for a person: "cannot OPERATION PATH: WHY"; "ok" where there is no error.
  std::string message() const;

 private:
  ErrorCode code_ = ErrorCode::kOk;
  int os_error_ = 0;
  std::string operation_;
  std::string path_;
  std::string detail_;
};

/// A value, or the Error that says why there is none. It owns what it has. Threading: as a T.
template <class T>
class [[nodiscard]] Expected {
 public:
  /// The value.
  Expected(T value) : state_(std::move(value)) {}  // NOLINT: implicit on purpose
  /// No value. REQUIRES: it is an error.
  Expected(Error error) : state_(std::move(error)) {}  // NOLINT: implicit on purpose

  /// There is a value.
  bool ok() const { return state_.index() == 0; }
  /// As ok().
  explicit operator bool() const { return ok(); }

  /// The value, which lives as long as this.
  /// REQUIRES: ok(); else std::bad_variant_access is thrown.
  ///@{
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  ///@}

  /// No error if ok().
  Error error() const { return ok() ? Error() : std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace pawl
