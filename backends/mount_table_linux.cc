// /proc/self/mountinfo: read without touching a mount, and poll(2) tells of its changes.
#include "backends/mount_table.h"
#include "backends/posix_open.h"

namespace pawl {

struct MountTable::Source {
  Descriptor table;
  Handle<uv_poll_t, MountTable> poll;  // closed before the descriptor is
};

std::vector<MountPoint> MountTable::read() {
  std::string text;
  if (!source_) return {};
  const int table = source_->table.get();
  if (::lseek(table, 0, SEEK_SET) != 0) return {};
  constexpr std::size_t kPiece = 32 << 10;
  for (std::size_t size = 0;; text.resize(size)) {
    text.resize(size + kPiece);
    const ssize_t got =
        uninterrupted([&] { return ::read(table, text.data() + size, kPiece); });
    if (got <= 0) {
      text.resize(size);
      return parse_mount_table(text);
    }
    size += static_cast<std::size_t>(got);
  }
}

void MountTable::watch(uv_loop_t* loop) {
  auto source = std::make_shared<Source>();
  if (open_at(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC, source->table) != 0) return;
  source_ = source;
  auto timer = Handle<uv_timer_t, MountTable>(this);
  uv_timer_init(loop, timer.get());
  timer_ = std::move(timer);
  uv_unref(reinterpret_cast<uv_handle_t*>(timer_.get()));
  auto poll = Handle<uv_poll_t, MountTable>(this);
  if (uv_poll_init(loop, poll.get(), source->table.get()) != 0) return poll.abandon();
  source->poll = std::move(poll);
  uv_unref(reinterpret_cast<uv_handle_t*>(source->poll.get()));
  // A change is POLLERR | POLLPRI.
  uv_poll_start(source->poll.get(), UV_PRIORITIZED, [](uv_poll_t* handle, int, int) {
    if (MountTable* self = Handle<uv_poll_t, MountTable>::owner_of(handle)) self->wait_for_more();
  });
}

}  // namespace pawl
