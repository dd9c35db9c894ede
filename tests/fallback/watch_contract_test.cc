// The contract of backends on the real disk.
#include <filesystem>

#include "tests/fallback/contract_suite.h"
#include "tests/fallback/watch_contract.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

class RealContractWorld : public ContractWorld {
 public:
  explicit RealContractWorld(const Way& way) : way_(way), watching_(options(way)) {
    tree_.directory("watched");
    tree_.directory("outside");
  }

  std::string root() const override { return tree_.root() + "/watched"; }
  std::string outside() const override { return tree_.root() + "/outside"; }

  void make_directories(const std::string& path) override { fs::create_directories(path); }
  void write(const std::string& path, const std::string& text) override { write_file(path, text); }
  void overwrite(const std::string& path, const std::string& text) override {
    overwrite_file(path, text);
  }
  void append(const std::string& path, const std::string& text) override {
    append_file(path, text);
  }
  void hard_link(const std::string& old, const std::string& path) override {
    fs::create_hard_link(old, path);
  }
  void rename(const std::string& from, const std::string& to) override { rename_path(from, to); }
  void remove_all(const std::string& path) override { remove_path(path); }
  void copy_all(const std::string& from, const std::string& to) override {
    fs::copy(from, to, fs::copy_options::recursive);
  }
  bool set_mode(const std::string& path, unsigned mode) override { return pawl::set_mode(path, mode); }

  void begin() override { watching_.add(Watching::root(root(), way_.backend)); }
  bool ready() const override { return reconciler().ready(0); }
  std::size_t directories() const override { return reconciler().tree().size(); }
  std::uint64_t lost_hints() const override { return reconciler().metrics().lost_hints; }
  bool run_until(const std::function<bool()>& condition, Duration limit) override {
    return watching_.run_until(condition, limit);
  }
  bool settles() override { return watching_.settles(); }
  std::uint64_t count(ChangeKind kind, const std::string& path) const override {
    return watching_.count(kind, path);
  }
  std::uint64_t count(ChangeKind kind) const override { return watching_.count(kind); }
  bool knows(const std::string& path) const override { return watching_.knows(path); }
  bool knows_nothing() const override { return watching_.known().empty(); }

 private:
  static WatcherOptions options(const Way& way) {
    WatcherOptions options = Watching::quick();
    options.native_watch_budget = {false, way.watches};
    return options;
  }
  const Reconciler& reconciler() const { return watching_.watcher().reconciler(); }

  Way way_;
  TemporaryTree tree_;
  mutable Watching watching_;
};

std::unique_ptr<ContractWorld> make_real(const Way& way) {
  return std::make_unique<RealContractWorld>(way);
}

INSTANTIATE_TEST_SUITE_P(Real, BackendContract,
                         testing::Values(ContractCase{kWays[0], make_real},
                                         ContractCase{kWays[1], make_real},
                                         ContractCase{kWays[2], make_real}),
                         contract_case_name);

INSTANTIATE_TEST_SUITE_P(Ways, WatchContract, testing::ValuesIn(kWays), way_name);

// uv_fs_poll's first stat is silent: what changes between a scan and that stat is lost to it.
TEST_P(WatchContract, MissesNothingThatChangesTheMomentItIsReady) {
  constexpr int kFiles = 2000;
  for (int i = 0; i < kFiles; ++i)
    tree.file("d" + std::to_string(i % 100) + "/f" + std::to_string(i));
  start();
  ASSERT_FALSE(testing::Test::HasFailure());
  for (int i = 0; i < kFiles; ++i)
    append_file(at("d" + std::to_string(i % 100) + "/f" + std::to_string(i)), "more");
  for (int d = 0; d < 100; ++d) write_file(at("d" + std::to_string(d) + "/new"), "text");
  ASSERT_TRUE(watching.settles());
  for (int i = 0; i < kFiles; ++i) {
    // Twice, where the system shows the size before the time, and a look comes between.
    EXPECT_GE(watching.count(ChangeKind::kModified,
                             at("d" + std::to_string(i % 100) + "/f" + std::to_string(i))),
              1);
  }
  EXPECT_EQ(watching.count(ChangeKind::kCreated), 100);
}

}  // namespace
}  // namespace pawl
