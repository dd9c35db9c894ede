#include "tests/simulation/simulator.h"

#include <fmt/format.h>

#include <memory>
#include <optional>

#include "tests/simulation/program.h"

namespace pawl {
namespace {

// Everything that is tried again is tried at least once a minute; a pass of the background takes
// seconds; and one repair may bring up the next.
constexpr Duration kSettleMax = seconds(600);
constexpr Duration kSettleStep = milliseconds(500);
constexpr Duration kStaySettled = seconds(3);

class Run {
 public:
  Run(const Scenario& scenario, const RunOptions& options)
      : scenario_(scenario),
        workload_(disk_, scenario),
        tree_oracle_(disk_, workload_),
        task_oracle_(disk_, tree_oracle_, workload_),
        random_(scenario.seed ^ 0x1417u),
        world_{disk_, scenario_, options.broken, tree_oracle_, task_oracle_, trace_, {}, {}} {
    trace_.printing = options.print;
    if (scenario.store)
      world_.database = &database_.emplace(scenario.faults, scenario.seed ^ 0xdbu, tree_oracle_);
    world_.interrupt = [this] {
      if (!inside_ && at_ < scenario_.operations.size() &&
          scenario_.operations[at_].act != Act::kCrash)
        act(scenario_.operations[at_++]);
    };
    disk_.written = [this](const std::string& bytes) { task_oracle_.written(bytes); };
    disk_.mounts_changed = [this] {
      if (program_) program_->mounts_changed(now_);
    };
    disk_.gone = [this](const std::string& path) { tree_oracle_.path_went(path, now_); };
    workload_.set_up();
    disk_.tell = [this](const Node& directory, KernelEvent kind, std::string_view name) {
      if (trace_.printing)
        trace_.note(
            now_, "  ",
            fmt::format("{} {} in inode {}", kernel_event_name(kind), name, directory.inode));
      if (program_) program_->kernel_event(directory, kind, name, now_);
    };
    workload_.between = [this](Random& random) {
      const Duration pause = random.below(4) == 0 ? milliseconds(random.below(300))
                                                  : Duration(random.below(1'000'000));
      // In the middle of a look nothing else of the program runs.
      if (turning_) {
        set_clock(now_ + pause / 100);
      } else {
        advance(now_ + pause);
      }
    };
  }

  Outcome run() {
    start();
    while (at_ < scenario_.operations.size() && ok()) {
      const Operation operation = scenario_.operations[at_++];
      advance(now_ + operation.after);
      if (!ok()) break;
      operation.act == Act::kCrash ? crash() : act(operation);
    }
    if (ok()) settle();
    Outcome outcome;
    outcome.failure = tree_oracle_.violation();
    outcome.trace = trace_.hash();
    outcome.operations = at_;
    outcome.steps = steps_;
    outcome.lost_hints = program_->reconciler().metrics().lost_hints;
    outcome.overflows = program_->native().overflows();
    return outcome;
  }

 private:
  bool ok() const { return tree_oracle_.violation().empty(); }

  void start() { program_.emplace(world_, now_, random_.next()); }

  // All that was not committed is gone.
  void crash() {
    trace_.add(now_, "crash");
    lossy_ = lossy_ || program_->native().lost();
    took_late_ = took_late_ || program_->native().took_late();
    program_->die();
    program_.reset();
    tree_oracle_.restarted();
    start();
  }

  void act(const Operation& operation) {
    const bool inside = std::exchange(inside_, true);
    trace_.add(now_, "*", act_name(operation.act));
    workload_.perform(operation);
    inside_ = inside;
  }

  void set_clock(Instant now) {
    disk_.now += (now - now_).count();
    now_ = now;
  }

  void advance(Instant until) {
    int at_once = 0;
    while (ok()) {
      const Instant next = std::max(program_->next(), now_);
      if (next > until) break;
      at_once = next == now_ ? at_once + 1 : 0;
      if (at_once > 20'000)
        return tree_oracle_.violated("it spins without time passing: " + program_->busy());
      set_clock(next);
      turning_ = true;
      ++steps_;
      program_->turn(next);
      turning_ = false;
      if (program_->dead()) crash();
    }
    if (ok() && until > now_) set_clock(until);
  }

  // Faults stop; within a bounded time everything is as it is on the disk, and stays so.
  void settle() {
    trace_.add(now_, "faults stop");
    program_->stop_faults();
    workload_.heal();
    const Instant deadline = now_ + kSettleMax;
    std::string wrong = "not looked at";
    while (ok() && !wrong.empty()) {
      advance(now_ + kSettleStep);
      wrong = program_->difference();
      if (now_ >= deadline) break;
    }
    if (!ok()) return;
    const bool lossy = lossy_ || program_->native().lost();
    if (!wrong.empty()) {
      // Lost without any sign, and nothing runs that would find it.
      if (lossy && !scenario_.background) return;
      return tree_oracle_.violated("never settles: " + wrong);
    }
    // A rescan after an alarm may come now, and have something read again.
    advance(now_ + kStaySettled);
    for (int i = 0; i < 20 && !(wrong = program_->difference()).empty(); ++i)
      advance(now_ + kSettleStep);
    if (ok() && !wrong.empty()) return tree_oracle_.violated("does not stay settled: " + wrong);
    const std::uint64_t lost = program_->reconciler().metrics().lost_hints;
    // A watch that is armed anew takes its late hints with it; of a mount over a root none comes.
    const bool told = !lossy && !scenario_.hides_faults && !took_late_ &&
                      !program_->native().took_late() && !workload_.mounts_changed() &&
                      program_->native().overflows() == 0;
    if (lost > 0 && told)
      tree_oracle_.violated(fmt::format("{} hints were lost, and nothing loses any", lost));
  }

  const Scenario scenario_;
  Disk disk_;
  Workload workload_;
  TreeOracle tree_oracle_;
  TaskOracle task_oracle_;
  Trace trace_;
  Random random_;
  World world_;
  std::optional<SimDatabase> database_;
  std::optional<Program> program_;
  Instant now_ = from_ns(1'000'000'000);
  std::size_t at_ = 0;    // the next operation
  std::uint64_t steps_ = 0;
  bool inside_ = false;   // an operation
  bool turning_ = false;  // the program
  bool lossy_ = false;
  bool took_late_ = false;
};

}  // namespace

Outcome run(const Scenario& scenario, const RunOptions& options) {
  return Run(scenario, options).run();
}

}  // namespace pawl
