#include "tests/simulation/sim_sync.h"

#include <map>
#include <set>
#include <utility>

namespace pawl {
namespace {

using Identity = std::pair<std::string, std::string>;
using Places = std::map<Identity, std::pair<std::string, std::string>>;  // path, checksum

}  // namespace

SimSync::SimSync(SimDatabase& database, std::unique_ptr<Store> store, Options options,
                 std::uint64_t seed)
    : database_(database), store_(std::move(store)), options_(options), random_(seed) {}

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
  if (pending_->empty() && last_error_.ok()) return;
  SyncBatch batch = pending_->take();
  if (options_.acknowledges_too_early) pending_->committed(batch);
  const Result<std::vector<std::int64_t>> committed =
      database_.commit(*store_, batch, 1'700'000'000'000 + to_ns(now) / 1'000'000);
  if (database_.dead()) return;
  if (committed.ok()) {
    last_error_ = Status();
    pending_->committed(batch);
    wanted_ = store_->take_wanted();
    if (random_.below(20) == 0) database_.write_log_back(*store_);
    return;
  }
  last_error_ = committed.status();
  if (!options_.acknowledges_too_early) pending_->put_back(std::move(batch));
  due_ = now + milliseconds(100 + random_.below(2000));
}

std::string SimSync::difference(const RegistrySnapshot& registry, TaskOracle& oracle) {
  if (!last_error_.ok()) return "the database: " + last_error_.message();
  if (!pending_->empty()) return "something waits for the database";
  const Result<StoredState> state = store_->load();
  if (!state.ok()) return "the database: " + state.status().message();
  Places stored, served;
  std::set<std::string> stored_problems, problems;
  for (const StoredTask& row : state->tasks) {
    oracle.stored(*row.task);
    const auto content =
        store_->reader().content(std::string(row.task->uuid()), std::string(row.task->version()), std::string(row.task->checksum()));
    if (!content.ok()) return "the database: " + content.status().message();
    oracle.stored(*row.task, **content);
    stored[{std::string(row.task->uuid()), std::string(row.task->version())}] = {std::string(row.task->path()), std::string(row.task->checksum())};
    if (!row.valid) stored_problems.insert(std::string(row.task->path()));
  }
  for (const StoredProblem& problem : state->problems) stored_problems.insert(problem.path);
  for (const TaskPtr& task : registry.list())
    served[{std::string(task->uuid()), std::string(task->version())}] = {std::string(task->path()), std::string(task->checksum())};
  for (const TaskTrouble& trouble : registry.invalid()) problems.insert(trouble.path);
  for (const TaskTrouble& trouble : registry.duplicates()) problems.insert(trouble.path);
  if (stored != served) return "the database serves other tasks than the registry";
  for (const std::string& path : problems)
    if (!stored_problems.contains(path)) return "the database lacks a problem: " + path;
  for (const std::string& path : stored_problems)
    if (!problems.contains(path)) return "the database has a problem too much: " + path;
  return database_.inspect(*store_);
}

}  // namespace pawl
