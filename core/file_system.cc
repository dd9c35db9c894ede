#include "core/file_system.h"

#include <utility>

namespace pawl {
namespace {

std::string below(const std::string& directory, const std::string& name) {
  if (name.empty()) return directory;
  if (directory.empty()) return name;
  return directory.ends_with('/') ? directory + name : directory + "/" + name;
}

// A directory by its path: for file systems that have nothing better.
class NamedDirectory final : public OpenDirectory {
 public:
  NamedDirectory(FileSystem& files, std::string root, std::string relative, bool follow_symlinks)
      : files_(files),
        root_(std::move(root)),
        relative_(std::move(relative)),
        follow_symlinks_(follow_symlinks) {}

  Status open() {
    const std::string path = below(root_, relative_);
    if (relative_.empty()) return files_.list(path + "/.", {}, self_, entries_);
    if (!follow_symlinks_) return files_.list(path, {}, self_, entries_);
    const Result<Stamp> inside = files_.follow(root_, path);
    if (!inside.ok()) return inside.status();
    return files_.list(path + "/.", {}, self_, entries_);
  }

  const Stamp& self() const override { return self_; }

  Result<std::vector<EntryName>> names() override {
    std::vector<EntryName> names;
    names.reserve(entries_.size());
    for (DirectoryEntry& entry : entries_) {
      names.push_back({std::move(entry.name), entry.stamp.type});
    }
    return names;
  }

  Result<Stamp> stat(const std::string& name) override {
    return files_.stat(below(below(root_, relative_), name));
  }

  Result<FileContent> read(const std::string& name, std::uint64_t size_max) override {
    // Links on the way are followed, and the last component is not.
    const Result<Stamp> found = follow_symlinks_ ? stat(name) : Result<Stamp>(Stamp{});
    if (!found.ok()) return found.status();
    if (found->type == FileType::kSymlink)
      return Status(Code::kInvalid, "read", below(below(root_, relative_), name),
                    "is not a regular file");
    return files_.read(root_, below(relative_, name),
                       {.size_max = size_max, .follow_symlinks = follow_symlinks_});
  }

  Result<Mount> mount() override { return files_.mount(below(root_, relative_) + "/."); }

 private:
  FileSystem& files_;
  const std::string root_;
  const std::string relative_;
  const bool follow_symlinks_;
  Stamp self_;
  std::vector<DirectoryEntry> entries_;
};

class NamedRoot final : public OpenRoot {
 public:
  NamedRoot(FileSystem& files, std::string root) : files_(files), root_(std::move(root)) {}

  Result<std::unique_ptr<OpenDirectory>> open_directory(const std::string& relative,
                                                        bool follow_symlinks) override {
    return files_.open_directory(root_, relative, follow_symlinks);
  }

 private:
  FileSystem& files_;
  const std::string root_;
};

}  // namespace

Result<std::unique_ptr<OpenRoot>> FileSystem::open_root(const std::string& root) {
  return std::unique_ptr<OpenRoot>(std::make_unique<NamedRoot>(*this, root));
}

Result<std::unique_ptr<OpenDirectory>> FileSystem::open_directory(const std::string& root,
                                                                  const std::string& relative,
                                                                  bool follow_symlinks) {
  auto directory = std::make_unique<NamedDirectory>(*this, root, relative, follow_symlinks);
  if (Status opened = directory->open(); !opened.ok()) {
    return opened;
  }
  return std::unique_ptr<OpenDirectory>(std::move(directory));
}

}  // namespace pawl
