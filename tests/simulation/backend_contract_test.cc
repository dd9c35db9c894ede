// The simulated backends, held to the same contract as the real ones.
#include <map>

#include "tests/fallback/contract_suite.h"
#include "tests/simulation/program.h"

namespace pawl {
namespace {

class SimContractWorld : public ContractWorld {
 public:
  explicit SimContractWorld(const Way& way)
      : scenario_(scenario_of(way)),
        workload_(disk_, scenario_),
        tree_oracle_(disk_, workload_),
        task_oracle_(disk_, tree_oracle_, workload_),
        world_{disk_, scenario_, Break::kNone, tree_oracle_, task_oracle_, trace_, nullptr,
               {},    {}} {
    disk_.device(0).reuses = true;
    for (const char* path : {"/srv", "/srv/one", "/srv/two", "/srv/out"})
      disk_.make_directory(path);
    disk_.gone = [this](const std::string& path) { tree_oracle_.path_went(path, now_); };
    disk_.tell = [this](const Node& directory, KernelEvent kind, std::string_view name) {
      if (program_) program_->kernel_event(directory, kind, name, now_);
    };
    world_.changed = [this](const Change& change) {
      ++counts_[{change.kind, change.path}];
      ++totals_[change.kind];
    };
  }
  ~SimContractWorld() override { EXPECT_EQ(tree_oracle_.violation(), ""); }

  std::string root() const override { return root_path(0); }
  std::string outside() const override { return "/srv/out"; }

  void make_directories(const std::string& path) override {
    if (disk_.find(path, false) != nullptr) return;
    make_directories(parent_path(path));
    did(disk_.make_directory(path));
  }
  void write(const std::string& path, const std::string& text) override {
    did(disk_.write(path, text));
  }
  void overwrite(const std::string& path, const std::string& text) override {
    did(disk_.overwrite(path, text));
  }
  void append(const std::string& path, const std::string& text) override {
    const Node* file = disk_.find(path, false);
    ASSERT_NE(file, nullptr);
    did(disk_.overwrite(path, file->bytes + text));
  }
  void hard_link(const std::string& old, const std::string& path) override {
    did(disk_.hard_link(old, path));
  }
  void rename(const std::string& from, const std::string& to) override {
    did(disk_.rename(from, to));
  }
  void remove_all(const std::string& path) override {
    const Node* node = disk_.find(path, false);
    ASSERT_NE(node, nullptr);
    std::vector<std::string> names;
    for (const auto& [name, entry] : node->entries) names.push_back(name);
    for (const std::string& name : names) remove_all(path + "/" + name);
    did(disk_.remove(path));
  }
  void copy_all(const std::string& from, const std::string& to) override {
    const Node* node = disk_.find(from, false);
    ASSERT_NE(node, nullptr);
    if (!node->is_directory()) return write(to, std::string(node->bytes));
    make_directories(to);
    std::vector<std::string> names;
    for (const auto& [name, entry] : node->entries) names.push_back(name);
    for (const std::string& name : names) copy_all(from + "/" + name, to + "/" + name);
  }
  bool set_mode(const std::string& path, unsigned mode) override {
    did(disk_.set_mode(path, mode));
    return true;
  }

  void begin() override { program_.emplace(world_, now_, /*seed=*/17); }
  bool ready() const override { return program_->reconciler().ready(0); }
  std::size_t directories() const override { return program_->reconciler().tree().size(); }
  std::uint64_t lost_hints() const override { return program_->reconciler().metrics().lost_hints; }

  bool run_until(const std::function<bool()>& condition, Duration limit) override {
    const Instant deadline = now_ + limit;
    while (!condition()) {
      if (now_ >= deadline || !tree_oracle_.violation().empty()) return false;
      advance(std::min(std::max(program_->next(), now_), deadline));
    }
    return true;
  }
  bool settles() override {
    const bool settled = run_until([&] { return program_->difference().empty(); }, seconds(20));
    if (!settled) ADD_FAILURE() << program_->difference() << tree_oracle_.violation();
    return settled;
  }
  std::uint64_t count(ChangeKind kind, const std::string& path) const override {
    const auto found = counts_.find({kind, path});
    return found == counts_.end() ? 0 : found->second;
  }
  std::uint64_t count(ChangeKind kind) const override {
    const auto found = totals_.find(kind);
    return found == totals_.end() ? 0 : found->second;
  }
  bool knows(const std::string& path) const override { return tree_oracle_.knows(0, path); }
  bool knows_nothing() const override { return tree_oracle_.knows_nothing(0); }

 private:
  static Scenario scenario_of(const Way& way) {
    Scenario scenario;
    scenario.backend = way.backend;
    scenario.watches_max = way.watches;
    scenario.queue_max = 16'384;
    scenario.tick = milliseconds(4);
    return scenario;
  }

  // Each call takes a while, in which the program goes on.
  void did(bool done) {
    ASSERT_TRUE(done);
    const Instant until = now_ + Duration(20'000);
    while (program_ && program_->next() <= until) advance(std::max(program_->next(), now_));
    set_clock(until);
  }
  void advance(Instant to) {
    set_clock(to);
    program_->turn(to);
  }
  void set_clock(Instant to) {
    disk_.now += (to - now_).count();
    now_ = to;
  }

  const Scenario scenario_;
  Disk disk_;
  Workload workload_;
  TreeOracle tree_oracle_;
  TaskOracle task_oracle_;
  Trace trace_;
  World world_;
  std::optional<Program> program_;
  Instant now_ = from_ns(1'000'000'000);
  std::map<std::pair<ChangeKind, std::string>, std::uint64_t> counts_;
  std::map<ChangeKind, std::uint64_t> totals_;
};

std::unique_ptr<ContractWorld> make_simulated(const Way& way) {
  return std::make_unique<SimContractWorld>(way);
}

INSTANTIATE_TEST_SUITE_P(Simulated, BackendContract,
                         testing::Values(ContractCase{kWays[0], make_simulated},
                                         ContractCase{kWays[1], make_simulated},
                                         ContractCase{kWays[2], make_simulated}),
                         contract_case_name);

}  // namespace
}  // namespace pawl
