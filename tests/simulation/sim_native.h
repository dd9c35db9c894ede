// inotify and uv_fs_event over the disk in memory, as a Backend: one queue for all directories, one
// watch an inode, and every way in which hints are lost on the way.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/backend.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/random.h"

namespace pawl {

struct SimNativeOptions {
  std::size_t watches_max = 1000;  // ENOSPC beyond
  std::size_t queue_max = 512;     // events that wait; more are dropped without a word
  double alarm_share = 0.5;
  // Of a million events, or of attempts to watch.
  std::uint32_t drop = 0;
  std::uint32_t twice = 0;
  std::uint32_t late = 0;
  std::uint32_t dies = 0;          // the watch dies, and looks active
  std::uint32_t refused = 0;       // EMFILE
  Duration late_max = seconds(1);  // less than the grace that hints have
  // What a test breaks on purpose.
  bool deaf_to_overflow = false;
  Duration arms_late{};  // the watch begins so long after it was said to
};

class SimNative : public Backend {
 public:
  SimNative(Disk& disk, HintSink& sink, SimNativeOptions options, std::uint64_t seed)
      : disk_(disk), sink_(sink), options_(options), random_(seed) {}

  Status watch(DirectoryId directory, const std::string& path) override;
  void unwatch(DirectoryId directory) override;

  // Called with each path that the loop's thread looks up.
  std::function<void(const std::string& path)> looks_up;

  void event(const Node& directory, KernelEvent kind, std::string_view name, Instant now);
  // Reads the whole queue, as one turn of the loop does.
  void turn(Instant now);
  // When turn() has something to do.
  Instant next() const;
  void stop_faults() {
    options_.drop = options_.twice = options_.late = options_.dies = options_.refused = 0;
  }

  bool watches(DirectoryId directory) const { return handles_.contains(directory); }
  std::size_t handles() const { return handles_.size(); }
  std::size_t kernel_watches() const { return by_node_.size(); }
  std::size_t waiting() const { return queue_.size(); }
  // A hint was lost of which there was no sign: only the background reconcile can make up for it.
  bool lost() const { return lost_; }
  // A hint of that name was dropped or late, went with its watch, or could not come.
  bool is_untold(const Node& directory, const std::string& name) const {
    const auto node = directory.shared_from_this();
    return untold_.contains({node, name}) || untold_.contains({node, {}});
  }
  // A late hint went with its watch.
  bool took_late() const { return took_late_; }
  std::uint64_t overflows() const { return overflows_; }
  std::uint64_t alarms() const { return alarms_; }

 private:
  using Wd = std::uint64_t;
  // libuv's watcher_list: all handles on one inode, named as the first of them was.
  struct Watch {
    std::shared_ptr<const Node> node;
    std::string base;
    std::vector<DirectoryId> handles;
    bool alive = true;
  };
  struct Event {
    Wd wd;
    KernelEvent kind;
    std::string name;
    bool renamed() const { return kind != KernelEvent::kModify && kind != KernelEvent::kAttrib; }
    bool operator==(const Event&) const = default;
  };
  struct Late {
    Instant due;
    DirectoryId directory;
    HintKind kind;
    std::string name;
  };
  struct Arming {
    Instant due;
    DirectoryId directory;
    std::string path;
  };

  Status arm(DirectoryId directory, const std::string& path);
  void put(Event event, Instant now);
  void end(Watch& watch);
  void deliver(DirectoryId directory, const Event& event, const std::string& name, Instant now);

  Disk& disk_;
  HintSink& sink_;
  SimNativeOptions options_;
  Random random_;
  std::map<Wd, Watch> watches_;
  std::map<const Node*, Wd> by_node_;
  std::map<DirectoryId, Wd> handles_;
  std::deque<Event> queue_;
  std::vector<Late> late_;
  std::vector<Arming> arming_;
  Instant turn_at_ = kNever;
  Instant now_{};
  Wd wd_next_ = 1;
  bool full_ = false;  // since the last turn
  bool lost_ = false;
  bool took_late_ = false;
  // They are kept alive: at the address of one that has gone another directory may come to lie, or not,
  // as the heap will have it, and a seed would not be the same twice.
  using NameOf = std::pair<std::shared_ptr<const Node>, std::string>;
  std::set<NameOf> untold_;      // an empty name: all of it
  std::vector<NameOf> dropped_;  // since the last turn
  std::uint64_t overflows_ = 0;
  std::uint64_t alarms_ = 0;
};

}  // namespace pawl
