// Ownership of a libuv handle. uv_close is asynchronous: the memory must outlive it, though the
// owner may be gone, or be going in the very callback.
#pragma once

#include <uv.h>

#include <utility>

namespace pawl {

struct NothingMore {};

// A handle on the heap that knows its owner. The owner holds it by this class; when that is
// destroyed, or reset, the handle is closed and no callback reaches the owner any more. The memory
// is freed on the loop's next turn, so the loop must run once more before uv_loop_close.
// `More` lies beside the handle: for an owner of very many.
//
// Threading: the loop thread.
template <class Uv, class Owner, class More = NothingMore>
class Handle {
 public:
  struct Box {
    Uv uv;
    Owner* owner;
    [[no_unique_address]] More more;
  };

  Handle() = default;
  explicit Handle(Owner* owner, More more = {}) : box_(new Box{{}, owner, std::move(more)}) {
    box_->uv.data = box_;
  }
  Handle(Handle&& other) noexcept : box_(other.release()) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      reset();
      box_ = other.release();
    }
    return *this;
  }
  ~Handle() { reset(); }

  Uv* get() const { return box_ == nullptr ? nullptr : &box_->uv; }
  explicit operator bool() const { return box_ != nullptr; }

  // Closes it. REQUIRES: its uv_…_init has succeeded, if there is one.
  void reset() {
    if (box_ == nullptr) return;
    box_->owner = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&box_->uv),
             [](uv_handle_t* handle) { delete static_cast<Box*>(handle->data); });
    box_ = nullptr;
  }

  // Frees it without closing it. REQUIRES: its uv_…_init has failed.
  void abandon() { delete release(); }

  // In a callback: the owner, or null if it has gone.
  static Owner* owner_of(const Uv* uv) { return static_cast<Box*>(uv->data)->owner; }
  static const More& more_of(const Uv* uv) { return static_cast<Box*>(uv->data)->more; }

 private:
  Box* release() {
    Box* box = box_;
    box_ = nullptr;
    return box;
  }

  Box* box_ = nullptr;
};

}  // namespace pawl
