#include "fallback/snapshot_file.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "backends/file_system.h"

namespace pawl {
namespace {

// About the granularity of timestamps: a shorter wait would find them no older.
constexpr std::uint64_t kSettleTickMs = 25;
constexpr std::uint64_t kHashMax = std::uint64_t{8} << 20;  // as a look reads at most

std::string path_of(const RootSnapshot& root, std::size_t directory) {
  std::string path;
  for (std::size_t at = directory; at != 0; at = root.directories[at].parent)
    path.insert(0, root.directories[at].name).insert(0, 1, '/');
  return (root.path == "/" ? "" : root.path) + path;
}

// Of files that were not at rest, what is in them.
void fill_contents(FileSystem& files, RootSnapshot& root) {
  for (std::size_t i = 0; i < root.directories.size(); ++i) {
    for (SnapshotEntry& entry : root.directories[i].entries) {
      if (!entry.unsettled || entry.stamp.type != FileType::kFile) continue;
      ReadOptions options;
      options.size_max = kHashMax;
      Result<FileContent> content = files.read(path_of(root, i) + "/.", entry.name, options);
      if (content.ok()) entry.content = content_hash(content->bytes);
    }
  }
}

}  // namespace

// What the thread and its owner have in common.
struct SnapshotSave::Shared {
  std::mutex mutex;
  uv_async_t* async = nullptr;   // guarded by mutex, as what follows; null: nobody waits any more
  std::optional<Status> result;
};

const RootSnapshot* find_snapshot(const std::vector<RootSnapshot>& roots, const std::string& path) {
  const auto at = std::find_if(roots.begin(), roots.end(),
                               [&](const RootSnapshot& root) { return root.path == path; });
  return at == roots.end() ? nullptr : &*at;
}

SnapshotSave::SnapshotSave(uv_loop_t* loop, Watcher& watcher, std::string file, Duration settle_max,
                           std::function<void(Status)> done)
    : watcher_(watcher),
      file_(std::move(file)),
      settle_by_(monotonic_now() + settle_max),
      done_(std::move(done)),
      shared_(std::make_shared<Shared>()),
      timer_(this),
      async_(this) {
  uv_timer_init(loop, timer_.get());
  uv_async_init(loop, async_.get(), [](uv_async_t* handle) {
    SnapshotSave* self = Handle<uv_async_t, SnapshotSave>::owner_of(handle);
    if (self == nullptr) return;
    std::unique_lock lock(self->shared_->mutex);
    Status status = self->shared_->result.value_or(Status());
    lock.unlock();
    self->finish(std::move(status));
  });
  shared_->async = async_.get();
  uv_timer_start(
      timer_.get(),
      [](uv_timer_t* handle) {
        if (auto* self = Handle<uv_timer_t, SnapshotSave>::owner_of(handle)) self->look();
      },
      0, kSettleTickMs);
}

SnapshotSave::~SnapshotSave() {
  const std::lock_guard lock(shared_->mutex);
  shared_->async = nullptr;
}

void SnapshotSave::look() {
  const Reconciler& reconciler = watcher_.reconciler();
  for (std::uint32_t root = 0; root < reconciler.roots(); ++root) {
    const Directory* directory = reconciler.root_directory(root);
    if (directory == nullptr || reconciler.ready(root)) continue;
    return finish(Status(Code::kBusy, "save a snapshot of", std::string(directory->name()), "it is not ready"));
  }
  // First the hints that the kernel still holds have to come in, so never in the first turn.
  const bool settled = watcher_.settle();
  if (std::exchange(settled_, settled) && settled) return write();
  if (monotonic_now() >= settle_by_) write();
}

void SnapshotSave::write() {
  uv_timer_stop(timer_.get());
  try {
    std::thread([shared = shared_, roots = watcher_.reconciler().snapshot(), file = file_]() mutable {
      const std::unique_ptr<FileSystem> files = make_file_system();
      for (RootSnapshot& root : roots) fill_contents(*files, root);
      Status status = replace_file(file, encode_snapshot(roots));
      const std::lock_guard lock(shared->mutex);
      shared->result = std::move(status);
      if (shared->async != nullptr) uv_async_send(shared->async);
    }).detach();
  } catch (const std::system_error& error) {
    finish(Status::from_errno(error.code().value(), "start a thread to save", file_));
  }
}

void SnapshotSave::finish(Status status) {
  uv_timer_stop(timer_.get());
  const std::function<void(Status)> done = std::move(done_);
  done(std::move(status));
}

}  // namespace pawl
