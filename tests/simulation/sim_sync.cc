#include "tests/simulation/sim_sync.h"

#include <map>
#include <set>
#include <utility>

namespace pawl {
namespace {

using Identity = std::pair<std::string, std::string>;
using Places = std::map<Identity, std::pair<std::string, std::string>>;  // path, checksum

// What a consumer holds who followed the feed from its start.
std::string replay(const std::vector<StoredChange>& feed, Places& places) {
  std::int64_t last = 0;
  for (const StoredChange& change : feed) {
    if (change.seq <= last) return "the feed's numbers do not grow";
    last = change.seq;
    if (change.uuid.empty()) continue;
    const Identity identity(change.uuid, change.version);
    if (change.kind == "added" || change.kind == "updated" || change.kind == "recovered")
      places[identity] = {change.path, change.checksum};
    if (change.kind == "removed") places.erase(identity);
  }
  return {};
}

}  // namespace

SimSync::SimSync(std::unique_ptr<Store> store, Options options, std::uint64_t seed)
    : store_(std::move(store)), options_(options), random_(seed) {}

void SimSync::start() {
  Result<std::vector<std::string>> problems = store_->reader().problem_paths();
  if (!problems.ok()) last_error_ = problems.status();
  pending_.emplace(problems.ok() ? std::move(*problems) : std::vector<std::string>());
}

void SimSync::submit(std::vector<TaskEvent> events, Instant now) {
  pending_->add(std::move(events));
  if (due_ == kNever) due_ = now + Duration(random_.below(20'000'000));
}

void SimSync::submit_stamps(std::vector<StampUpdate> stamps, Instant now) {
  pending_->add_stamps(std::move(stamps));
  if (due_ == kNever) due_ = now + Duration(random_.below(20'000'000));
}

void SimSync::turn(Instant now) {
  if (now < due_) return;
  due_ = kNever;
  if (pending_->empty()) return;
  SyncBatch batch = pending_->take();
  if (options_.acknowledges_too_early) pending_->committed(batch);
  if (random_.chance(options_.failure)) {
    if (!options_.acknowledges_too_early) pending_->put_back(std::move(batch));
    due_ = now + milliseconds(100 + random_.below(2000));
    return;
  }
  const Result<std::vector<std::int64_t>> committed =
      store_->commit(batch, 1'700'000'000'000 + to_ns(now) / 1'000'000);
  if (committed.ok()) return pending_->committed(batch);
  last_error_ = committed.status();
  pending_->put_back(std::move(batch));
  due_ = now + seconds(1);
}

std::string SimSync::difference(const RegistrySnapshot& registry, TaskOracle& oracle) {
  if (!last_error_.ok()) return "the database: " + last_error_.message();
  if (!pending_->empty()) return "something waits for the database";
  const Result<StoredState> state = store_->load();
  if (!state.ok()) return "the database: " + state.status().message();
  Places stored, served, followed;
  std::set<std::string> stored_problems, problems;
  for (const StoredTask& row : state->tasks) {
    oracle.stored(*row.task);
    stored[{row.task->uuid, row.task->version}] = {row.task->path, row.task->checksum};
    if (!row.valid) stored_problems.insert(row.task->path);
  }
  for (const StoredProblem& problem : state->problems) stored_problems.insert(problem.path);
  for (const TaskPtr& task : registry.list())
    served[{task->uuid, task->version}] = {task->path, task->checksum};
  for (const TaskTrouble& trouble : registry.invalid()) problems.insert(trouble.path);
  for (const TaskTrouble& trouble : registry.duplicates()) problems.insert(trouble.path);
  if (stored != served) return "the database serves other tasks than the registry";
  if (stored_problems != problems) return "the database lists other problems than the registry";
  const Result<std::vector<StoredChange>> feed = store_->reader().changes_since(0, 1'000'000);
  if (!feed.ok()) return "the feed: " + feed.status().message();
  if (std::string wrong = replay(*feed, followed); !wrong.empty()) return wrong;
  if (followed != stored) return "the feed, replayed, gives other tasks than the database has";
  return {};
}

}  // namespace pawl
