// Knows which contents of tasks are held, by the registry or by programs, and tells when the last
// holder lets go of one.
#pragma once

#include <pawl/pawl.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "core/task/task.h"

namespace pawl::tasks {

// Threading: any thread. A pointer that it gave may outlive it.
class Tracker {
 public:
  // `on_release` is called on whatever thread lets go, under a lock: it posts and returns.
  explicit Tracker(std::function<void()> on_release);
  Tracker(const Tracker&) = delete;

  // The same task by a pointer whose last holder is noticed, and told if it was ever one that
  // `serves`. `content` is kept until it is forgotten, or for as long as the task is held.
  TaskPtr track(const TaskPtr& task, std::shared_ptr<const TaskContent> content, bool serves);
  // It serves no more. Whoever holds it may still want its text.
  void supersede(const pawl::Task* task);
  // One that serves no more and has this checksum is held.
  bool holds(std::string_view checksum) const;

  // Null if it is not kept.
  std::shared_ptr<const TaskContent> content(const pawl::Task* task) const;
  void forget_content(const pawl::Task* task);
  // Of all that serves.
  void forget_contents();

  // on_release is not called any more, whoever still has this.
  void silence();
  // Those let go since this was last asked.
  std::vector<Released> take_released();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace pawl::tasks
