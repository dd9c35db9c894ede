// The tasks that are served, in memory. One writer changes it, batch by batch; any thread reads it
// meanwhile, and sees a batch wholly or not at all.
//
// Threading: snapshot() on any thread; apply() on the one thread that writes. The pointer to the
// newest snapshot is the one thing in core that threads share. A mutex guards it rather than a
// std::atomic<std::shared_ptr>, which some standard libraries still lack (and which locks inside
// where it exists); it is held for the copy of one pointer.
#pragma once

#include <memory>
#include <mutex>
#include <span>

#include "core/task/registry_snapshot.h"
#include "core/task/task.h"

namespace pawl {

class Registry {
 public:
  Registry();

  // The newest state. Never null. To read several things that fit together, hold on to one.
  std::shared_ptr<const RegistrySnapshot> snapshot() const;

  // Carries one batch out, in its order, and publishes it at once. Its cost is that of the batch,
  // times the depth of a CowMap: the logarithm of the size. An empty batch publishes nothing.
  void apply(std::span<const TaskEvent> events);

 private:
  void apply_one(const TaskEvent& event);
  void put(const TaskPtr& task);
  void remove(const Task& task);
  void set_versions(std::vector<TaskPtr> all);  // of one uuid, sorted
  void put_trouble(const TaskEvent& event);
  void clear_trouble(const TaskEvent& event);

  RegistrySnapshot working_;  // the writer's own
  mutable std::mutex mutex_;
  std::shared_ptr<const RegistrySnapshot> published_;  // guarded by mutex_
};

}  // namespace pawl
