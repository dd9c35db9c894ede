#include "core/task/task_ledger.h"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace pawl {

SourceIndex TaskLedger::add_source(std::string name) {
  sources_.push_back({std::move(name), {}});
  return static_cast<SourceIndex>(sources_.size() - 1);
}

KnownTask* TaskLedger::find_known(const TaskKey& key) {
  return sources_[key.source].paths.find(key.path);
}

const KnownTask* TaskLedger::find(const TaskKey& key) const {
  return sources_[key.source].paths.find(key.path);
}

std::string TaskLedger::known_above(SourceIndex source, std::string_view path) const {
  const KnownPaths& paths = sources_[source].paths;
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string_view above = path.substr(0, end);
    if (paths.find(above) != nullptr) return std::string(above);
    if (end == std::string_view::npos) return {};
  }
}

bool TaskLedger::knows_below(SourceIndex source, std::string_view path) const {
  const KnownPaths& paths = sources_[source].paths;
  const std::string prefix = std::string(path) + '/';
  const auto at = paths.lower_bound(prefix);
  return at != paths.end() && at->path().starts_with(prefix);
}

std::vector<std::string> TaskLedger::known_around(SourceIndex source, std::string_view path) const {
  const KnownPaths& paths = sources_[source].paths;
  std::vector<std::string> around;
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string_view above = path.substr(0, end);
    if (paths.find(above) != nullptr) around.emplace_back(above);
    if (end == std::string_view::npos) break;
  }
  const std::string prefix = std::string(path) + '/';
  for (auto at = paths.lower_bound(prefix); at != paths.end() && at->path().starts_with(prefix);
       ++at) {
    around.emplace_back(at->path());
  }
  return around;
}

TaskIdentity* TaskLedger::find_identity(const Name& name) {
  const auto at = identities_.find(name);
  // Only the name counts for the set, and that stays.
  if (at != identities_.end()) return const_cast<TaskIdentity*>(&*at);
  KnownTask* alone = alone_.find(name);
  return alone == nullptr ? nullptr : &expand(*alone);
}

TaskIdentity& TaskLedger::identity_of(const TaskPtr& task) {
  if (TaskIdentity* identity = find_identity(name_of(*task))) return *identity;
  return const_cast<TaskIdentity&>(*identities_.insert(Identity{.named = task}).first);
}

TaskIdentity& TaskLedger::expand(KnownTask& known) {
  alone_.erase(known);
  known.alone = false;
  Identity made{.named = known.task, .told_source = known.source};
  made.claims.push_back(&known);
  const bool told = known.told != KnownTask::Told::kNothing;
  if (told) made.told = known.task;
  auto& identity = const_cast<TaskIdentity&>(*identities_.insert(std::move(made)).first);
  if (!told) touch(identity);
  return identity;
}

void TaskLedger::collapse(const Task& named) {
  const auto at = identities_.find(name_of(named));
  if (at == identities_.end() || at->touched || at->told_faulty || at->claims.size() != 1) return;
  KnownTask& known = *at->claims.front();
  if (at->told != known.task || at->told_source != known.source) return;
  identities_.erase(at);
  known.alone = true;
  alone_.insert(known);
}

void TaskLedger::touch(Identity& identity) {
  if (!std::exchange(identity.touched, true)) touched_.push_back(identity.named);
}

// In the order in which they were touched.
std::vector<TaskPtr> TaskLedger::take_touched() {
  std::vector<TaskPtr> names = std::exchange(touched_, {});
  for (const TaskPtr& name : names)
    if (Identity* identity = find_identity(name_of(*name))) identity->touched = false;
  return names;
}

void TaskLedger::claim(KnownTask& known, TaskPtr task) {
  const bool same = known.claims && known.task->same_identity(*task);
  if (!same) leave(known);
  Identity& identity = identity_of(task);
  known.task = std::move(task);
  identity.named = known.task;
  if (!same) {
    const auto at = std::find_if(
        identity.claims.begin(), identity.claims.end(), [&](const KnownTask* other) {
          return std::pair(known.source, known.path()) < std::pair(other->source, other->path());
        });
    identity.claims.insert(at, &known);
    known.claims = true;
  }
  touch(identity);
}

// Gives up its claim, if it has one.
void TaskLedger::leave(KnownTask& known) {
  if (!known.claims) return;
  Identity& identity = identity_of(known.task);
  std::erase(identity.claims, &known);
  known.claims = false;
  known.restored = false;
  touch(identity);
}

// And forgets what it held.
void TaskLedger::unclaim(KnownTask& known) {
  if (known.task == nullptr) return;
  leave(known);
  if (!known.fault) known.fault = std::make_unique<Fault>();
  known.fault->path = known.task->path();
  known.task = nullptr;
}

