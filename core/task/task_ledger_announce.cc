// The half of TaskLedger that compares what should be served with what was told.
#include <algorithm>
#include <cassert>
#include <tuple>

#include "core/task/task_ledger.h"

namespace pawl {
namespace {

using Told = KnownTask::Told;

// Of one path, a removal comes first: it makes room for what follows.
int rank(const TaskEvent& event) {
  return event.kind == TaskEventKind::kRemoved ? 0 : 1;
}

Diagnostic duplicate_diagnostic(const Task& task, std::string_view other_path) {
  std::string text("duplicate: ");
  text.append(task.path()).append(" has the uuid ").append(task.uuid());
  text.append(" and the version ").append(task.version()).append(" of ").append(other_path);
  text += ", which serves; change one of them";
  return {std::string(task.path()), 0, 0, std::move(text)};
}

}  // namespace

struct TaskLedger::Pass {
  struct Item {
    SourceIndex source;
    TaskEvent event;
  };

  Instant now{};
  const Awaits* awaits = nullptr;
  bool restored = false;  // nothing is fetched, and nothing is awaited
  std::vector<Item> items;
  std::vector<TaskKey> unfetched;
  std::vector<Identity*> left;  // identities to settle in the next pass

  void tell(SourceIndex source, TaskEvent event) {
    event.known_at = now;
    items.push_back({source, std::move(event)});
  }

