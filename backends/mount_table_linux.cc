// /proc/self/mountinfo: read without touching a mount, and poll(2) tells of its changes.
#ifdef __linux__
#include "backends/mount_table.h"

namespace pawl {

std::vector<MountPoint> MountTable::read() {
  std::string text;
  if (!table_.ok() || ::lseek(table_.get(), 0, SEEK_SET) != 0) return {};
  constexpr std::size_t kPiece = 32 << 10;
  for (std::size_t size = 0;; text.resize(size)) {
    text.resize(size + kPiece);
    const ssize_t got =
        uninterrupted([&] { return ::read(table_.get(), text.data() + size, kPiece); });
    if (got > 0) size += static_cast<std::size_t>(got);
    if (got > 0) continue;
    text.resize(size);
    return parse_mount_table(text);
  }
}

void MountTable::watch(uv_loop_t* loop) {
  if (open_at(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC, table_) != 0) return;
  auto timer = Handle<uv_timer_t, MountTable>(this);
  uv_timer_init(loop, timer.get());
  timer_ = std::move(timer);
  uv_unref(reinterpret_cast<uv_handle_t*>(timer_.get()));
  auto poll = Handle<uv_poll_t, MountTable>(this);
  if (uv_poll_init(loop, poll.get(), table_.get()) != 0) return poll.abandon();
  poll_ = std::move(poll);
  uv_unref(reinterpret_cast<uv_handle_t*>(poll_.get()));
  // A change is POLLERR | POLLPRI.
  uv_poll_start(poll_.get(), UV_PRIORITIZED, [](uv_poll_t* handle, int, int) {
    if (MountTable* self = Handle<uv_poll_t, MountTable>::owner_of(handle)) self->wait_for_more();
  });
}

}  // namespace pawl
#endif
