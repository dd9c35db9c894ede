#include "tests/fallback/watch_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "backends/file_system.h"
#include "backends/handle.h"

namespace pawl {
namespace {

FileSystem& files() {
  static const std::unique_ptr<FileSystem> files = make_file_system();
  return *files;
}

KnownPath known_path(const Stamp& stamp) {
  return {stamp.type, stamp.type == FileType::kDirectory ? 0 : stamp.inode};
}

void read_into(const std::string& path, KnownPaths& paths) {
  Stamp self;
  std::vector<DirectoryEntry> entries;
  if (!files().list(path, {}, self, entries).ok()) return;
  for (const DirectoryEntry& entry : entries) {
    const std::string below = path + "/" + entry.name;
    paths[below] = known_path(entry.stamp);
    if (entry.stamp.type == FileType::kDirectory) read_into(below, paths);
  }
}

// Ticks keep the loop from waiting for ever, and are when conditions are looked at.
class Ticks {
 public:
  explicit Ticks(uv_loop_t* loop) : timer_(this) {
    uv_timer_init(loop, timer_.get());
    uv_timer_start(
        timer_.get(),
        [](uv_timer_t* timer) {
          if (Ticks* self = Handle<uv_timer_t, Ticks>::owner_of(timer)) self->ticked_ = true;
        },
        kTickMs, kTickMs);
  }
  bool take() { return std::exchange(ticked_, false); }

