// A Watcher on the real disk, a consumer that believes nothing but its changes, and the disk to
// compare them with.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fallback/watcher.h"

namespace pawl {

// What a consumer knows of one path.
struct KnownPath {
  FileType type = FileType::kFile;
  std::uint64_t inode = 0;  // of a file; a directory's is 0: it may be replaced without a word

  bool operator==(const KnownPath&) const = default;
};

// By path, as bytes.
using KnownPaths = std::map<std::string, KnownPath>;

// Everything below `path`, read anew. Links are not followed.
KnownPaths read_disk(const std::string& path);

// The differences, at most a few, for a message; empty if there are none.
std::string difference(const KnownPaths& seen, const KnownPaths& disk);

class Watching {
 public:
  // Polls every 50 ms, reconciles in the background every 2 s at the slowest, and looks at roots
  // every 100 ms.
  static WatcherOptions quick();
  static RootOptions root(const std::string& path, BackendChoice backend = BackendChoice::kAuto);

  explicit Watching(WatcherOptions options = quick());
  ~Watching();
  Watching(const Watching&) = delete;

  std::uint32_t add(RootOptions root);
  // Adds it and waits until it is ready.
  std::uint32_t start(RootOptions root);
  // Destroys the Watcher, as at the end. Returns how long that took.
  Duration stop();

  // Runs the loop until the condition holds. False: it did not by the deadline, which is so many times later
  // as PAWL_TEST_PATIENCE says: for machines, and emulators, that are slower than any user's.
  bool run_until(const std::function<bool()>& condition, Duration limit = seconds(20));
  // Until what the changes told of `root` equals the disk, and the tree's stamps do too.
  bool settles(std::uint32_t root = 0, Duration limit = seconds(20));
  // Runs the loop so long: for what must not happen.
  void run_for(Duration time);

  Watcher& watcher() { return *watcher_; }
  const KnownPaths& known(std::uint32_t root = 0) const { return known_.at(root); }
  bool knows(const std::string& path, std::uint32_t root = 0) const;
  std::uint64_t count(ChangeKind kind, const std::string& path) const;
  std::uint64_t count(ChangeKind kind) const;
  std::uint64_t directories(Mode mode) const;
  const std::vector<Notice>& notices() const { return notices_; }
  std::uint64_t rescans(RescanReason reason) const;
  std::uint64_t coverage(Mode mode, Reason reason) const;  // notices of it
  std::uint64_t unavailable() const;                       // notices of it
  // What no sequence of changes may do; empty if none did.
  const std::string& illegal() const { return illegal_; }

 private:
  bool run_by(const std::function<bool()>& condition, Instant deadline);
  void take(WatchBatch batch);
  void apply(const Change& change);
  void remember_tree(std::uint32_t root);
  bool stamps_equal(const Directory& directory) const;
  bool has_children(const KnownPaths& known, const std::string& path) const;

  uv_loop_t loop_;
  std::unique_ptr<Watcher> watcher_;
  std::vector<std::string> roots_;
  std::map<std::uint32_t, KnownPaths> known_;
  std::map<std::pair<ChangeKind, std::string>, std::uint64_t> counts_;
  std::map<ChangeKind, std::uint64_t> totals_;
  std::vector<Notice> notices_;
  std::string illegal_;
};

}  // namespace pawl
