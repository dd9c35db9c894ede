#include "core/task/task_ledger.h"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace pawl {
namespace {

std::string identity_name(const Task& task) {
  std::string name = task.uuid;
  name += '\0';
  name += task.version;
  return name;
}

}  // namespace

SourceIndex TaskLedger::add_source(std::string name) {
  sources_.push_back({std::move(name), {}});
  return static_cast<SourceIndex>(sources_.size() - 1);
}

KnownTask* TaskLedger::find_known(const TaskKey& key) {
  Paths& paths = sources_[key.source].paths;
  const auto at = paths.find(key.path);
  return at == paths.end() ? nullptr : &at->second;
}

const KnownTask* TaskLedger::find(const TaskKey& key) const {
  const Paths& paths = sources_[key.source].paths;
  const auto at = paths.find(key.path);
  return at == paths.end() ? nullptr : &at->second;
}

std::string TaskLedger::known_above(SourceIndex source, std::string_view path) const {
  const Paths& paths = sources_[source].paths;
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string_view above = path.substr(0, end);
    if (paths.find(above) != paths.end()) return std::string(above);
    if (end == std::string_view::npos) return {};
  }
}

bool TaskLedger::knows_below(SourceIndex source, std::string_view path) const {
  const Paths& paths = sources_[source].paths;
  const std::string prefix = std::string(path) + '/';
  const auto at = paths.lower_bound(prefix);
  return at != paths.end() && at->first.starts_with(prefix);
}

std::vector<std::string> TaskLedger::known_around(SourceIndex source, std::string_view path) const {
  const Paths& paths = sources_[source].paths;
  std::vector<std::string> around;
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string_view above = path.substr(0, end);
    if (paths.find(above) != paths.end()) around.emplace_back(above);
    if (end == std::string_view::npos) break;
  }
  const std::string prefix = std::string(path) + '/';
  for (auto at = paths.lower_bound(prefix); at != paths.end() && at->first.starts_with(prefix);
       ++at) {
    around.push_back(at->first);
  }
  return around;
}

TaskIdentity& TaskLedger::identity_of(const Task& task) {
  const auto at = identities_.try_emplace(identity_name(task)).first;
  at->second.name = &at->first;
  return at->second;
}

void TaskLedger::touch(Identity& identity) {
  if (!std::exchange(identity.touched, true)) touched_.push_back(*identity.name);
}

// In the order in which they were touched.
std::vector<std::string> TaskLedger::take_touched() {
  std::vector<std::string> names = std::exchange(touched_, {});
  for (const std::string& name : names) {
    const auto at = identities_.find(name);
    if (at != identities_.end()) at->second.touched = false;
  }
  return names;
}

void TaskLedger::claim(SourceIndex source, const std::string& path, KnownTask& known,
                       TaskPtr task) {
  if (!known.task || !known.task->same_identity(*task)) {
    unclaim(known);
    known.identity = &identity_of(*task);
    auto& claims = known.identity->claims;
    const auto at = std::find_if(claims.begin(), claims.end(), [&](const Claim& other) {
      return std::tie(source, path) < std::tie(other.source, *other.path);
    });
    claims.insert(at, Claim{source, &path, &known});
  }
  known.task = std::move(task);
  touch(*known.identity);
}

void TaskLedger::unclaim(KnownTask& known) {
  if (!known.task) return;
  std::erase_if(known.identity->claims,
                [&](const Claim& claim) { return claim.known == &known; });
  touch(*known.identity);
  known.identity = nullptr;
  known.task = nullptr;
}

void TaskLedger::put_valid(const TaskKey& key, TaskPtr task,
                           std::shared_ptr<const TaskContent> content, std::uint64_t stamp_digest) {
  const auto at = sources_[key.source].paths.try_emplace(key.path).first;
  KnownTask& known = at->second;
  known.valid = true;
  known.news = false;
  known.unfetched = false;
  known.stamp_digest = stamp_digest;
  known.content = std::move(content);
  claim(key.source, at->first, known, std::move(task));
}

void TaskLedger::put_invalid(const TaskKey& key, std::vector<Diagnostic> errors,
                             std::string checksum, std::uint64_t stamp_digest) {
  const auto at = sources_[key.source].paths.try_emplace(key.path).first;
  KnownTask& known = at->second;
  const bool same = !known.valid && known.fault && known.fault->errors == errors &&
                    known.fault->checksum == checksum;
  known.stamp_digest = stamp_digest;
  if (same) return;
  known.fault = std::make_unique<Fault>(Fault{std::move(errors), std::move(checksum), {}});
  known.valid = false;
  known.news = true;
  known.content = nullptr;
  faulty_.insert(key);
  if (!known.task) return;
  // Only a version that is being served is kept.
  if (serves(*known.identity, {key.source, &at->first, &known})) {
    touch(*known.identity);
  } else {
    unclaim(known);
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
  Paths& paths = sources_[key.source].paths;
  const std::size_t count = paths.size();
  const auto at = paths.try_emplace(paths.end(), key.path);  // they come in this order
  const bool is_new = paths.size() != count;
  if (!is_new) {
    // The path held another identity before, and the end came before it was told what became of
    // that. Of the two, the one that was made later is there now; so is what serves nothing, for
    // whoever comes to serve loses that.
    const TaskPtr before = at->second.task;
    if (task ? before && before->same_identity(*task) : !before) return;
    if (before) {
      Identity& identity = *at->second.identity;
      unclaim(at->second);
      identity.told = before;
      identity.told_source = key.source;
      identity.restored = nullptr;
    }
  }
  KnownTask& known = at->second;
  known.valid = valid && task != nullptr;
  // Of two rows with one path, both were given the stamps of the one that was there.
  known.stamp_digest = is_new ? stamp_digest : 0;
  if (!known.valid) {
    known.news = true;
    known.fault = std::make_unique<Fault>(Fault{std::move(errors), {}, {}});
    faulty_.insert(key);
  }
  if (!task) return;
  claim(key.source, at->first, known, std::move(task));
  if (known.identity->restored == nullptr) known.identity->restored = &known;
}

void TaskLedger::erase(const TaskKey& key) {
  Paths& paths = sources_[key.source].paths;
  const auto at = paths.find(key.path);
  if (at == paths.end()) return;
  KnownTask& known = at->second;
  // An invalid path that serves is told gone with the identity that it serves.
  const bool serving =
      known.task && serves(*known.identity, {key.source, &at->first, &known});
  if (known.told == KnownTask::Told::kInvalid && serving) {
    known.identity->told_faulty = true;
  } else if (known.told == KnownTask::Told::kDuplicate || known.told == KnownTask::Told::kInvalid) {
    gone_.insert(key);
  }
  unclaim(known);
  faulty_.erase(key);
  paths.erase(at);
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
