// One writer per database. Whoever writes holds a lock on a file beside it, "<database>.lock",
// that says who it is; readers need no lock.
//
// The system lets go of the lock when the process ends, however it ends. The file stays: removing
// it could take it from under someone who has just opened it.
#pragma once

#include <string>
#include <string_view>

#include "core/status.h"

namespace pawl {

class WriterLock {
 public:
  // kBusy: someone holds it; the detail names the process and its machine.
  // kUnsupported: the file system has no locks. kNotFound, kPermission, kIo, …: no lock file.
  static Result<WriterLock> acquire(const std::string& database);

  WriterLock(WriterLock&& other) noexcept;
  WriterLock& operator=(WriterLock&& other) noexcept;
  ~WriterLock();

  // What others are told of the holder, one line after who it is; empty: nothing.
  void tell_others(std::string_view text);

 private:
  explicit WriterLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = -1;
};

// "pid 4711 on builder", and below it what it told of itself, while the holder lives; else empty.
// Takes no lock.
std::string writer_of(const std::string& database);

}  // namespace pawl
