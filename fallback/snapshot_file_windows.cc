#include <windows.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "backends/wide_path.h"
#include "backends/windows_open.h"
#include "fallback/snapshot_file.h"

namespace pawl {
namespace {

// As CreateFileW takes it, however long. An ordinary path that is relative stays so.
std::wstring native(const std::string& path) {
  std::u16string wide;
  if (!to_verbatim(path, wide) && !to_wide(path, wide)) return {};
  return as_wchars(wide);
}

}  // namespace

Result<std::vector<RootSnapshot>> read_snapshot(const std::string& file) {
  const OwnedHandle opened(::CreateFileW(native(file).c_str(), GENERIC_READ,
                                         FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                         OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  if (!opened.ok()) return Status::from_errno(last_errno(), "start from", file);
  Stamp stamp;
  if (const int error = stamp_of(opened.get(), stamp)) return Status::from_errno(error, "start from", file);
  if (stamp.type != FileType::kFile) return Status(Code::kForeign, "start from", file, "it is no file");
  std::string bytes(static_cast<std::size_t>(stamp.size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    DWORD got = 0;
    const auto piece = static_cast<DWORD>(std::min<std::size_t>(bytes.size() - done, 1u << 30));
    if (!::ReadFile(opened.get(), bytes.data() + done, piece, &got, nullptr))
      return Status::from_errno(last_errno(), "start from", file);
    if (got == 0) break;
    done += got;
  }
  bytes.resize(done);
  return decode_snapshot(bytes, file);
}

Status replace_file(const std::string& file, const std::string& bytes) {
  // Of this call alone, so that two that save do not write into one.
  static std::atomic<unsigned> calls{0};
  const std::wstring target = native(file);
  const std::wstring fresh = native(file + ".new-" + std::to_string(::GetCurrentProcessId()) + "-" +
                                    std::to_string(++calls));
  const auto refuse = [&](DWORD error) {
    ::DeleteFileW(fresh.c_str());
    return Status::from_errno(errno_of(error), "write", file);
  };
  {
    const OwnedHandle out(::CreateFileW(fresh.c_str(), GENERIC_WRITE, FILE_SHARE_READ, nullptr, CREATE_ALWAYS,
                                        FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!out.ok()) return Status::from_errno(last_errno(), "write", file);
    std::size_t done = 0;
    while (done < bytes.size()) {
      DWORD put = 0;
      const auto piece = static_cast<DWORD>(std::min<std::size_t>(bytes.size() - done, 1u << 30));
      if (!::WriteFile(out.get(), bytes.data() + done, piece, &put, nullptr)) {
        const DWORD error = ::GetLastError();
        return refuse(error);
      }
      done += put;
    }
    if (!::FlushFileBuffers(out.get())) {
      const DWORD error = ::GetLastError();
      return refuse(error);
    }
  }
  // Written through: the new name is on the disk when this returns.
  if (!::MoveFileExW(fresh.c_str(), target.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
    const DWORD error = ::GetLastError();
    return refuse(error);
  }
  return {};
}

}  // namespace pawl
