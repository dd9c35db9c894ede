// Roots that are not watched for a while.
#include "core/reconciler.h"

namespace pawl {

void Reconciler::pause(std::uint32_t index) {
  Root* root = index < roots_.size() ? roots_[index].get() : nullptr;
  if (root == nullptr) return;
  root->options.watch = false;
  for (std::uint32_t i = 0; i < tree_.slots(); ++i) {
    Directory* directory = tree_.at(i);
    if (directory != nullptr && directory->root == index && !directory->dying) uncover(*directory);
  }
}

void Reconciler::resume(std::uint32_t index, Instant now) {
  Root* root = index < roots_.size() ? roots_[index].get() : nullptr;
  if (root == nullptr || root->options.watch) return;
  root->options.watch = true;
  root->guard_due = now;
  rearm_all(*root);
}

}  // namespace pawl
