// The disk in memory as core sees it, with the faults that a real one has.
#pragma once

#include <functional>

#include "core/file_system.h"
#include "tests/simulation/disk.h"

namespace pawl {

class SimFileSystem : public FileSystem {
 public:
  // `disk` outlives this.
  explicit SimFileSystem(Disk& disk) : disk_(disk) {}

  // Called wherever a real look could be interrupted: others may change the disk meanwhile.
  std::function<void()> interrupt;
  // An errno that the call on `path` fails with, or 0. `path` is that of the entry where it is one.
  // `listed`: it is a name of a directory that is being looked into.
  std::function<int(const std::string& path, bool listed)> fault;
  // Told of each entry in the moment in which its stamp or its content is taken.
  std::function<void(const std::string& path, const Node& node)> seen;
  bool privileged = false;  // permissions do not bind
  bool settled = false;     // claims that no two writes ever carry the same timestamps

  Status look(const std::string& path, std::span<const std::string_view> names, Stamp& self,
              std::vector<Looked>& looked) override;
  Result<Stamp> stat(const std::string& path) override;
  Result<Stamp> follow(const std::string& root, const std::string& path) override;
  Status list(const std::string& path, std::span<const std::string_view> skip, Stamp& self,
              std::vector<DirectoryEntry>& entries) override;
  Result<FileContent> read(const std::string& root, const std::string& relative,
                           const ReadOptions& options) override;
  Result<Mount> mount(const std::string& path) override;
  Result<std::string> real_path(const std::string& path) override;
  WallNs wall_now() override { return disk_.now; }

 private:
  int fault_at(const std::string& path, bool listed = false) const {
    return fault ? fault(path, listed) : 0;
  }
  void note_seen(const std::string& path, const Node& node) const {
    if (seen) seen(path, node);
  }
  void pause() const {
    if (interrupt) interrupt();
  }
  Node* open_to_list(const std::string& path, int& error) const;
  Node* beneath(const std::string& root, const std::string& relative, bool follow_symlinks,
                int& error) const;

  Disk& disk_;
};

}  // namespace pawl
