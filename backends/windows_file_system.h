// core's FileSystem on Windows. Paths are as long as they may be, names are what the disk has.
//
// Names that differ only by case: what a directory lists is what there is, compared byte by byte. Where
// the volume does not tell case apart, look() finds a name only in the spelling that is listed, so a
// hint in another spelling never makes a second entry, and a rename that changes no more than case is
// a rename. In a directory that does tell it apart both are there. Short (8.3) names are another spelling.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/file_system.h"

namespace pawl {

class WindowsFileSystem final : public FileSystem {
 public:
  Status look(const std::string& path, std::span<const std::string_view> names, Stamp& self,
              std::vector<Looked>& looked) override;

  Result<Stamp> stat(const std::string& path) override;

  // Neither here nor in `read` is a link followed that is neither a symbolic link nor a junction.
  Result<Stamp> follow(const std::string& root, const std::string& path) override;

  // Each entry is opened to be told of: what the directory itself keeps of it is old where a file is
  // being written, or has other names. One that can't be opened is told with that.
  Status list(const std::string& path, std::span<const std::string_view> skip, Stamp& self,
              std::vector<DirectoryEntry>& entries) override;

  // kBusy: someone has it open in a way that lets no other read it.
  Result<FileContent> read(const std::string& root, const std::string& relative,
                           const ReadOptions& options) override;

  Result<std::unique_ptr<OpenDirectory>> open_directory(const std::string& root,
                                                        const std::string& relative,
                                                        bool follow_symlinks) override;

  Result<Mount> mount(const std::string& path) override;

  Result<std::string> real_path(const std::string& path) override;

  WallNs wall_now() override;
};

}  // namespace pawl
