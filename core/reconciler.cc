#include "core/reconciler.h"

#include <algorithm>

namespace pawl {
namespace {

// Pending names of a directory, beyond as many as it has entries, after which looking at the whole
// directory is the cheaper way: what keeps pending work bounded by what is watched. And so many that
// a look at them is still asked for in one go.
constexpr std::size_t kPendingNamesMin = 4096;
constexpr std::size_t kPendingNamesMax = 32768;
// Looks of one step that may be performed at once.
constexpr std::size_t kAtOnceMax = 4;

}  // namespace

Reconciler::Reconciler(Coverer& coverer, ReconcilerOptions options)
    : coverer_(coverer), options_(options) {}

Reconciler::~Reconciler() {
  for (std::uint32_t i = 0; i < tree_.slots(); ++i)
    if (tree_.at(i) != nullptr) coverer_.uncover(tree_.at(i)->id);
}

std::uint32_t Reconciler::add_root(RootOptions options, Instant now) {
  const auto index = static_cast<std::uint32_t>(roots_.size());
  auto root = std::make_unique<Root>();
  Directory& directory = tree_.add({}, index, options.path);
  // A lane of its own until its device is known: looking at it may hang.
  directory.lane = static_cast<std::uint32_t>(lanes_.size());
  lanes_.push_back(Lane{.index = directory.lane});
  root->directory = directory.id;
  root->counts.directories = 1;
  root->identity = std::make_shared<RootIdentity>(RootIdentity{options.path, 0, 0});
  root->unready = 1;
  root->guard_due = now;
  root->options = std::move(options);
  roots_.push_back(std::move(root));
  return index;
}

void Reconciler::remove_root(std::uint32_t root) {
  if (root >= roots_.size() || !roots_[root]) return;
  for (std::uint32_t i = 0; i < tree_.slots(); ++i) {
    Directory* directory = tree_.at(i);
    if (directory == nullptr || directory->root != root) continue;
    coverer_.uncover(directory->id);
    tree_.remove(directory->id);
  }
  std::erase_if(content_, [&](const auto& known) { return tree_.find(known.first.first) == nullptr; });
  std::erase_if(dying_, [&](const Dying& d) { return tree_.find(d.directory) == nullptr; });
  roots_[root].reset();
}

void Reconciler::rescan(std::uint32_t root) {
  if (root < roots_.size() && roots_[root]) roots_[root]->rescan_asked = true;
}

const Directory* Reconciler::root_directory(std::uint32_t root) const {
  return root < roots_.size() && roots_[root] ? tree_.find(roots_[root]->directory) : nullptr;
}

Mode Reconciler::mode_of(const Directory& directory) const {
  return lanes_[directory.lane].hung ? Mode::kUnreachable : directory.coverage.mode;
}

Coverage Reconciler::coverage_of(const Directory& directory) const {
  if (lanes_[directory.lane].hung) return Coverage{Mode::kUnreachable, Reason::kNoAnswer, 0};
  return directory.coverage;
}

Metrics Reconciler::metrics() const {
  Metrics metrics = metrics_;
  for (const Lane& lane : lanes_) {
    metrics.looks_in_flight += lane.in_flight;
    metrics.looks_queued += lane.urgent.size() + lane.fresh.size() + lane.sweep.size();
  }
  for (std::uint32_t i = 0; i < roots_.size(); ++i) {
    metrics.poll_interval = std::max(metrics.poll_interval, poll_interval(i));
    const RootCounts root = counts(i);
    metrics.files += root.files();
    for (std::size_t mode = 0; mode < kModes; ++mode) metrics.directories[mode] += root.modes[mode];
  }
  return metrics;
}

RootCounts Reconciler::counts(std::uint32_t root) const {
  if (root >= roots_.size() || !roots_[root]) return {};
  RootCounts counts = roots_[root]->counts;
  if (std::none_of(lanes_.begin(), lanes_.end(), [](const Lane& lane) { return lane.hung; }))
    return counts;
  for (std::uint32_t i = 0; i < tree_.slots(); ++i) {
    const Directory* directory = tree_.at(i);
    if (directory == nullptr || directory->root != root || !lanes_[directory->lane].hung) continue;
    const Mode mode = directory->coverage.mode;
    if (mode != Mode::kNone) --counts.modes[static_cast<std::size_t>(mode)];
    ++counts.modes[static_cast<std::size_t>(Mode::kUnreachable)];
  }
  return counts;
}

Duration Reconciler::poll_interval_wanted(DirectoryId directory) const {
  return root_of_const(*tree_.find(directory)).options.poll_interval;
}

Duration Reconciler::poll_interval(std::uint32_t root) const {
  if (!roots_[root] || roots_[root]->sweep.empty()) return Duration::zero();
  return roots_[root]->sweep.bound(roots_[root]->options.poll_interval, options_.sweep_share);
}

Pending& Reconciler::pending(Directory& directory, Via via) {
  directory.pending.via = std::min(directory.pending.via, via);
  directory.pending.background = false;
  return directory.pending;
}

void Reconciler::enqueue(Directory& directory) {
  if (directory.queued || directory.in_flight || directory.dying) return;
  directory.queued = true;
  Lane& lane = lanes_[directory.lane];
  if (directory.listed) {
    lane.urgent.push_back(directory.id);
  } else {
    lane.fresh.push_back(directory.id);
  }
}

void Reconciler::enqueue_sweep(Directory& directory, Via via) {
  pending(directory, via).verify = true;
  if (directory.queued || directory.sweep_queued || directory.in_flight || directory.dying) return;
  directory.sweep_queued = true;
  lanes_[directory.lane].sweep.push_back(directory.id);
}

void Reconciler::want_list(Directory& directory, Via via) {
  pending(directory, via).list = true;
  enqueue(directory);
}

// The directory is not what it was: its parent knows whether it is still there. A root has none, and
// is looked at itself.
void Reconciler::ask_parent(Directory& directory, Via via) {
  if (directory.is_root()) {
    root_of(directory)->guard_due = now_;
    return;
  }
  Directory& parent = *tree_.find(directory.parent);
  pending(parent, via).names().insert(directory.name());
  enqueue(parent);
}

bool Reconciler::is_pending(const Directory& directory, std::string_view name) const {
  return directory.pending.list || directory.pending.contains(name);
}

void Reconciler::rearm_all(Root& root) {
  for (std::uint32_t i = 0; i < tree_.slots(); ++i) {
    Directory* directory = tree_.at(i);
    if (directory == nullptr || roots_[directory->root].get() != &root || directory->dying) continue;
    directory->rearm = true;
    want_list(*directory, Via::kScan);
  }
}

bool Reconciler::on_hanging_mount(const Directory& parent, const Directory& child) const {
  return child.lane != parent.lane && lanes_[child.lane].mount.may_hang;
}

bool Reconciler::is_self_name(const Directory& directory, std::string_view name) const {
  const std::string_view own = directory.name();
  if (!directory.is_root()) return own == name;
  const std::size_t slash = own.rfind('/');
  return own.substr(slash == std::string_view::npos ? 0 : slash + 1) == name;
}

void Reconciler::hint(DirectoryId id, std::string_view name, HintKind kind, Via via) {
  ++metrics_.hints;
  Directory* directory = tree_.find(id);
  if (directory == nullptr || directory->dying) return;
  if (name.empty()) return want_list(*directory, via);

  if (!unhinted_.empty()) unhinted_.erase({id, std::string(name)});
  Entry* entry = directory->entries.find(name);
  if (entry != nullptr && entry->unsettled && entry->told < kToldMore) ++entry->told;
  if (entry != nullptr && kind == HintKind::kRenamed) {
    // A watch follows the inode, not the path: this one may speak of another place now.
    if (Directory* child = tree_.find(entry->child())) {
      child->rearm = true;
      want_list(*child, via);
    }
  }
  if (name == "." || is_self_name(*directory, name)) {
    // Where a root went, everything in it went too, and what is in its place now may have the same
    // inodes.
    if (kind == HintKind::kRenamed && directory->is_root() && name == ".") {
      rearm_all(*root_of(*directory));
    } else if (kind == HintKind::kRenamed) {
      directory->rearm = true;
      want_list(*directory, via);
    }
    ask_parent(*directory, via);
    if (name == ".") return;
  }

  Pending& pending = this->pending(*directory, via);
  pending.hint(heard_at_);
  if (!pending.list) {
    pending.names().insert(name);
    if (pending.names_size() >
        std::clamp(directory->entries.size(), kPendingNamesMin, kPendingNamesMax)) {
      pending.names().clear();
      pending.list = true;
      ++metrics_.collapsed;
    }
  }
  enqueue(*directory);
}

void Reconciler::suspect() {
  ++metrics_.overflows;
  suspect_ = true;
  // A write that its stamp does not show may have lost its hint.
  for (std::uint32_t i = 0; i < tree_.slots(); ++i) {
    Directory* directory = tree_.at(i);
    if (directory == nullptr || !directory->any_unsettled) continue;
    for (Entry& entry : directory->entries)
      if (entry.unsettled) entry.told = kToldMore;
  }
}

void Reconciler::step(Instant now, WatchEffects& effects) {
  now_ = now;
  work_left_ = options_.step_work_max;
  at_once_left_ = kAtOnceMax;
  keep_watch(now, effects);
  apply_answers(now, effects);
  dispatch(now, effects);
  announce_ready(now, effects);
  effects.more = effects.more || applying_ || !answers_.empty() || !dying_.empty();
}

Instant Reconciler::next_deadline() const {
  Instant next = std::min(background_due_, coverer_.next_deadline());
  if (suspect_) next = std::min(next, rescan_not_before_);
  if (!retries_.empty()) next = std::min(next, retries_.top().first);
  if (!found_.empty()) next = std::min(next, found_.front().at + options_.hint_grace);
  for (const auto& root : roots_) {
    if (!root) continue;
    if (root->rescan_asked || mounts_changed_) return Instant{};
    if (!root->probing && (root->options.watch || !root->ready)) next = std::min(next, root->guard_due);
    if (!root->sweep.empty()) next = std::min(next, root->sweep.due);
  }
  for (const Lane& lane : lanes_)
    if (lane.in_flight > 0 && !lane.hung)
      next = std::min(next, lane.waiting_since + options_.answer_timeout);
  return next;
}

}  // namespace pawl
