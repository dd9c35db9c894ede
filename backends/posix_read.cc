// Reading files whole: one, confined to its root, or those of a directory that is held open.
#include <algorithm>
#include <utility>

#include "backends/disk_file_system.h"
#include "backends/mount.h"
#include "backends/posix_beneath.h"
#include "backends/posix_entries.h"
#include "backends/posix_open.h"

namespace pawl {
namespace {

// Most files of tasks fit: they are read past the string, which then takes no more than it needs.
constexpr std::size_t kSmall = std::size_t{16} << 10;

// Reads to the end, wherever it is by then; at most one byte more than `size_max`. The end is where
// a read gave nothing, or stopped short just where the file was said to end.
int read_all(const Descriptor& file, std::uint64_t size_hint, std::uint64_t size_max,
             std::string& bytes) {
  const auto read_into = [&](char* at, std::uint64_t room) {
    return uninterrupted([&] { return ::read(file.get(), at, room); });
  };
  std::size_t size = 0;
  if (size_hint < kSmall && size_hint < size_max) {
    char small[kSmall];
    const ssize_t count = read_into(small, std::min<std::uint64_t>(kSmall, size_max + 1));
    if (count < 0) return errno;
    size = static_cast<std::size_t>(count);
    bytes.assign(small, size);
    if (count == 0 || (size == size_hint && size < kSmall)) return 0;
  }
  std::uint64_t room = std::min(std::max<std::uint64_t>(size_hint, size) + 1, size_max + 1);
  while (size <= size_max) {
    bytes.resize(room);
    const ssize_t count = read_into(bytes.data() + size, room - size);
    if (count < 0) return errno;
    size += static_cast<std::size_t>(count);
    if (count == 0 || (size == size_hint && size < room)) break;
    if (size == room) room = std::min(room * 2, size_max + 1);
  }
  bytes.resize(size);
  return 0;
}

// `directory` and `name` are for what is told of an error.
Result<FileContent> read_open(const Descriptor& file, const std::string& directory,
                              const std::string& name, std::uint64_t size_max) {
  const auto path = [&] { return directory + "/" + name; };
  struct stat st;
  if (::fstat(file.get(), &st) != 0) return read_error(errno, path());
  if (!S_ISREG(st.st_mode)) return Status(Code::kInvalid, "read", path(), "not a regular file");
  const auto size = static_cast<std::uint64_t>(st.st_size);
  if (size > size_max) return too_large(path(), size_max);
  FileContent content;
  if (const int error = read_all(file, size, size_max, content.bytes)) {
    return read_error(error, path());
  }
  if (content.bytes.size() > size_max) return too_large(path(), size_max);
  content.stamp = stamp_of(st);
  return content;
}

class PosixDirectory final : public OpenDirectory {
 public:
  PosixDirectory(DiskFileSystem& files, Descriptor directory, std::string path)
      : files_(files), directory_(std::move(directory)), path_(std::move(path)) {}

  Status open() {
    struct stat st;
    // ".", not the descriptor: that needs the right to search it, as all that follows does.
    if (const int error = stat_at(directory_.get(), ".", st)) {
      return Status::from_errno(error, "open", path_);
    }
    self_ = stamp_of(st);
    return {};
  }

  const Stamp& self() const override { return self_; }

  // It was opened to reach what is in it, which is all that most need; to be listed it is opened again.
  Result<std::vector<EntryName>> names() override {
    std::vector<EntryName> names;
    Descriptor listing;
    int error = open_at(directory_.get(), ".", kReadOnly | O_DIRECTORY, listing);
    if (error != 0) return Status::from_errno(error, "list", path_);
    error = for_each_entry(listing, [&](const RawEntry& raw) {
      FileType type = raw.type;
      struct stat st;
      if (type == FileType::kOther) {  // or the file system doesn't say
        const int failed = stat_at(directory_.get(), raw.name, st);
        if (failed == ENOENT) return 0;
        if (failed == 0) type = stamp_of(st).type;
      }
      names.push_back({raw.name, type});
      return 0;
    });
    if (error != 0) return Status::from_errno(error, "list", path_);
    return names;
  }