  Announcement finish() {
    const auto before = [](const Item& a, const Item& b) {
      return std::tuple(rank(a.event), a.source, std::string_view(a.event.path), a.event.kind) <
             std::tuple(rank(b.event), b.source, std::string_view(b.event.path), b.event.kind);
    };
    // What was restored mostly is.
    if (!std::is_sorted(items.begin(), items.end(), before)) {
      std::stable_sort(items.begin(), items.end(), before);
    }
    Announcement announcement;
    announcement.unfetched = std::move(unfetched);
    announcement.events.reserve(items.size());
    for (Item& item : items) announcement.events.push_back(std::move(item.event));
    return announcement;
  }
};

Announcement TaskLedger::announce(Instant now, const Awaits& awaits) {
  Pass pass;
  pass.now = now;
  pass.awaits = &awaits;
  std::vector<TaskPtr> names = take_touched();
  for (const auto& [name, until] : vacant_) names.push_back(name);
  std::sort(names.begin(), names.end(), ByName());
  const auto same = [](const TaskPtr& a, const TaskPtr& b) { return a->same_identity(*b); };
  names.erase(std::unique(names.begin(), names.end(), same), names.end());
  for (const TaskPtr& name : names) settle(name, pass);
  tell_invalid(pass);
  tell_gone(pass);
  take_touched();  // settle() may touch what it has settled
  for (const TaskPtr& name : names) collapse(*name);
  return pass.finish();
}

std::vector<TaskEvent> TaskLedger::announce_restored() {
  Pass pass;
  pass.restored = true;
  for (const Source& source : sources_) {
    for (KnownTask& known : source.paths) {
      if (!known.alone || known.told != Told::kNothing) continue;
      known.told = Told::kServed;
      pass.tell(known.source, event_of(TaskEventKind::kAdded, known));
    }
  }
  const std::vector<TaskPtr> names = take_touched();
  for (const TaskPtr& name : names) settle(name, pass);
  tell_invalid(pass);
  take_touched();
  for (Identity* identity : pass.left) touch(*identity);
  for (const TaskPtr& name : names) collapse(*name);
  identities_.rehash(0);
  return pass.finish().events;
}

bool TaskLedger::serves(const Identity& identity, const KnownTask& known) const {
  return identity.told && identity.told_source == known.source &&
         identity.told->path() == known.path();
}

TaskEvent TaskLedger::event_of(TaskEventKind kind, const KnownTask& known) const {
  TaskEvent event;
  event.kind = kind;
  event.task = known.task;
  event.source = sources_[known.source].name;
  event.path = known.path();
  event.stamp_digest = known.stamp_digest;
  return event;
}

std::shared_ptr<const TaskContent> TaskLedger::take_content(const KnownTask& known) {
  const auto at = contents_.find(&known);
  if (at == contents_.end()) return nullptr;
  std::shared_ptr<const TaskContent> content = std::move(at->second);
  contents_.erase(at);
  return content;
}

// One identity: who is to serve it, and what is new about that.
void TaskLedger::settle(const TaskPtr& named, Pass& pass) {
  Identity* identity = find_identity(name_of(*named));
  if (identity == nullptr) {
    vacant_.erase(named);
    return;
  }
  if (identity->claims.empty()) return settle_vacant(*identity, pass);
  if (pass.restored && identity->told) return tell_restored(*identity, pass);
  vacant_.erase(named);
  const std::vector<KnownTask*>& claims = identity->claims;
  auto server = std::find_if(claims.begin(), claims.end(),
                             [](const KnownTask* known) { return known->valid; });
  if (server == claims.end()) server = claims.begin();
  if (pass.restored) {
    const auto served = std::find_if(claims.begin(), claims.end(),
                                     [](const KnownTask* known) { return known->restored; });
    // First as it was told, and then that another takes over.
    if (served != claims.end() && served != server) {
      pass.left.push_back(identity);
      server = served;
    }
  }
  KnownTask& serving = **server;
  if (tell_server(*identity, serving, pass)) tell_others(*identity, serving, pass);
}

// As it was told before the start; what has become of it since comes with the next pass.
void TaskLedger::tell_restored(Identity& identity, Pass& pass) {
  pass.left.push_back(&identity);
  TaskEvent event;
  event.kind = TaskEventKind::kAdded;
  event.task = identity.told;
  event.source = sources_[identity.told_source].name;
  event.path = identity.told->path();
  pass.tell(identity.told_source, std::move(event));
  for (KnownTask* known : identity.claims)
    if (known->valid) tell_duplicate(*known, identity.told->path(), pass);
}

void TaskLedger::settle_vacant(Identity& identity, Pass& pass) {
  if (identity.told) {
    const SourceIndex source = identity.told_source;
    const bool path_is_gone = find({source, std::string(identity.told->path())}) == nullptr;
    if (path_is_gone && !pass.restored && (*pass.awaits)(source)) {
      const Instant until =
          vacant_.try_emplace(identity.named, pass.now + kAwaitMax).first->second;
      if (pass.now < until) return;
    }
    if (pass.restored) pass.left.push_back(&identity);  // first as it was told, and then that it went
    TaskEvent event;
    event.kind = pass.restored ? TaskEventKind::kAdded : TaskEventKind::kRemoved;
    event.task = identity.told;
    event.source = sources_[source].name;
    event.path = identity.told->path();
    pass.tell(source, std::move(event));
    if (pass.restored) return;
  }
  vacant_.erase(identity.named);
  identities_.erase(identities_.find(name_of(*identity.named)));
}

// False: the server's content has to be fetched before anything can be told.
bool TaskLedger::tell_server(Identity& identity, KnownTask& server, Pass& pass) {
  const bool same_content = identity.told && identity.told->checksum() == server.task->checksum();
  const bool recovers = server.told == Told::kInvalid && server.valid;
  if (!serves(identity, server) || !same_content || recovers) {
    if (!contents_.contains(&server) && !same_content && !pass.restored) {
      server.unfetched = true;
      pass.unfetched.push_back({server.source, std::string(server.path())});
      return false;
    }
    TaskEventKind kind = identity.told ? TaskEventKind::kUpdated : TaskEventKind::kAdded;
    if (identity.told && recovers) kind = TaskEventKind::kRecovered;
    if (tell_renamed(identity, server, pass)) kind = TaskEventKind::kAdded;
    TaskEvent event = event_of(kind, server);
    event.content = take_content(server);
    pass.tell(server.source, std::move(event));
  }
  contents_.erase(&server);
  identity.told = server.task;
  identity.told_source = server.source;
  identity.told_faulty = false;
  if (server.valid) {
    server.told = Told::kServed;
    server.fault = nullptr;
  }
  return true;
}

// The path that served is gone, and `server` follows it. True: renamed, so the removal was told;
// false: there is nothing of that, or a path that stood by as a duplicate takes over.
bool TaskLedger::tell_renamed(const Identity& identity, const KnownTask& server, Pass& pass) {
  if (!identity.told || serves(identity, server)) return false;
  if (find({identity.told_source, std::string(identity.told->path())}) != nullptr) return false;
  const bool renamed = server.told != Told::kDuplicate;
  if (!renamed && !identity.told_faulty) return false;
  TaskEvent event;
  event.kind = TaskEventKind::kRemoved;
  if (renamed) event.task = identity.told;  // else it is only the invalid path that goes
  event.source = sources_[identity.told_source].name;
  event.path = identity.told->path();
  pass.tell(identity.told_source, std::move(event));
  return renamed;
}

void TaskLedger::tell_duplicate(KnownTask& known, std::string_view serving, Pass& pass) {
  known.told = Told::kDuplicate;
  known.fault = std::make_unique<Fault>(Fault{{},
                                              std::string(known.task->checksum()),
                                              std::string(serving),
                                              std::string(known.task->path())});
  TaskEvent event = event_of(TaskEventKind::kDuplicate, known);
  event.other_path = serving;
  event.errors.push_back(duplicate_diagnostic(*known.task, serving));
  pass.tell(known.source, std::move(event));
}

void TaskLedger::tell_others(const Identity& identity, const KnownTask& server, Pass& pass) {
  for (KnownTask* known : std::vector(identity.claims)) {
    if (known == &server) continue;
    contents_.erase(known);
    if (!known->valid) {
      // Its last good version is another's now: told again, as a path that serves nothing.
      unclaim(*known);
      known->news = true;
      faulty_.insert({known->source, std::string(known->path())});
      continue;
    }
    if (known->told == Told::kDuplicate && known->fault->other_path == server.path()) continue;
    tell_duplicate(*known, server.path(), pass);
  }
}

void TaskLedger::tell_invalid(Pass& pass) {
  for (const TaskKey& key : std::exchange(faulty_, {})) {
    KnownTask* known = find_known(key);
    if (known == nullptr || known->valid || !known->news) continue;
    known->news = false;
    known->told = Told::kInvalid;
    TaskEvent event = event_of(TaskEventKind::kInvalid, *known);
    event.errors = known->fault->errors;
    pass.tell(key.source, std::move(event));
  }
}

void TaskLedger::tell_gone(Pass& pass) {
  for (const TaskKey& key : std::exchange(gone_, {})) {
    if (find(key) != nullptr) continue;  // there again, and told as what it is now
    TaskEvent event;
    event.kind = TaskEventKind::kRemoved;
    event.source = sources_[key.source].name;
    event.path = key.path;
    pass.tell(key.source, std::move(event));
  }
}

}  // namespace pawl
