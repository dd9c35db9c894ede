// One writer per database. Whoever writes holds a lock on a file beside it, "<database>.lock",
// that says who it is; readers need no lock.
//
// The system lets go of the lock when the process ends, however it ends. The file stays: removing
// it could take it from under someone who has just opened it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

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

  // The file is still where others look for it. If not, another process may be the writer as well.
  bool stands() const;

  // What others are told of the holder, one line after who it is; empty: nothing.
  void tell_others(std::string_view text);

 private:
  WriterLock(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_ = -1;
  std::string path_;  // of the lock's file
};

// "pid 4711 on builder", and below it what it told of itself, while the holder lives; else empty.
// Takes no lock.
std::string writer_of(const std::string& database);

}  // namespace pawl
