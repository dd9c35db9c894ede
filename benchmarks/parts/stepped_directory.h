// One directory of many files, in memory, and a Reconciler that is stepped over it: what the
// comparing costs, without a disk and without a loop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/reconciler.h"

namespace parts {

class SteppedDirectory : private pawl::FileSystem, private pawl::Coverer {
 public:
  // A root with so many files that the reconciler has looked at once.
  explicit SteppedDirectory(std::size_t files);
  ~SteppedDirectory() override;

  // Compares the whole directory with what is known of it. Returns how many changes were found.
  std::size_t rescan();

  // Changes one file behind the reconciler's back and hints at its name.
  std::size_t change_one();

  // A hint for each of the first `count` names, all of which have changed, then all that follows.
  std::size_t change_and_hint(std::size_t count);

 private:
  std::size_t run();
  void touch(std::size_t i);

  pawl::Status look(const std::string& path, std::span<const std::string_view> names,
                    pawl::Stamp& self, std::vector<pawl::Looked>& looked) override;
  pawl::Result<pawl::Stamp> stat(const std::string& path) override;
  pawl::Result<pawl::Stamp> follow(const std::string& root, const std::string& path) override;
  pawl::Status list(const std::string& path, std::span<const std::string_view> skip,
                    pawl::Stamp& self, std::vector<pawl::DirectoryEntry>& entries) override;
  pawl::Result<pawl::FileContent> read(const std::string& root, const std::string& relative,
                                       const pawl::ReadOptions& options) override;
  pawl::Result<pawl::Mount> mount(const std::string& path) override;
  pawl::WallNs wall_now() override { return wall_; }

  pawl::Result<pawl::Coverage> cover(pawl::DirectoryId directory, const std::string& path,
                                     const pawl::Mount& mount, pawl::BackendChoice choice,
                                     pawl::Instant now) override;
  void uncover(pawl::DirectoryId) override {}
  void changed(pawl::DirectoryId, pawl::Instant) override {}
  std::vector<pawl::DirectoryId> reconsider(pawl::Instant, std::size_t) override { return {}; }
  pawl::Instant next_deadline() const override { return pawl::kNever; }

  std::vector<pawl::DirectoryEntry> entries_;  // names sorted: number i is at i
  pawl::Stamp self_;
  pawl::WallNs wall_ = 1'000'000'000'000;
  pawl::Instant now_ = pawl::from_ns(1'000'000'000'000);
  pawl::DirectoryId root_;
  std::size_t next_ = 0;
  pawl::LookRoom room_;
  std::unique_ptr<pawl::Reconciler> reconciler_;
};

}  // namespace parts
