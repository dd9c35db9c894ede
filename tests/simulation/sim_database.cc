#include "tests/simulation/sim_database.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>  // mkdtemp, on macOS

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "sync/sqlite.h"

namespace pawl {
namespace {

constexpr int kOpeningsMax = 20;
constexpr std::int64_t kAll = 1'000'000;
constexpr const char* kTwin = ".twin";
constexpr const char* kBefore = ".before";

std::string new_folder() {
  const std::filesystem::path memory = "/dev/shm";
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::is_directory(memory, error)
                                           ? memory
                                           : std::filesystem::temp_directory_path();
  std::string name = (parent / "pawl-simulation-XXXXXX").string();
  return mkdtemp(name.data()) == nullptr ? std::string() : name;
}

void describe(const StoredChange& change, std::string& text) {
  fmt::format_to(std::back_inserter(text), "change {} {} {} {} {} {} {}\n", change.seq, change.at,
                 change.kind, change.uuid, change.version, change.path, change.checksum);
}

// All that can be seen of it, as text.
Result<std::string> picture(Store& store) {
  std::string text;
  const auto out = std::back_inserter(text);
  Result<StoredState> state = store.load();
  if (!state.ok()) return state.status();
  std::set<std::string> uuids;
  for (const StoredTask& row : state->tasks) {
    uuids.insert(std::string(row.task->uuid()));
    fmt::format_to(out, "task {} {} {} {} {} {} {} {}\n", std::string(row.task->uuid()), std::string(row.task->version()),
                   std::string(row.task->path()), std::string(row.task->checksum()), std::string(row.task->label()), row.valid, row.stamp_digest,
                   row.errors.size());
  }
  for (const StoredProblem& problem : state->problems)
    fmt::format_to(out, "problem {} {} {} {} {}\n", problem.path, task_event_name(problem.kind),
                   problem.other_path, problem.stamp_digest, problem.errors.size());
  Result<std::vector<StoredChange>> feed = store.reader().changes_since(0, kAll);
  if (!feed.ok()) return feed.status();
  for (const StoredChange& change : *feed) describe(change, text);
  for (const std::string& uuid : uuids) {
    Result<std::vector<StoredRevision>> history = store.reader().history(uuid);
    if (!history.ok()) return history.status();
    for (const StoredRevision& revision : *history)
      fmt::format_to(out, "revision {} {} {} {} {} {}\n", uuid, revision.number, revision.version,
                     revision.checksum, revision.origin, revision.bytes);
  }
  return text;
}

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

SimDatabase::SimDatabase(const Faults& faults, std::uint64_t seed, TreeOracle& oracle)
    : faults_(faults),
      random_(seed),
      oracle_(oracle),
      folder_(new_folder()),
      path_(folder_ + "/tasks.db"),
      vfs_(seed ^ 0xd15cu) {
  if (folder_.empty()) oracle_.violated("cannot make a folder for the database");
  vfs_.set_fault([this](MemoryVfs::Call call) { return fault(call); });
}

SimDatabase::~SimDatabase() {
  std::error_code error;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, error);
}

// Draws what goes wrong in what comes next.
void SimDatabase::plan() {
  planned_ = Plan::kNone;
  if (random_.chance(faults_.commit)) {
    constexpr Plan kPlans[] = {Plan::kBusy, Plan::kFull, Plan::kIo};
    planned_ = kPlans[random_.below(3)];
  }
  if (random_.chance(faults_.death)) planned_ = Plan::kDie;
  // A commit makes some tens of calls; most of what matters is among the first and the last.
  calls_left_ = planned_ == Plan::kBusy ? 0 : random_.below(random_.below(2) == 0 ? 10 : 60);
  lasts_ = random_.below(2) == 0 ? 1 : 1000;
}

MemoryVfs::Fault SimDatabase::fault(MemoryVfs::Call) {
  if (planned_ == Plan::kNone) return MemoryVfs::Fault::kNone;
  if (calls_left_ > 0) {
    --calls_left_;
    return MemoryVfs::Fault::kNone;
  }
  switch (planned_) {
    case Plan::kBusy:  // for as long as this takes
      return MemoryVfs::Fault::kBusy;
    case Plan::kDie:
      return MemoryVfs::Fault::kDie;
    default:
      break;
  }
  if (lasts_ == 0) return MemoryVfs::Fault::kNone;
  --lasts_;
  return planned_ == Plan::kFull ? MemoryVfs::Fault::kFull : MemoryVfs::Fault::kIo;
}

std::unique_ptr<Store> SimDatabase::open() {
  for (int opening = 0; opening < kOpeningsMax; ++opening) {
    if (vfs_.dead()) {
      const bool power_cut = random_.below(2) == 0;
      power_cut_ = power_cut_ || power_cut;
      died_ = true;
      vfs_.revive(power_cut);
    }
    if (opening < kOpeningsMax / 2) plan();
    Result<std::unique_ptr<Store>> store = Store::open(path_, {});
    const bool faulty = std::exchange(planned_, Plan::kNone) != Plan::kNone;
    if (vfs_.dead()) {
      if (store.ok()) store->reset();
      continue;
    }
    if (store.ok()) {
      hold(**store);
      return std::move(*store);
    }
    if (!faulty) {
      oracle_.violated("cannot open the database: " + store.status().message());
      return nullptr;
    }
  }
  oracle_.violated("the database is never opened");
  return nullptr;
}

void SimDatabase::remember(Store& store) {
  if (before_) return;
  Result<std::string> now = picture(store);
  if (!now.ok()) return oracle_.violated("cannot read the database: " + now.status().message());
  before_ = std::move(*now);
  vfs_.copy(path_, path_ + kBefore);
}

Result<std::vector<std::int64_t>> SimDatabase::commit(Store& store, const SyncBatch& batch,
                                                      WallMs now) {
  plan();
  const Plan planned = planned_;
  planned_ = Plan::kNone;
  if (planned != Plan::kNone) remember(store);
  planned_ = planned;
  Result<std::vector<std::int64_t>> committed = store.commit(batch, now);
  planned_ = Plan::kNone;
  if (vfs_.dead()) {
    attempts_.push_back({batch, now});
    return Status(Code::kIo, "write to", path_, "the program died");
  }
  if (committed.ok()) {
    acknowledge(store,
                static_cast<std::size_t>(std::count_if(committed->begin(), committed->end(),
                                                       [](std::int64_t seq) { return seq != 0; })));
    return committed;
  }
  if (planned == Plan::kNone) {
    oracle_.violated("a commit failed on a disk in order: " + committed.status().message());
    return committed;
  }
  attempts_.push_back({batch, now});
  if (!is_transient(committed.status()))
    oracle_.violated("a fault that passes was taken for one that stays: " +
                     committed.status().message());
  Result<std::string> after = picture(store);
  if (!after.ok())
    oracle_.violated("cannot read the database: " + after.status().message());
  else if (*after != *before_)
    oracle_.violated("a commit failed, and something of it is in the database");
  return committed;
}

void SimDatabase::acknowledge(Store& store, std::size_t events) {
  before_.reset();
  attempts_.clear();
  const std::int64_t last = feed_.empty() ? 0 : feed_.back().seq;
  Result<std::vector<StoredChange>> more = store.reader().changes_since(last, kAll);
  if (!more.ok()) return oracle_.violated("cannot read the feed: " + more.status().message());
  if (more->size() != events)
    oracle_.violated(
        fmt::format("{} events were committed, and the feed tells of {}", events, more->size()));
  for (StoredChange& change : *more) feed_.push_back(std::move(change));
  boundaries_.push_back(feed_.size());
  if (vfs_.all_synced()) durable_ = feed_.size();
}

void SimDatabase::write_log_back(Store& store) {
  plan();
  if (planned_ == Plan::kDie) {
    planned_ = Plan::kNone;
    remember(store);
    planned_ = Plan::kDie;
  }
  // Without it the log merely becomes longer.
  static_cast<void>(store.write_log_back(random_.below(2) == 0));
  planned_ = Plan::kNone;
  if (!vfs_.dead() && vfs_.all_synced()) durable_ = feed_.size();
}

void SimDatabase::die(Store& store) {
  if (vfs_.dead()) return;
  remember(store);
  vfs_.die();
}

// The state after one of the commits that were tried and not acknowledged.
bool SimDatabase::is_attempted(const std::string& now) {
  for (const Attempt& attempt : attempts_) {
    const std::string twin = path_ + kTwin;
    vfs_.copy(path_ + kBefore, twin);
    std::string after;
    if (Result<std::unique_ptr<Store>> store = Store::open(twin, {}); store.ok()) {
      if ((*store)->commit(attempt.batch, attempt.now).ok())
        if (Result<std::string> seen = picture(**store); seen.ok()) after = std::move(*seen);
    }
    vfs_.remove(twin);
    if (after == now) return true;
  }
  return false;
}

bool SimDatabase::is_allowed(Store& store, const std::vector<StoredChange>& feed) {
  Result<std::string> now = picture(store);
  if (!now.ok()) return false;
  if (!before_ || *now == *before_ || is_attempted(*now)) return true;
  if (!power_cut_ || feed.size() > feed_.size() || feed.size() < durable_) return false;
  // A power cut may take commits, but no part of one, and only the last.
  const bool whole = feed.empty() || std::find(boundaries_.begin(), boundaries_.end(),
                                               feed.size()) != boundaries_.end();
  return whole && std::equal(feed.begin(), feed.end(), feed_.begin());
}

// After a death: what the database is, is what it was, or what it was about to be.
void SimDatabase::hold(Store& store) {
  if (std::string wrong = inspect(store); !wrong.empty()) oracle_.violated(wrong);
  Result<std::vector<StoredChange>> feed = store.reader().changes_since(0, kAll);
  if (!feed.ok()) return oracle_.violated("cannot read the feed: " + feed.status().message());
  if (died_ && !is_allowed(store, *feed))
    oracle_.violated(fmt::format(
        "after a death the database is neither as it was nor as it was to be ({} entries of {})",
        feed->size(), feed_.size()));
  died_ = power_cut_ = false;
  before_.reset();
  attempts_.clear();
  feed_ = std::move(*feed);
  std::erase_if(boundaries_, [&](std::size_t at) { return at > feed_.size(); });
  boundaries_.push_back(feed_.size());
  durable_ = vfs_.all_synced() ? feed_.size() : std::min(durable_, feed_.size());
}

std::string SimDatabase::inspect(Store& store) {
  if (Status whole = store.check(); !whole.ok()) return "the database: " + whole.message();
  const Result<StoredState> state = store.load();
  if (!state.ok()) return "the database: " + state.status().message();
  const Result<std::vector<StoredChange>> feed = store.reader().changes_since(0, kAll);
  if (!feed.ok()) return "the feed: " + feed.status().message();
  Places stored, followed;
  for (const StoredTask& row : state->tasks)
    stored[{std::string(row.task->uuid()), std::string(row.task->version())}] = {std::string(row.task->path()), std::string(row.task->checksum())};
  if (std::string wrong = replay(*feed, followed); !wrong.empty()) return wrong;
  if (followed != stored) return "the feed, replayed, gives other tasks than the database has";
  const Result<EditScan> edited = store.find_edited(0, kAll);
  if (!edited.ok()) return "the database: " + edited.status().message();
  if (!edited->edited.empty()) return "a row is said to be edited by someone else";
  for (const StoredTask& row : state->tasks) {
    const Result<std::vector<StoredRevision>> history = store.reader().history(std::string(row.task->uuid()));
    if (!history.ok()) return "the revisions: " + history.status().message();
    const auto of_the_row = [&](const StoredRevision& revision) {
      return revision.version == std::string(row.task->version()) && revision.checksum == std::string(row.task->checksum()) &&
             revision.origin == "disk";
    };
    if (std::none_of(history->begin(), history->end(), of_the_row))
      return "no revision has the content of " + std::string(row.task->path());
  }
  return {};
}

}  // namespace pawl
