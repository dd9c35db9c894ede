// What a Registry has told, gathered from its thread, and waited for.
#pragma once

#include <gtest/gtest.h>
#include <pawl/pawl.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tests/api/task_files.h"

namespace pawl {

class Told {
 public:
  tasks::Callbacks callbacks() {
    tasks::Callbacks callbacks;
    callbacks.on_events = [this](std::vector<tasks::Event> events) {
      note([&] {
        for (tasks::Event& event : events) events_.push_back(std::move(event));
      });
    };
    callbacks.on_newer = [this](tasks::Task now, tasks::Task before) {
      note(
          [&] { newer_.emplace_back(before.version() + " " + before.checksum(), now.checksum()); });
    };
    callbacks.on_released = [this](tasks::Released released) {
      note([&] { released_.push_back(released); });
    };
    callbacks.on_settled = [this] { note([&] { ++settled_; }); };
    callbacks.on_watch = [this](watch::Batch batch) {
      note([&] { ready_ += static_cast<int>(batch.ready.size()); });
    };
    return callbacks;
  }

  template <class Condition>
  bool wait(const Condition& condition) {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, std::chrono::seconds(20), condition);
  }
  bool wait_event(tasks::EventKind kind, const std::string& path) {
    return wait([&] { return has(kind, path); });
  }
  bool wait_settled(int times = 1) {
    return wait([&] { return settled_ >= times; });
  }
  // With wait(), or when nothing comes any more.
  bool has(tasks::EventKind kind, const std::string& path) const {
    return std::any_of(events_.begin(), events_.end(), [&](const tasks::Event& event) {
      return event.kind == kind && event.path == path;
    });
  }
  std::vector<tasks::Event> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    events_.clear();
  }

  std::vector<std::pair<std::string, std::string>> newer_;
  std::vector<tasks::Released> released_;
  int settled_ = 0;
  int ready_ = 0;

 private:
  template <class Action>
  void note(const Action& action) {
    const std::lock_guard lock(mutex_);
    action();
    came_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<tasks::Event> events_;
};

inline tasks::Options options_for(const Scratch& scratch, bool database = true) {
  scratch.directory("tasks");
  tasks::Options options;
  options.sources.push_back(
      {.path = scratch.path("tasks"), .debounce = std::chrono::milliseconds(20)});
  if (database) options.database = scratch.path("registry.db");
  return options;
}

inline tasks::Registry open(Told& told, tasks::Options options) {
  auto registry = tasks::Registry::open(std::move(options), told.callbacks());
  if (!registry) ADD_FAILURE() << registry.error().message();
  return std::move(*registry);
}

}  // namespace pawl