  Result<Stamp> stat(const std::string& name) override {
    struct stat st;
    if (const int error = stat_at(directory_.get(), name.c_str(), st)) {
      return Status::from_errno(error, "stat", path_ + "/" + name);
    }
    return stamp_of(st);
  }

  Result<FileContent> read(const std::string& name, std::uint64_t size_max) override {
    const WallNs read_at = files_.wall_now();  // before the first byte, as below
    Descriptor file;
    if (const int error =
            open_at(directory_.get(), name.c_str(), kReadOnly | O_NOFOLLOW, file)) {
      return read_error(error, path_ + "/" + name);
    }
    Result<FileContent> content = read_open(file, path_, name, size_max);
    if (content.ok()) content->read_at = read_at;
    return content;
  }

  Result<Mount> mount() override { return mount_of(directory_.get(), path_); }

 private:
  DiskFileSystem& files_;
  const Descriptor directory_;
  const std::string path_;
  Stamp self_;
};

class PosixRoot final : public OpenRoot {
 public:
  PosixRoot(DiskFileSystem& files, Descriptor root, std::string path, bool by_kernel)
      : files_(files), root_(std::move(root)), path_(std::move(path)), by_kernel_(by_kernel) {}

  Result<std::unique_ptr<OpenDirectory>> open_directory(const std::string& relative,
                                                        bool follow_symlinks) override {
    const std::string path = relative.empty() ? path_ : path_ + "/" + relative;
    const Beneath where{.root = root_.get(),
                        .root_path = path_,
                        .follow_symlinks = follow_symlinks,
                        .by_kernel = by_kernel_};
    Descriptor found;
    const int error = relative.empty()
                          ? open_at(root_.get(), ".", kNameOnly | O_DIRECTORY, found)
                          : open_beneath(where, relative, kNameOnly | O_DIRECTORY, found);
    if (error == EXDEV) return Status(Code::kEscapes, "open", path, "leads outside its root");
    // A link where a directory was wanted.
    if (error != 0) return Status::from_errno(error == ELOOP ? ENOTDIR : error, "open", path);
    auto directory = std::make_unique<PosixDirectory>(files_, std::move(found), path);
    if (Status opened = directory->open(); !opened.ok()) return opened;
    return std::unique_ptr<OpenDirectory>(std::move(directory));
  }

 private:
  DiskFileSystem& files_;
  const Descriptor root_;
  const std::string path_;
  const bool by_kernel_;
};

}  // namespace

Result<FileContent> DiskFileSystem::read(const std::string& root, const std::string& relative,
                                          const ReadOptions& options) {
  Descriptor top;
  if (const int error = open_path(root, kNameOnly | O_DIRECTORY, top)) {
    return read_error(error, root);
  }
  const Beneath where{.root = top.get(),
                      .root_path = root,
                      .follow_symlinks = options.follow_symlinks,
                      .by_kernel = by_kernel_};
  // Before the first byte: a write while we read is then never older than `read_at`, and the stamp
  // shows itself unsettled.
  const WallNs read_at = wall_now();
  Descriptor file;
  if (const int error = open_beneath(where, relative, kReadOnly, file)) {
    return read_error(error, root + "/" + relative);
  }
  Result<FileContent> content = read_open(file, root, relative, options.size_max);
  if (content.ok()) content->read_at = read_at;
  return content;
}

Result<std::unique_ptr<OpenDirectory>> DiskFileSystem::open_directory(const std::string& root,
                                                                       const std::string& relative,
                                                                       bool follow_symlinks) {
  Result<std::unique_ptr<OpenRoot>> opened = open_root(root);
  if (!opened.ok()) return opened.status();
  return (*opened)->open_directory(relative, follow_symlinks);
}

Result<std::unique_ptr<OpenRoot>> DiskFileSystem::open_root(const std::string& root) {
  Descriptor top;
  if (const int error = open_path(root, kNameOnly | O_DIRECTORY, top)) {
    return Status::from_errno(error, "open", root);
  }
  return std::unique_ptr<OpenRoot>(
      std::make_unique<PosixRoot>(*this, std::move(top), root, by_kernel_));
}

}  // namespace pawl
