// The database of a simulated machine: the real store on a disk that fails, fills up and loses its
// power. It outlives the program, and knows what the program was told to be committed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sync/store.h"
#include "tests/simulation/memory_vfs.h"
#include "tests/simulation/random.h"
#include "tests/simulation/scenario.h"
#include "tests/simulation/task_oracle.h"
#include "tests/simulation/trace.h"

namespace pawl {

class SimDatabase {
 public:
  // `oracle` outlives this.
  SimDatabase(const Faults& faults, std::uint64_t seed, TreeOracle& oracle);
  ~SimDatabase();
  SimDatabase(const SimDatabase&) = delete;

  // For a new life of the program, however often it dies in the attempt. Null: it cannot be opened,
  // which is told to the oracle. After a death what is there is held to what was acknowledged.
  std::unique_ptr<Store> open();
  // As Store::commit. If the program dies of it, dead() is true.
  Result<std::vector<std::int64_t>> commit(Store& store, const SyncBatch& batch, WallMs now);
  // As the service does now and then.
  void write_log_back(Store& store);
  // The program dies here, between two of its steps.
  void die(Store& store);
  bool dead() const { return vfs_.dead(); }
  void stop_faults() { faults_ = {}; }

  // What is wrong with it in itself; "" if nothing is.
  std::string inspect(Store& store);

 private:
  enum class Plan : std::uint8_t { kNone, kBusy, kFull, kIo, kDie };
  struct Attempt {
    SyncBatch batch;
    WallMs now;
  };

  MemoryVfs::Fault fault(MemoryVfs::Call call);
  void plan();
  void remember(Store& store);
  void acknowledge(Store& store, std::size_t events);
  bool is_allowed(Store& store, const std::vector<StoredChange>& feed);
  bool is_attempted(const std::string& picture);
  void hold(Store& store);

  Faults faults_;
  Random random_;
  TreeOracle& oracle_;
  std::string folder_;  // a real one, for the writer's lock
  std::string path_;
  MemoryVfs vfs_;

  // Of the call that is under way: what comes at which of its calls, and how often.
  Plan planned_ = Plan::kNone;
  std::uint64_t calls_left_ = 0;
  std::uint64_t lasts_ = 0;

  std::vector<StoredChange> feed_;       // acknowledged
  std::vector<std::size_t> boundaries_;  // its length after each commit
  std::size_t durable_ = 0;              // of it, what no power cut can take
  // What the database looked like after the last acknowledgement, and what was tried since then;
  // only while something may go wrong.
  std::optional<std::string> before_;
  std::vector<Attempt> attempts_;
  bool died_ = false;
  bool power_cut_ = false;
};

}  // namespace pawl
