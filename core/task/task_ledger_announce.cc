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

Diagnostic duplicate_diagnostic(const Task& task, const std::string& other_path) {
  return {task.path, 0, 0,
          "duplicate: " + task.path + " has the uuid " + task.uuid + " and the version " +
              task.version + " of " + other_path + ", which serves; change one of them"};
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
  std::vector<std::string> names = take_touched();
  for (const auto& [name, until] : vacant_) names.push_back(name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& name : names) settle(name, pass);
  tell_invalid(pass);
  tell_gone(pass);
  take_touched();  // settle() may touch what it has settled
  return pass.finish();
}

std::vector<TaskEvent> TaskLedger::announce_restored() {
  Pass pass;
  pass.restored = true;
  for (const std::string& name : take_touched()) settle(name, pass);
  tell_invalid(pass);
  take_touched();
  for (Identity* identity : pass.left) touch(*identity);
  return pass.finish().events;
}

bool TaskLedger::serves(const Identity& identity, const Claim& claim) const {
  return identity.told && identity.told_source == claim.source &&
         identity.told->path == *claim.path;
}

TaskEvent TaskLedger::event_of(TaskEventKind kind, const Claim& claim) const {
  TaskEvent event;
  event.kind = kind;
  event.task = claim.known->task;
  event.source = sources_[claim.source].name;
  event.path = *claim.path;
  event.stamp_digest = claim.known->stamp_digest;
  return event;
}

// One identity: who is to serve it, and what is new about that.
void TaskLedger::settle(const std::string& name, Pass& pass) {
  const auto at = identities_.find(name);
  if (at == identities_.end()) {
    vacant_.erase(name);
    return;
  }
  Identity& identity = at->second;
  if (identity.claims.empty()) return settle_vacant(name, identity, pass);
  if (pass.restored && identity.told) return tell_restored(identity, pass);
  vacant_.erase(name);
  auto server = std::find_if(identity.claims.begin(), identity.claims.end(),
                             [](const Claim& claim) { return claim.known->valid; });
  if (server == identity.claims.end()) server = identity.claims.begin();
  if (pass.restored) {
    const auto served = std::find_if(
        identity.claims.begin(), identity.claims.end(),
        [&](const Claim& claim) { return claim.known == identity.restored; });
    // First as it was told, and then that another takes over.
    if (served != identity.claims.end() && served != server) {
      pass.left.push_back(&identity);
      server = served;
    }
  }
  const Claim serving = *server;
  if (tell_server(identity, serving, pass)) tell_others(Identity(identity), serving, pass);
}

// As it was told before the start; what has become of it since comes with the next pass.
void TaskLedger::tell_restored(Identity& identity, Pass& pass) {
  pass.left.push_back(&identity);
  TaskEvent event;
  event.kind = TaskEventKind::kAdded;
  event.task = identity.told;
  event.source = sources_[identity.told_source].name;
  event.path = identity.told->path;
  pass.tell(identity.told_source, std::move(event));
  for (const Claim& claim : identity.claims)
    if (claim.known->valid) tell_duplicate(claim, identity.told->path, pass);
}

void TaskLedger::settle_vacant(const std::string& name, Identity& identity, Pass& pass) {
  if (identity.told) {
    const SourceIndex source = identity.told_source;
    const bool path_is_gone = find({source, identity.told->path}) == nullptr;
    if (path_is_gone && !pass.restored && (*pass.awaits)(source)) {
      const Instant until = vacant_.try_emplace(name, pass.now + kAwaitMax).first->second;
      if (pass.now < until) return;
    }
    if (pass.restored) pass.left.push_back(&identity);  // first as it was told, and then that it went
    TaskEvent event;
    event.kind = pass.restored ? TaskEventKind::kAdded : TaskEventKind::kRemoved;
    event.task = identity.told;
    event.source = sources_[source].name;
    event.path = identity.told->path;
    pass.tell(source, std::move(event));
    if (pass.restored) return;
  }
  vacant_.erase(name);
  identities_.erase(name);
}

// False: the server's content has to be fetched before anything can be told.
bool TaskLedger::tell_server(Identity& identity, const Claim& server, Pass& pass) {
  KnownTask& known = *server.known;
  const bool same_content = identity.told && identity.told->checksum == known.task->checksum;
  const bool recovers = known.told == Told::kInvalid && known.valid;
  if (!serves(identity, server) || !same_content || recovers) {
    if (!known.content && !same_content && !pass.restored) {
      known.unfetched = true;
      pass.unfetched.push_back({server.source, *server.path});
      return false;
    }
    TaskEventKind kind = identity.told ? TaskEventKind::kUpdated : TaskEventKind::kAdded;
    if (identity.told && recovers) kind = TaskEventKind::kRecovered;
    if (tell_renamed(identity, server, pass)) kind = TaskEventKind::kAdded;
    TaskEvent event = event_of(kind, server);
    event.content = std::move(known.content);
    pass.tell(server.source, std::move(event));
  }
  known.content = nullptr;
  identity.told = known.task;
  identity.told_source = server.source;
  identity.told_faulty = false;
  if (known.valid) {
    known.told = Told::kServed;
    known.fault = nullptr;
  }
  return true;
}

// The path that served is gone, and `server` follows it. True: renamed, so the removal was told;
// false: there is nothing of that, or a path that stood by as a duplicate takes over.
bool TaskLedger::tell_renamed(const Identity& identity, const Claim& server, Pass& pass) {
  if (!identity.told || serves(identity, server)) return false;
  if (find({identity.told_source, identity.told->path}) != nullptr) return false;
  const bool renamed = server.known->told != Told::kDuplicate;
  if (!renamed && !identity.told_faulty) return false;
  TaskEvent event;
  event.kind = TaskEventKind::kRemoved;
  if (renamed) event.task = identity.told;  // else it is only the invalid path that goes
  event.source = sources_[identity.told_source].name;
  event.path = identity.told->path;
  pass.tell(identity.told_source, std::move(event));
  return renamed;
}

void TaskLedger::tell_duplicate(const Claim& claim, const std::string& serving, Pass& pass) {
  KnownTask& known = *claim.known;
  known.told = Told::kDuplicate;
  known.fault = std::make_unique<Fault>(Fault{{}, known.task->checksum, serving});
  TaskEvent event = event_of(TaskEventKind::kDuplicate, claim);
  event.other_path = serving;
  event.errors.push_back(duplicate_diagnostic(*known.task, serving));
  pass.tell(claim.source, std::move(event));
}

void TaskLedger::tell_others(const Identity& identity, const Claim& server, Pass& pass) {
  for (const Claim& claim : identity.claims) {
    KnownTask& known = *claim.known;
    if (&known == server.known) continue;
    known.content = nullptr;
    if (!known.valid) {
      // Its last good version is another's now: told again, as a path that serves nothing.
      unclaim(known);
      known.news = true;
      faulty_.insert({claim.source, *claim.path});
      continue;
    }
    if (known.told == Told::kDuplicate && known.fault->other_path == *server.path) continue;
    tell_duplicate(claim, *server.path, pass);
  }
}

void TaskLedger::tell_invalid(Pass& pass) {
  for (const TaskKey& key : std::exchange(faulty_, {})) {
    auto& paths = sources_[key.source].paths;
    const auto at = paths.find(key.path);
    if (at == paths.end() || at->second.valid || !at->second.news) continue;
    KnownTask& known = at->second;
    known.news = false;
    known.told = Told::kInvalid;
    TaskEvent event = event_of(TaskEventKind::kInvalid, {key.source, &at->first, &known});
    event.errors = known.fault->errors;
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
