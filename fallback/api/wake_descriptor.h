// A descriptor that is readable while there is something to see to.
#pragma once

#include <pawl/error.h>

namespace pawl::watch {

// Threading: any number of threads, but raise() and clear() one at a time.
class WakeDescriptor {
 public:
  WakeDescriptor() = default;
  ~WakeDescriptor();
  WakeDescriptor(const WakeDescriptor&) = delete;

  // kInstanceLimit: there are no more descriptors.
  Error open();
  // -1 where there is none.
  int get() const { return ends_[0]; }
  void raise();
  void clear();

 private:
  int ends_[2] = {-1, -1};
  bool raised_ = false;
};

}  // namespace pawl::watch
