// uv_fs_poll over the disk in memory, as a Backend: a stat of the directory every interval, of
// which the first is silent.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/backend.h"
#include "tests/simulation/disk.h"

namespace pawl {

class SimPoll : public Backend {
 public:
  SimPoll(Disk& disk, HintSink& sink, Duration interval)
      : disk_(disk), sink_(sink), interval_(interval) {}

  Status watch(DirectoryId directory, const std::string& path) override;
  void unwatch(DirectoryId directory) override { watches_.erase(directory); }

  // Called with each path that a thread of libuv's pool looks up.
  std::function<void(const std::string& path)> looks_up;

  void turn(Instant now);
  Instant next() const;
  bool watches(DirectoryId directory) const { return watches_.contains(directory); }
  std::size_t handles() const { return watches_.size(); }

 private:
  struct Watch {
    std::string path;
    Instant due;
    std::optional<Stamp> before;
    bool failing = false;
  };

  Disk& disk_;
  HintSink& sink_;
  Duration interval_;
  Instant now_{};
  std::map<DirectoryId, Watch> watches_;
};

}  // namespace pawl
