// Roots that are not watched for a while.
#include "core/reconciler.h"

namespace pawl {

void Reconciler::pause(std::uint32_t root) {
  Root* paused = root < roots_.size() ? roots_[root].get() : nullptr;
  if (paused == nullptr) return;
  paused->options.watch = false;
  for (std::uint32_t i = 0; i < tree_.slots(); ++i) {
    Directory* directory = tree_.at(i);
    if (directory != nullptr && directory->root == root && !directory->dying) uncover(*directory);
  }
}

void Reconciler::resume(std::uint32_t root, Instant now) {
  Root* resumed = root < roots_.size() ? roots_[root].get() : nullptr;
  if (resumed == nullptr || resumed->options.watch) return;
  resumed->options.watch = true;
  resumed->guard_due = now;
  rearm_all(*resumed);
}

}  // namespace pawl
