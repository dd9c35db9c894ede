#include "backends/recursive_backend.h"

#include <algorithm>
#include <utility>

#include "backends/fs_path.h"
#include "backends/watch_error.h"

namespace pawl {
namespace {

constexpr std::uint64_t kRetryMinMs = 100;
constexpr std::uint64_t kRetryMaxMs = 10'000;

// Which directory `path` is now: of a handle, the one that it is of, wherever that is moved.
std::pair<std::uint64_t, std::uint64_t> identity_of(const std::string& path) {
  uv_fs_t request;
  std::pair<std::uint64_t, std::uint64_t> identity;
  if (uv_fs_stat(nullptr, &request, path.c_str(), nullptr) == 0)
    identity = {request.statbuf.st_dev, request.statbuf.st_ino};
  uv_fs_req_cleanup(&request);
  return identity;
}

// Leads elsewhere than to what is below the directory around it.
bool leads_away(const std::string& path) {
  uv_fs_t request;
  const bool known = uv_fs_lstat(nullptr, &request, watched_path(path).c_str(), nullptr) == 0;
  const bool link = known && (request.statbuf.st_mode & S_IFMT) == S_IFLNK;
  uv_fs_req_cleanup(&request);
  return link;
}

}  // namespace

struct RecursiveBackend::Tree {
  RecursiveBackend* backend = nullptr;
  std::string root;  // without a slash at the end, so "" for "/"
  std::pair<std::uint64_t, std::uint64_t> identity;  // of what stood there when the handle was started
  RecursiveWatch watch;
  Handle<uv_fs_event_t, Tree> handle;  // none: it has failed, and is to be started anew
  Handle<uv_timer_t, Tree> retry;
  std::uint64_t retry_ms = kRetryMinMs;

  std::string watched() const { return watched_path(root.find('/') == std::string::npos ? root + "/" : root); }
  bool holds(const std::string& path) const {
    return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
  }
};

RecursiveBackend::RecursiveBackend(uv_loop_t* loop, HintSink& sink, RecursiveOptions options)
    : loop_(loop), sink_(sink), options_(options), deaf_(this) {
  uv_timer_init(loop, deaf_.get());
}

RecursiveBackend::~RecursiveBackend() = default;

RecursiveBackend::Tree* RecursiveBackend::tree_around(const std::string& path) const {
  Tree* found = nullptr;
  for (const std::unique_ptr<Tree>& tree : trees_)
    if (tree->holds(path) && (found == nullptr || tree->root.size() > found->root.size()))
      found = tree.get();
  return found;
}

int RecursiveBackend::start(Tree& tree) {
  const std::string path = tree.watched();
  // First: one that takes its place after this is another than this.
  const auto identity = identity_of(path);
  auto handle = Handle<uv_fs_event_t, Tree>(&tree);
  uv_fs_event_init(loop_, handle.get());
  if (const int error = uv_fs_event_start(handle.get(), on_event, path.c_str(), UV_FS_EVENT_RECURSIVE))
    return error;
  tree.identity = identity;
  tree.handle = std::move(handle);
  deafened();
  return 0;
}

Status RecursiveBackend::watch(DirectoryId directory, const std::string& path) {
  // Where a root or a link leads is asked for by "/." at its end, and is no other place in the tree.
  std::string root = path.ends_with("/.") ? path.substr(0, path.size() - 2) : path;
  while (root.ends_with('/')) root.pop_back();
  Tree* tree = tree_around(root);
  if (tree != nullptr && tree->root != root && leads_away(root)) tree = nullptr;
  if (tree == nullptr) {
    auto fresh = std::make_unique<Tree>();
    fresh->backend = this;
    fresh->root = root;
    if (const int error = start(*fresh)) return Status(watch_error(error), "watch", path, {}, watch_errno(error));
    tree = trees_.emplace_back(std::move(fresh)).get();
  } else if (!tree->handle || (tree->root == root && tree->identity != identity_of(tree->watched()))) {
    if (const int error = start(*tree)) return Status(watch_error(error), "watch", path, {}, watch_errno(error));
    tree->retry.reset();
  }
  tree->watch.add(root.size() == tree->root.size() ? std::string() : root.substr(tree->root.size() + 1),
                  directory);
  return {};
}

void RecursiveBackend::unwatch(DirectoryId directory) {
  for (auto tree = trees_.begin(); tree != trees_.end(); ++tree) {
    if (!(*tree)->watch.remove(directory)) continue;
    if (!(*tree)->watch.empty()) return;
    trees_.erase(tree);
    if (!trees_.empty()) deafened();
    return;
  }
}

void RecursiveBackend::on_event(uv_fs_event_t* handle, const char* name, int events, int status) {
  Tree* tree = Handle<uv_fs_event_t, Tree>::owner_of(handle);
  if (tree == nullptr) return;
  RecursiveBackend& self = *tree->backend;
  RawEvent event{.renamed = (events & UV_RENAME) != 0, .status = status};
  if (name != nullptr) event.name = name;
  self.hints_.clear();
  if (!tree->watch.translate(event, self.options_.names, self.hints_)) self.sink_.suspect();
  // The sink looks later, so that nothing is watched or unwatched meanwhile.
  for (const RecursiveWatch::Hint& hint : self.hints_)
    self.sink_.hint(hint.directory, hint.name, hint.kind, Via::kNative);
  if (status < 0) self.failed(*tree);
}

void RecursiveBackend::failed(Tree& tree) {
  tree.handle.reset();
  if (!tree.retry) {
    tree.retry = Handle<uv_timer_t, Tree>(&tree);
    uv_timer_init(loop_, tree.retry.get());
  }
  uv_timer_start(
      tree.retry.get(),
      [](uv_timer_t* timer) {
        Tree* again = Handle<uv_timer_t, Tree>::owner_of(timer);
        if (again == nullptr) return;
        RecursiveBackend& self = *again->backend;
        if (self.start(*again) != 0) return self.failed(*again);
        again->retry_ms = kRetryMinMs;
        self.sink_.suspect();
      },
      tree.retry_ms, 0);
  tree.retry_ms = std::min(2 * tree.retry_ms, kRetryMaxMs);
}

void RecursiveBackend::deafened() {
  if (!options_.deaf_ms) return;
  uv_timer_start(
      deaf_.get(),
      [](uv_timer_t* timer) {
        if (RecursiveBackend* self = Handle<uv_timer_t, RecursiveBackend>::owner_of(timer))
          self->sink_.suspect();
      },
      *options_.deaf_ms, 0);
}

}  // namespace pawl