 private:
  static constexpr std::uint64_t kTickMs = 5;
  Handle<uv_timer_t, Ticks> timer_;
  bool ticked_ = true;
};

int patience() {
  const char* text = std::getenv("PAWL_TEST_PATIENCE");
  return text == nullptr ? 1 : std::max(std::atoi(text), 1);
}

}  // namespace

KnownPaths read_disk(const std::string& path) {
  KnownPaths paths;
  read_into(path, paths);
  return paths;
}

std::string difference(const KnownPaths& seen, const KnownPaths& disk) {
  std::string text;
  int left = 5;
  const auto tell = [&](const char* what, const std::string& path) {
    if (left-- > 0) text += std::string(what) + path.substr(0, 300) + "\n";
  };
  for (const auto& [path, what] : disk) {
    const auto found = seen.find(path);
    if (found == seen.end()) {
      tell("not seen: ", path);
    } else if (!(found->second == what)) {
      tell("seen as another: ", path);
    }
  }
  for (const auto& [path, what] : seen)
    if (!disk.contains(path)) tell("seen and not there: ", path);
  return text;
}

WatcherOptions Watching::quick() {
  WatcherOptions options;
  options.native_retry_min = milliseconds(50);
  options.reconciler.sweep_share = 0.5;
  options.reconciler.background_share = 0.1;
  options.reconciler.background_pass_min = seconds(2);
  options.reconciler.root_interval = milliseconds(100);
  options.reconciler.rescan_pause_min = milliseconds(100);
  options.reconciler.rescan_pause_max = seconds(1);
  return options;
}

RootOptions Watching::root(const std::string& path, BackendChoice backend) {
  RootOptions options;
  options.path = path;
  options.backend = backend;
  options.poll_interval = milliseconds(50);
  return options;
}

Watching::Watching(WatcherOptions options) {
  uv_loop_init(&loop_);
  watcher_ = std::make_unique<Watcher>(&loop_, std::move(options),
                                       [this](WatchBatch batch) { take(std::move(batch)); });
}

Watching::~Watching() {
  (void)stop();
  uv_run(&loop_, UV_RUN_DEFAULT);
  EXPECT_EQ(uv_loop_close(&loop_), 0);
  EXPECT_EQ(illegal_, "");
}

Duration Watching::stop() {
  const Instant before = monotonic_now();
  watcher_.reset();
  return monotonic_now() - before;
}

std::uint32_t Watching::add(RootOptions root) {
  roots_.push_back(root.path);
  return watcher_->add_root(std::move(root));
}

std::uint32_t Watching::start(RootOptions root) {
  const std::uint32_t index = add(std::move(root));
  EXPECT_TRUE(run_until([&] { return watcher_->reconciler().ready(index); })) << "never ready";
  return index;
}

bool Watching::run_until(const std::function<bool()>& condition, Duration limit) {
  return run_by(condition, monotonic_now() + limit * patience());
}

bool Watching::run_by(const std::function<bool()>& condition, Instant deadline) {
  Ticks ticks(&loop_);
  while (true) {
    if (ticks.take()) {
      if (condition()) return true;
      if (monotonic_now() > deadline) return false;
    }
    uv_run(&loop_, UV_RUN_ONCE);
  }
}

void Watching::run_for(Duration time) {
  (void)run_by([] { return false; }, monotonic_now() + time);
}

bool Watching::settles(std::uint32_t root, Duration limit) {
  const std::string path = roots_.at(root);
  const auto equal = [&] {
    const Directory* directory = watcher_->reconciler().root_directory(root);
    return known_.contains(root) && stamps_equal(*directory) &&
           difference(known_[root], read_disk(path)).empty();
  };
  if (run_until(equal, limit)) return true;
  ADD_FAILURE() << "not equal to the disk:\n"
                << difference(known_[root], read_disk(path)) << (illegal_.empty() ? "" : illegal_);
  return false;
}

// What the tree holds is what the disk says, so that no write to a file was missed either.
bool Watching::stamps_equal(const Directory& directory) const {
  const Tree& tree = watcher_->reconciler().tree();
  const std::string path = tree.path(directory) + (directory.is_root() ? "/." : "");
  std::vector<std::string_view> names;
  for (const Entry& entry : directory.entries) names.push_back(entry.name());
  Stamp self;
  std::vector<Looked> looked;
  if (!files().look(path, names, self, looked).ok()) return directory.entries.empty();
  for (std::size_t i = 0; i < looked.size(); ++i) {
    const Entry& entry = directory.entries[i];
    const Directory* child = tree.find(entry.child());
    if (child != nullptr) {
      if (!child->dying && !child->link && !stamps_equal(*child)) return false;
    } else if (looked[i].os_error != 0 ||
               (entry.type() != FileType::kDirectory &&
                !entry.stamp(looked[i].stamp.device).same_content(looked[i].stamp))) {
      return false;
    }
  }
  return true;
}

bool Watching::knows(const std::string& path, std::uint32_t root) const {
  const auto found = known_.find(root);
  return found != known_.end() && found->second.contains(path);
}

std::uint64_t Watching::count(ChangeKind kind, const std::string& path) const {
  const auto found = counts_.find({kind, path});
  return found == counts_.end() ? 0 : found->second;
}

std::uint64_t Watching::count(ChangeKind kind) const {
  const auto found = totals_.find(kind);
  return found == totals_.end() ? 0 : found->second;
}

std::uint64_t Watching::directories(Mode mode) const {
  return watcher_->metrics().directories[static_cast<std::size_t>(mode)];
}

std::uint64_t Watching::rescans(RescanReason reason) const {
  std::uint64_t count = 0;
  for (const Notice& notice : notices_)
    if (const auto* rescan = std::get_if<RescanNotice>(&notice)) count += rescan->reason == reason;
  return count;
}

std::uint64_t Watching::coverage(Mode mode, Reason reason) const {
  std::uint64_t count = 0;
  for (const Notice& notice : notices_)
    if (const auto* told = std::get_if<CoverageNotice>(&notice))
      count += told->coverage.mode == mode && told->coverage.reason == reason;
  return count;
}

std::uint64_t Watching::unavailable() const {
  std::uint64_t count = 0;
  for (const Notice& notice : notices_)
    if (const auto* told = std::get_if<RootNotice>(&notice)) count += told->available ? 0 : 1;
  return count;
}

void Watching::take(WatchBatch batch) {
  for (const Change& change : batch.changes) apply(change);
  for (Notice& notice : batch.notices) {
    if (const auto* ready = std::get_if<ReadyNotice>(&notice)) remember_tree(ready->root);
    notices_.push_back(std::move(notice));
  }
}

// The first look at a root is told as a whole, by `ready`.
void Watching::remember_tree(std::uint32_t root) {
  const Tree& tree = watcher_->reconciler().tree();
  KnownPaths& known = known_[root];
  for (std::uint32_t i = 0; i < tree.slots(); ++i) {
    const Directory* directory = tree.at(i);
    if (directory == nullptr || directory->root != root || directory->dying) continue;
    for (const Entry& entry : directory->entries)
      known[tree.path(*directory) + "/" + std::string(entry.name())] =
          known_path(entry.stamp(directory->self.device));
  }
}

bool Watching::has_children(const KnownPaths& known, const std::string& path) const {
  const auto next = known.upper_bound(path + "/");
  return next != known.end() && next->first.starts_with(path + "/");
}

void Watching::apply(const Change& change) {
  ++counts_[{change.kind, change.path}];
  ++totals_[change.kind];
  const auto wrong = [&](const char* what) {
    if (illegal_.size() < 1000)
      illegal_ += std::string(kind_name(change.kind)) + " " + change.path.substr(0, 300) + ": " +
                  what + "\n";
  };
  KnownPaths& known = known_[change.root];
  const auto found = known.find(change.path);
  if (change.kind == ChangeKind::kCreated) {
    if (found != known.end()) wrong("it was there");
    const std::string parent = change.path.substr(0, change.path.rfind('/'));
    const auto above = known.find(parent);
    if (parent != roots_.at(change.root) &&
        (above == known.end() || above->second.type != FileType::kDirectory))
      wrong("in what is no directory");
    known[change.path] = {change.type, change.type == FileType::kDirectory ? 0 : change.inode};
    return;
  }
  if (found == known.end()) return wrong("it was not there");
  if (found->second.type != change.type) wrong("it was of another type");
  if (change.kind == ChangeKind::kRemoved) {
    if (has_children(known, change.path)) wrong("with something still in it");
    known.erase(found);
  } else if (change.type != FileType::kDirectory) {
    found->second.inode = change.inode;
  }
}

}  // namespace pawl
