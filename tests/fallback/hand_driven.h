// A Reconciler that is stepped by hand, on a disk that is a table: for what must happen between two
// steps.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/reconciler.h"

namespace pawl {

// Directories and what is in them. Where a mount folds names, look() does not tell case apart, as on such a
// volume. One thread.
class TableDisk : public FileSystem {
 public:
  // Of directories, by path; the stamp of a directory itself is in its parent's table, and of the
  // top ones in `tops`.
  std::map<std::string, std::map<std::string, Stamp>> directories;
  std::map<std::string, Stamp> tops;
  std::map<std::string, Code> refuse;     // paths that can't be listed
  std::map<std::uint64_t, Mount> mounts;  // by device
  WallNs wall = 1'000'000'000'000;

  // Adds it, or another in its place, with a new inode, on `device`.
  void directory(const std::string& path, std::uint64_t device = 1);
  void file(const std::string& path, std::uint64_t device = 1);
  void remove(const std::string& path);
  // Gives the file at `path` another name in its directory.
  void rename(const std::string& path, const std::string& name);
  // The stamp of a path that is there.
  Stamp& at(const std::string& path);

  Status look(const std::string& path, std::span<const std::string_view> names, Stamp& self,
              std::vector<Looked>& looked) override;
  Result<Stamp> stat(const std::string& path) override;
  Result<Stamp> follow(const std::string& root, const std::string& path) override;
  Status list(const std::string& path, std::span<const std::string_view> skip, Stamp& self,
              std::vector<DirectoryEntry>& entries) override;
  Result<FileContent> read(const std::string& root, const std::string& relative,
                           const ReadOptions& options) override;
  Result<Mount> mount(const std::string& path) override;
  WallNs wall_now() override { return wall; }
  std::shared_ptr<void> hold_watch(const std::string&) override {
    ++holds;
    return {this, [this](void*) { --holds; }};
  }
  int holds = 0;  // now

 private:
  Stamp fresh(FileType type, std::uint64_t device);

  std::uint64_t inode_ = 0;
};

class HandDriven : public Coverer {
 public:
  explicit HandDriven(ReconcilerOptions options = {}) : reconciler(*this, options) {}

  // One step, whose looks wait in `looks`.
  void step();
  // Performs the looks that wait, in order.
  void answer();
  // Steps and answers until nothing is left to do now.
  void run();
  void pass(Duration time) {
    now += time;
    disk.wall += time.count();
  }

  // Polled where the mount does not tell all, else native.
  Result<Coverage> cover(DirectoryId directory, const std::string& path, const Mount& mount,
                         BackendChoice choice, Instant at) override;
  void uncover(DirectoryId directory) override { watched.erase(directory); }
  void changed(DirectoryId, Instant) override {}
  std::vector<DirectoryId> reconsider(Instant, std::size_t) override { return {}; }
  Instant next_deadline() const override { return kNever; }

  const Directory& directory(const std::string& relative) const;
  void hint(const std::string& relative, const std::string& name);

  TableDisk disk;
  std::set<DirectoryId> watched;  // natively or polled
  Reconciler reconciler;          // gives them up at its end
  Instant now = from_ns(1'000'000'000'000);
  std::vector<LookRequest> looks;
  LookRoom room;
  std::vector<Change> changes;
  std::vector<Notice> notices;
  bool more = false;
  std::size_t covered = 0;  // times that a directory was
  std::size_t held_covered = 0;  // of these, while something was held
  // The most that one step has done.
  std::size_t entries_max = 0;
  std::size_t changes_max = 0;
  std::size_t looks_max = 0;
  std::size_t names_max = 0;
};

}  // namespace pawl
