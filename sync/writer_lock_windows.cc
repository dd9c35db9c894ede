#include <windows.h>

#include <fcntl.h>
#include <io.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "backends/fs_path.h"
#include "backends/windows_open.h"
#include "sync/database_files.h"
#include "sync/file_identity.h"
#include "sync/writer_lock.h"

namespace pawl {
namespace {

// A lock is binding here: nobody else may read what is locked. So it lies far beyond the text.
constexpr DWORD kLockedAt = 0x4000'0000;

std::string lock_path(const std::string& database) { return file_beside(database, ".lock"); }

HANDLE handle_of(int descriptor) { return reinterpret_cast<HANDLE>(::_get_osfhandle(descriptor)); }

OwnedHandle open_lock(const std::string& path, DWORD access, DWORD how) {
  return OwnedHandle(::CreateFileW(fs_path(path).c_str(), access,
                                   FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, how,
                                   FILE_ATTRIBUTE_NORMAL, nullptr));
}

std::string read_text(HANDLE file) {
  std::array<char, 1024> buffer;
  OVERLAPPED from_the_start{};
  DWORD size = 0;
  ::ReadFile(file, buffer.data(), static_cast<DWORD>(buffer.size()), &size, &from_the_start);
  return std::string(buffer.data(), size);
}

// "pid 4711 on builder"; what the holder wrote about itself.
std::string holder(HANDLE file) {
  const std::string text = read_text(file);
  const std::string first = text.substr(0, text.find('\n'));
  return first.empty() ? "another process" : first;
}

std::string self() {
  std::array<wchar_t, MAX_COMPUTERNAME_LENGTH + 1> host{};
  auto size = static_cast<DWORD>(host.size());
  std::string text = "pid " + std::to_string(::GetCurrentProcessId());
  if (::GetComputerNameW(host.data(), &size) && size > 0)
    text += " on " + path_text(std::wstring(host.data(), size));
  return text + "\n";
}

// The lock is what counts. If its label cannot be written (a full disk), others are told of
// "another process", and that is all.
void write_text(HANDLE file, std::string_view text) {
  OVERLAPPED from_the_start{};
  DWORD written = 0;
  if (!::WriteFile(file, text.data(), static_cast<DWORD>(text.size()), &written, &from_the_start)) return;
  FILE_END_OF_FILE_INFO end{};
  end.EndOfFile.QuadPart = static_cast<LONGLONG>(text.size());
  ::SetFileInformationByHandle(file, FileEndOfFileInfo, &end, sizeof end);
}

bool lives(DWORD pid) {
  const HANDLE process = ::OpenProcess(SYNCHRONIZE, FALSE, pid);
  if (process == nullptr) return ::GetLastError() == ERROR_ACCESS_DENIED;
  const bool running = ::WaitForSingleObject(process, 0) == WAIT_TIMEOUT;
  ::CloseHandle(process);
  return running;
}

}  // namespace

Result<WriterLock> WriterLock::acquire(const std::string& database) {
  const std::string path = lock_path(database);
  OwnedHandle file = open_lock(path, GENERIC_READ | GENERIC_WRITE, OPEN_ALWAYS);
  if (!file.ok()) return Status::from_errno(last_errno(), "lock", path);
  OVERLAPPED at{};
  at.OffsetHigh = kLockedAt;
  if (!::LockFileEx(file.get(), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)) {
    const DWORD error = ::GetLastError();
    if (error == ERROR_LOCK_VIOLATION || error == ERROR_IO_PENDING)
      return Status(Code::kBusy, "write to", database, holder(file.get()) + " is its writer");
    return Status::from_errno(errno_of(error), "lock", database);
  }
  write_text(file.get(), self());
  // From here on the descriptor owns the handle.
  const int descriptor =
      ::_open_osfhandle(reinterpret_cast<std::intptr_t>(file.get()), _O_RDWR | _O_BINARY | _O_NOINHERIT);
  if (descriptor < 0) return Status::from_errno(EMFILE, "lock", path);
  file.release();
  return WriterLock(descriptor, path);
}

void WriterLock::tell_others(std::string_view text) {
  std::string whole = self();
  if (!text.empty()) whole += std::string(text) + "\n";
  write_text(handle_of(descriptor_), whole);
}

std::string writer_of(const std::string& database) {
  const OwnedHandle file = open_lock(lock_path(database), GENERIC_READ, OPEN_EXISTING);
  if (!file.ok()) return {};
  std::string text = read_text(file.get());
  while (text.ends_with('\n')) text.pop_back();
  // One that was killed has left its name: if it ran here, it can be asked for.
  const std::string first = text.substr(0, text.find('\n'));
  const unsigned long pid = first.starts_with("pid ") ? std::strtoul(first.c_str() + 4, nullptr, 10) : 0;
  const std::string mine = self();
  const bool here = mine.substr(std::min(mine.find(" on "), mine.size())) ==
                    first.substr(std::min(first.find(" on "), first.size())) + "\n";
  if (pid == 0 || (here && !lives(pid))) return {};
  return text;
}

bool WriterLock::stands() const {
  Stamp held;
  if (stamp_of(handle_of(descriptor_), held) != 0) return false;
  return file_identity(path_) == FileIdentity{held.device, held.inode};
}

WriterLock::WriterLock(WriterLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

WriterLock& WriterLock::operator=(WriterLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

WriterLock::~WriterLock() {
  if (descriptor_ < 0) return;
  // Nobody is to be told of a holder that has gone. If it fails, the text is merely old.
  write_text(handle_of(descriptor_), {});
  ::_close(descriptor_);
}

}  // namespace pawl
