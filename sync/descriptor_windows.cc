#include <windows.h>
#include <winternl.h>

#include <io.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "backends/windows_open.h"
#include "sync/descriptor.h"

// Windows does not tell when a pipe takes more: what it says of the room in one (WriteQuotaAvailable) is
// less by what its reader is waiting for, and none at all for a reader that asks for much. So a write
// may block. That holds up nobody but this thread, and close() leaves one that hangs behind.
namespace pawl {
namespace {

constexpr std::size_t kPieceMax = std::size_t{64} << 10;
// How often a pipe is asked whether its reader is gone, while there is nothing to write.
constexpr DWORD kLookMs = 200;

HANDLE handle_of(int fd) { return reinterpret_cast<HANDLE>(::_get_osfhandle(fd)); }

// FILE_PIPE_LOCAL_INFORMATION, which only the driver kit's headers have.
struct PipeState {
  ULONG type, configuration, instances_max, instances, in_quota, readable, out_quota, writable, state, end;
};
constexpr auto kPipeLocalInformation = static_cast<FILE_INFORMATION_CLASS>(24);
constexpr ULONG kConnected = 3;

bool reader_gone(HANDLE pipe) {
  IO_STATUS_BLOCK io;
  PipeState state{};
  return ::NtQueryInformationFile(pipe, &io, &state, sizeof state, kPipeLocalInformation) >= 0 &&
         state.state != kConnected;
}

}  // namespace

OutputDescriptor::OutputDescriptor(int fd) : fd_(fd), write_max_(kPieceMax) {
  if (handle_of(fd) == INVALID_HANDLE_VALUE) error_ = -EBADF;
  const HANDLE event = ::CreateEventW(nullptr, FALSE, FALSE, nullptr);
  // The numbers of kernel objects have 32 bits at most.
  if (event != nullptr) wake_read_ = static_cast<int>(reinterpret_cast<std::intptr_t>(event));
}

OutputDescriptor::~OutputDescriptor() {
  if (wake_read_ >= 0) ::CloseHandle(reinterpret_cast<HANDLE>(static_cast<std::intptr_t>(wake_read_)));
}

OutputDescriptor::Ready OutputDescriptor::wait(bool wants_write,
                                               std::optional<std::chrono::milliseconds> timeout) {
  if (wants_write) return Ready::kWritable;
  const bool is_pipe = error_ == 0 && ::GetFileType(handle_of(fd_)) == FILE_TYPE_PIPE;
  const auto event = reinterpret_cast<HANDLE>(static_cast<std::intptr_t>(wake_read_));
  std::int64_t left = timeout ? timeout->count() : INT64_MAX;
  for (;;) {
    const auto step = static_cast<DWORD>(std::min<std::int64_t>(left, kLookMs));
    if (wake_read_ < 0) {
      ::Sleep(std::min<DWORD>(step, 20));
      return Ready::kWoken;
    }
    if (::WaitForSingleObject(event, is_pipe || timeout ? step : INFINITE) == WAIT_OBJECT_0)
      return Ready::kWoken;
    if (is_pipe && reader_gone(handle_of(fd_))) return Ready::kClosed;
    left -= timeout ? step : 0;
    if (left <= 0) return Ready::kTimeout;
  }
}

long OutputDescriptor::write(std::string_view bytes) {
  if (error_ != 0) return error_;
  DWORD written = 0;
  const auto size = static_cast<DWORD>(std::min(bytes.size(), write_max_));
  if (!::WriteFile(handle_of(fd_), bytes.data(), size, &written, nullptr)) return -last_errno();
  return static_cast<long>(written);
}

std::size_t OutputDescriptor::write_at_once(std::string_view) { return 0; }

void OutputDescriptor::wake() {
  if (wake_read_ >= 0) ::SetEvent(reinterpret_cast<HANDLE>(static_cast<std::intptr_t>(wake_read_)));
}

void OutputDescriptor::block_signals() {}

}  // namespace pawl
