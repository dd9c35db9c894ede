// Reading files whole: one, confined to its root, or those of a directory that is held open.
#include <windows.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "backends/disk_file_system.h"
#include "backends/mount_windows.h"
#include "backends/wide_path.h"
#include "backends/windows_beneath.h"
#include "backends/windows_entries.h"
#include "backends/windows_open.h"

namespace pawl {
namespace {

// Reads to the end, wherever it is by then; at most one byte more than `size_max`.
int read_all(HANDLE file, std::uint64_t size_hint, std::uint64_t size_max, std::string& bytes) {
  constexpr std::uint64_t kRoomMin = 4096;
  constexpr std::uint64_t kPieceMax = std::uint64_t{1} << 30;  // ReadFile counts in 32 bits
  std::uint64_t room = std::clamp(size_hint + 1, std::min(kRoomMin, size_max + 1), size_max + 1);
  std::uint64_t size = 0;
  for (;;) {
    bytes.resize(room);
    DWORD count = 0;
    const auto piece = static_cast<DWORD>(std::min(room - size, kPieceMax));
    if (!::ReadFile(file, bytes.data() + size, piece, &count, nullptr)) {
      const DWORD error = ::GetLastError();
      if (error != ERROR_HANDLE_EOF) return errno_of(error);
    }
    size += count;
    if (count == 0 || size > size_max) break;
    if (size == size_hint && size < room) break;
    if (size == room) room = std::min(room * 2, size_max + 1);
  }
  bytes.resize(size);
  return 0;
}

Result<FileContent> read_open(HANDLE file, const std::string& path, std::uint64_t size_max) {
  FileContent content;
  if (const int error = stamp_of(file, content.stamp)) return read_error(error, path);
  if (content.stamp.type == FileType::kSymlink) return read_error(ELOOP, path);
  if (content.stamp.type != FileType::kFile)
    return Status(Code::kInvalid, "read", path, "not a regular file");
  const auto size = static_cast<std::uint64_t>(content.stamp.size);
  if (size > size_max) return too_large(path, size_max);
  if (const int error = read_all(file, size, size_max, content.bytes)) return read_error(error, path);
  if (content.bytes.size() > size_max) return too_large(path, size_max);
  return content;
}

class WindowsDirectory final : public OpenDirectory {
 public:
  WindowsDirectory(DiskFileSystem& files, OwnedHandle directory, const Stamp& self, std::string path)
      : files_(files), directory_(std::move(directory)), self_(self), path_(std::move(path)) {}

  const Stamp& self() const override { return self_; }

  Result<std::vector<EntryName>> names() override {
    std::vector<EntryName> names;
    const int error =
        for_each_entry(directory_.get(), [&](const FILE_ID_BOTH_DIR_INFO& raw, std::wstring_view wide) {
          EntryName entry{from_wide(as_units(wide)), FileType::kFile};
          if ((raw.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) entry.type = FileType::kDirectory;
          if ((raw.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
            // Which kind of reparse point, only it can say itself.
            const Result<Stamp> found = stat(entry.name);
            if (!found.ok()) return found.status().code() == Code::kNotFound ? 0 : found.status().os_error();
            entry.type = found->type;
          }
          names.push_back(std::move(entry));
          return 0;
        });
    if (error != 0) return Status::from_errno(error, "list", path_);
    return names;
  }

  Result<Stamp> stat(const std::string& name) override {
    OwnedHandle entry;
    Stamp stamp;
    int error = open_in(directory_.get(), name, Want::kName, entry);
    if (error == 0) error = stamp_of(entry.get(), stamp);
    if (error != 0) return Status::from_errno(error, "stat", path_ + "/" + name);
    return stamp;
  }

  Result<FileContent> read(const std::string& name, std::uint64_t size_max) override {
    const std::string path = path_ + "/" + name;
    const WallNs read_at = files_.wall_now();  // before the first byte, as below
    OwnedHandle file;
    if (const int error = open_in(directory_.get(), name, Want::kBytes, file))
      return read_error(error, path);
    Result<FileContent> content = read_open(file.get(), path, size_max);
    if (content.ok()) content->read_at = read_at;
    return content;
  }

  Result<Mount> mount() override { return mount_of(directory_.get(), path_); }

 private:
  DiskFileSystem& files_;
  const OwnedHandle directory_;
  const Stamp self_;
  const std::string path_;
};

}  // namespace

Result<FileContent> DiskFileSystem::read(const std::string& root, const std::string& relative,
                                            const ReadOptions& options) {
  const std::string path = root + "/" + relative;
  OwnedHandle top;
  if (const int error = open_path(root, Want::kName, true, top)) return read_error(error, root);
  const Beneath where{
      .root = top.get(), .root_path = root, .follow_symlinks = options.follow_symlinks};
  // Before the first byte: a write while we read is then never older than `read_at`, and the stamp
  // shows itself unsettled.
  const WallNs read_at = wall_now();
  OwnedHandle file;
  if (const int error = open_beneath(where, relative, Want::kBytes, file)) return read_error(error, path);
  Result<FileContent> content = read_open(file.get(), path, options.size_max);
  if (content.ok()) content->read_at = read_at;
  return content;
}

Result<std::unique_ptr<OpenRoot>> DiskFileSystem::open_root(const std::string& root) {
  return FileSystem::open_root(root);
}

Result<std::unique_ptr<OpenDirectory>> DiskFileSystem::open_directory(const std::string& root,
                                                                         const std::string& relative,
                                                                         bool follow_symlinks) {
  const std::string path = relative.empty() ? root : root + "/" + relative;
  OwnedHandle top;
  if (const int error = open_path(root, relative.empty() ? Want::kEntries : Want::kName, true, top))
    return Status::from_errno(error, "open", root);
  if (!relative.empty()) {
    const Beneath where{.root = top.get(), .root_path = root, .follow_symlinks = follow_symlinks};
    OwnedHandle found;
    const int error = open_beneath(where, relative, Want::kEntries, found);
    if (error == EXDEV) return Status(Code::kEscapes, "open", path, "leads outside its root");
    // A link where a directory was wanted.
    if (error != 0) return Status::from_errno(error == ELOOP ? ENOTDIR : error, "open", path);
    top = std::move(found);
  }
  Stamp self;
  if (const int error = stamp_of(top.get(), self)) return Status::from_errno(error, "open", path);
  if (self.type != FileType::kDirectory) return Status::from_errno(ENOTDIR, "open", path);
  return std::unique_ptr<OpenDirectory>(
      std::make_unique<WindowsDirectory>(*this, std::move(top), self, path));
}

}  // namespace pawl
