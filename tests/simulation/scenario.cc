#include "tests/simulation/scenario.h"

#include <array>

#include "core/ignore.h"
#include "core/task/archive.h"
#include "tests/simulation/random.h"

namespace pawl {
namespace {

constexpr std::array<std::string_view, kActs> kActNames = {"pause",
                                                           "new task",
                                                           "remove task",
                                                           "move task",
                                                           "copy task",
                                                           "save in place",
                                                           "save by rename",
                                                           "save with backup",
                                                           "rewrite, same size",
                                                           "flicker",
                                                           "deep directory",
                                                           "remake directory",
                                                           "remove tree",
                                                           "swap directories",
                                                           "move out and in",
                                                           "file becomes directory",
                                                           "bulk add",
                                                           "bulk remove",
                                                           "checkout",
                                                           "chmod directory",
                                                           "chmod file",
                                                           "touch",
                                                           "hard link",
                                                           "symlink",
                                                           "root vanishes",
                                                           "root returns",
                                                           "unmount",
                                                           "mount",
                                                           "hang",
                                                           "answer",
                                                           "deploy",
                                                           "crash"};

struct BreakName {
  Break what;
  std::string_view name;
};
constexpr BreakName kBreakNames[] = {
    {Break::kBackground, "background"}, {Break::kWatchFirst, "watch-before-list"},
    {Break::kOverflow, "overflow"},     {Break::kUnsettled, "unsettled"},
    {Break::kRearm, "rearm"},           {Break::kAcknowledge, "commit-before-acknowledge"},
    {Break::kRootGuard, "root-guard"},  {Break::kLastGood, "last-good"},
};

// Off, rare or common.
std::uint32_t draw_rate(Random& random, std::uint32_t rare, std::uint32_t common) {
  const std::uint64_t draw = random.below(4);
  return draw < 2 ? 0 : draw == 2 ? rare : common;
}

// How often each act comes in this run: a few are frequent, most are rare, some never come.
std::array<std::uint64_t, kActs> draw_weights(Random& random) {
  std::array<std::uint64_t, kActs> weights{};
  for (std::uint64_t& weight : weights) {
    const std::uint64_t draw = random.below(4);
    weight = draw == 0 ? 0 : draw == 1 ? 8 : 2;
  }
  return weights;
}

Act draw_act(Random& random, const std::array<std::uint64_t, kActs>& weights) {
  std::uint64_t all = 0;
  for (const std::uint64_t weight : weights) all += weight;
  if (all == 0) return Act::kPause;
  std::uint64_t at = random.below(all);
  for (std::size_t i = 0; i < kActs; ++i) {
    if (at < weights[i]) return static_cast<Act>(i);
    at -= weights[i];
  }
  return Act::kPause;
}

Duration draw_pause(Random& random) {
  switch (random.below(8)) {
    case 0:
      return seconds(1) + milliseconds(random.below(9000));
    case 1:
    case 2:
      return milliseconds(random.below(1000));
    case 3:
    case 4:
      return milliseconds(random.below(50));
    default:
      return Duration(random.below(2'000'000));
  }
}

void draw_faults(Random& random, Scenario& scenario) {
  Faults& faults = scenario.faults;
  faults.twice = draw_rate(random, 10'000, 200'000);
  faults.interrupt = draw_rate(random, 2'000, 50'000);
  faults.slow = draw_rate(random, 10'000, 100'000);
  faults.refused = draw_rate(random, 10'000, 200'000);
  faults.late = draw_rate(random, 10'000, 200'000);
  faults.commit = draw_rate(random, 50'000, 400'000);
  if (!scenario.hides_faults) return;
  faults.drop = draw_rate(random, 10'000, 200'000);
  faults.dies = draw_rate(random, 1'000, 20'000);
  faults.io_error = draw_rate(random, 2'000, 30'000);
}

// The table tells of all mounts, and nothing else is hidden: there need be no background to find it.
void tell_all(Random& random, Scenario& scenario) {
  Faults& faults = scenario.faults;
  faults.drop = faults.dies = faults.io_error = faults.denied = 0;
  scenario.hides_faults = scenario.follows = false;
  scenario.background = random.below(2) == 0;
  for (Operation& operation : scenario.operations)
    if (operation.act == Act::kHardLink) operation.act = Act::kPause;
}

// What the generator did not know at first has chances of its own, so that old seeds keep the rest.
void draw_more(Scenario& scenario) {
  Random random(scenario.seed ^ 0x2b00u);
  scenario.faults.death = draw_rate(random, 20'000, 200'000);
  scenario.archives = random.below(2) == 0 && reads_archives();
  const std::uint32_t denied = draw_rate(random, 1'000, 20'000);
  if (scenario.hides_faults) scenario.faults.denied = denied;
  scenario.syncs = random.below(3) == 0;
  scenario.ignores = random.below(4) == 0;
  // Nobody is told of what a link leads to.
  scenario.follows = scenario.hides_faults && scenario.background && random.below(3) == 0;
  scenario.mount_table = random.below(2) == 0;
  const bool mounts = scenario.mount_root || scenario.nested_mount;
  if (scenario.mount_table && mounts && random.below(2) == 0) tell_all(random, scenario);
  scenario.holds = random.below(4) == 0;
}

}  // namespace

std::string_view act_name(Act act) {
  return kActNames[static_cast<std::size_t>(act)];
}

std::string_view break_name(Break what) {
  for (const BreakName& known : kBreakNames)
    if (known.what == what) return known.name;
  return "none";
}

Break break_named(std::string_view name) {
  for (const BreakName& known : kBreakNames)
    if (known.name == name) return known.what;
  return Break::kNone;
}

Scenario make_scenario(std::uint64_t seed) {
  Random random(seed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.hides_faults = random.below(2) == 0;
  draw_faults(random, scenario);
  scenario.background = scenario.hides_faults || random.below(2) == 0;
  scenario.tasks = random.below(2) == 0;
  scenario.store = scenario.tasks && random.below(2) == 0;
  scenario.link_root = random.below(4) == 0;
  scenario.mount_root = random.below(3) == 0;
  scenario.nested_mount = random.below(4) == 0;
  // Of a mount that comes or goes inside a tree, nobody is told.
  if (scenario.nested_mount) scenario.background = scenario.hides_faults = true;
  // A watch that is armed while a root is unmounted for a moment stays on the mount point.
  if (scenario.mount_root) scenario.background = true;
  scenario.remote = random.below(2) == 0;
  constexpr std::int64_t kTicks[] = {1, 4'000'000, 10'000'000, 1'000'000'000, 2'000'000'000};
  scenario.tick = Duration(kTicks[random.below(5)]);
  scenario.watches_max = random.below(3) == 0 ? 4 + random.below(20) : 1000;
  scenario.queue_max = random.below(2) == 0 ? 8 + random.below(60) : 100'000;
  scenario.backend = random.below(6) == 0 ? BackendChoice::kPoll : BackendChoice::kAuto;
  std::array<std::uint64_t, kActs> weights = draw_weights(random);
  // Of a write by another name inotify tells nobody, so only a stamp can show it.
  if (!scenario.hides_faults || scenario.tick > Duration(1))
    weights[static_cast<std::size_t>(Act::kHardLink)] = 0;
  const std::size_t count = 5 + random.below(60);
  for (std::size_t i = 0; i < count; ++i)
    scenario.operations.push_back({draw_pause(random), draw_act(random, weights), random.next()});
  draw_more(scenario);
  return scenario;
}

bool Scenario::is_ignored(std::string_view relative, bool is_directory) const {
  static const IgnoreRules rules = [] {
    const std::vector<std::string> patterns = {"*.tmp", "*~",        "/c/**",
                                               "t3/b",  "file[1-9]", "!file3"};
    return *IgnoreRules::compile(patterns);
  }();
  return ignores && rules.ignored(relative, is_directory);
}

std::string Scenario::describe() const {
  std::string text;
  const auto rate = [&](std::string_view name, std::uint32_t value) {
    if (value != 0) text += " " + std::string(name) + "=" + std::to_string(value);
  };
  rate("drop", faults.drop);
  rate("twice", faults.twice);
  rate("late", faults.late);
  rate("dies", faults.dies);
  rate("refused", faults.refused);
  rate("io_error", faults.io_error);
  rate("denied", faults.denied);
  rate("interrupt", faults.interrupt);
  rate("slow", faults.slow);
  rate("commit", faults.commit);
  rate("death", faults.death);
  const auto flag = [&](std::string_view name, bool on) {
    if (on) text += " " + std::string(name);
  };
  flag("background", background);
  flag("tasks", tasks);
  flag("store", store);
  flag("link_root", link_root);
  flag("mount_root", mount_root);
  flag("nested_mount", nested_mount);
  flag("remote", remote);
  flag("mount_table", mount_table);
  flag("holds", holds);
  flag("archives", archives);
  flag("syncs", syncs);
  flag("ignores", ignores);
  flag("follows", follows);
  flag("polled", backend == BackendChoice::kPoll);
  text += " tick=" + std::to_string(tick.count());
  text += " watches_max=" + std::to_string(watches_max);
  text += " queue_max=" + std::to_string(queue_max);
  return text;
}

}  // namespace pawl