void TaskLedger::put_valid(const TaskKey& key, TaskPtr task,
                           std::shared_ptr<const TaskContent> content, std::uint64_t stamp_digest) {
  assert(task->path() == key.path);
  KnownTask* known = find_known(key);
  if (known == nullptr) {
    auto fresh = std::make_unique<KnownTask>();
    fresh->source = key.source;
    fresh->task = task;
    known = &sources_[key.source].paths.insert(std::move(fresh));
  }
  known->valid = true;
  known->news = false;
  known->unfetched = false;
  known->stamp_digest = stamp_digest;
  if (content) {
    contents_[known] = std::move(content);
  } else {
    contents_.erase(known);
  }
  claim(*known, std::move(task));
}

void TaskLedger::put_invalid(const TaskKey& key, std::vector<Diagnostic> errors,
                             std::string checksum, std::uint64_t stamp_digest) {
  KnownTask* known = find_known(key);
  const bool same = known != nullptr && !known->valid && known->fault &&
                    known->fault->errors == errors && known->fault->checksum == checksum;
  auto fault =
      std::make_unique<Fault>(Fault{std::move(errors), std::move(checksum), {}, key.path});
  if (known == nullptr) {
    auto fresh = std::make_unique<KnownTask>();
    fresh->source = key.source;
    fresh->fault = std::move(fault);
    known = &sources_[key.source].paths.insert(std::move(fresh));
  }
  known->stamp_digest = stamp_digest;
  if (same) return;
  if (fault) known->fault = std::move(fault);
  known->valid = false;
  known->news = true;
  contents_.erase(known);
  faulty_.insert(key);
  if (!known->task) return;
  // Only a version that is being served is kept.
  Identity& identity = identity_of(known->task);
  if (serves(identity, *known)) {
    touch(identity);
  } else {
    unclaim(*known);
  }
}

void TaskLedger::put_unchanged(const TaskKey& key, std::uint64_t stamp_digest) {
  KnownTask* known = find_known(key);
  assert(known != nullptr);
  known->stamp_digest = stamp_digest;
}

void TaskLedger::distrust(const TaskKey& key) {
  if (KnownTask* known = find_known(key)) known->stamp_digest = 0;
}

void TaskLedger::restore(const TaskKey& key, TaskPtr task, bool valid,
                         std::vector<Diagnostic> errors, std::uint64_t stamp_digest) {
  assert(!task || task->path() == key.path);
  KnownPaths& paths = sources_[key.source].paths;
  const std::size_t count = paths.size();
  auto fresh = std::make_unique<KnownTask>();
  fresh->source = key.source;
  fresh->task = task;
  if (!task) fresh->fault = std::make_unique<Fault>(Fault{{}, {}, {}, key.path});
  KnownTask& known = paths.insert(std::move(fresh));
  const bool is_new = paths.size() != count;
  if (!is_new) {
    // The path held another identity before, and the end came before it was told what became of
    // that. Of the two, the one that was made later is there now; so is what serves nothing, for
    // whoever comes to serve loses that.
    const TaskPtr before = known.task;
    if (task ? before && before->same_identity(*task) : !before) return;
    if (before) {
      Identity& identity = identity_of(before);
      unclaim(known);
      identity.told = before;
      identity.told_source = key.source;
      for (KnownTask* one : identity.claims) one->restored = false;
    }
  }
  known.valid = valid && task != nullptr;
  // Of two rows with one path, both were given the stamps of the one that was there.
  known.stamp_digest = is_new ? stamp_digest : 0;
  if (!known.valid) {
    known.news = true;
    known.fault = std::make_unique<Fault>(Fault{std::move(errors), {}, {}, key.path});
    faulty_.insert(key);
  }
  if (!task) return;
  const Name name = name_of(*task);
  if (is_new && known.valid && !identities_.contains(name) && alone_.find(name) == nullptr) {
    // So it nearly always is. An identity made for it, to go again when it is told, would leave a hole
    // beside each of them in the heap.
    known.restored = true;
    known.claims = true;
    known.alone = true;
    return alone_.insert(known);
  }
  claim(known, std::move(task));
  const std::vector<KnownTask*>& claims = identity_of(known.task).claims;
  if (std::none_of(claims.begin(), claims.end(), [](const KnownTask* one) { return one->restored; }))
    known.restored = true;
}

void TaskLedger::erase(const TaskKey& key) {
  KnownTask* known = find_known(key);
  if (known == nullptr) return;
  // An invalid path that serves is told gone with the identity that it serves.
  const bool serving = known->task && serves(identity_of(known->task), *known);
  if (known->told == KnownTask::Told::kInvalid && serving) {
    identity_of(known->task).told_faulty = true;
  } else if (known->told == KnownTask::Told::kDuplicate ||
             known->told == KnownTask::Told::kInvalid) {
    gone_.insert(key);
  }
  leave(*known);
  faulty_.erase(key);
  contents_.erase(known);
  sources_[key.source].paths.erase(key.path);
}

bool TaskLedger::has_news() const {
  return !touched_.empty() || !faulty_.empty() || !gone_.empty();
}

Instant TaskLedger::next_deadline() const {
  Instant next = kNever;
  for (const auto& [name, until] : vacant_) next = std::min(next, until);
  return next;
}

void TaskLedger::hurry() {
  for (auto& [name, until] : vacant_) until = Instant::min();
}

}  // namespace pawl
