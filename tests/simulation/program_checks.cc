// What must hold at each step, and at the end.
#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/program.h"

namespace pawl {
namespace {

// As the reconciler has it: fewer names are never given up for a look at the whole directory.
constexpr std::size_t kPendingNamesMin = 4096;
// What a workload of a few names in each of a few hundred directories can make.
constexpr std::size_t kTaskPlacesMax = 600;
constexpr std::size_t kIdentitiesMax = 18;

}  // namespace

// A look that waits for a mount holds up all others of its lane, which must be of that mount too.
void Program::check_lane_hangs_alone(const Look& look) {
  if (look.tables_read != tables_read_ || !knows_mounts()) return;
  const Tree& tree = reconciler_.tree();
  for (std::uint32_t i = 0; i < tree.slots(); ++i) {
    const Directory* other = tree.at(i);
    if (other != nullptr && !other->dying && other->lane == look.request.lane &&
        !is_hung(tree.path(*other)))
      return world_.tree_oracle.violated(
          fmt::format("a look at {}, whose mount does not answer, holds up {}", look.request.path,
                      tree.path(*other)));
  }
}

// Each directory is in exactly one state, its watch is where that says, and the counts agree.
void Program::check_coverage() {
  if (world_.broken != Break::kNone) return;
  const Tree& tree = reconciler_.tree();
  std::size_t native = 0, polled = 0;
  std::array<std::uint64_t, 4> counts{};
  for (std::uint32_t i = 0; i < tree.slots(); ++i) {
    const Directory* directory = tree.at(i);
    if (directory == nullptr) continue;
    const Mode mode = directory->coverage.mode;
    const Mode shown = reconciler_.mode_of(*directory);
    if (shown != Mode::kNone) ++counts[static_cast<std::size_t>(shown)];
    native += mode == Mode::kNative;
    polled += poll_.watches(directory->id);
    if (native_.watches(directory->id) != (mode == Mode::kNative))
      return world_.tree_oracle.violated(
          fmt::format("{} is said to be {}, and its native watch {}", tree.path(*directory),
                      mode_name(mode), native_.watches(directory->id) ? "is there" : "is not"));
    if (poll_.watches(directory->id) && mode != Mode::kPolled)
      return world_.tree_oracle.violated(tree.path(*directory) +
                                         " is polled and is said not to be");
    if (directory->dying) continue;
    // In none only before its first look, or while it is to be covered anew.
    const bool excused = !directory->listed || directory->failures > 0 || directory->rearm ||
                         directory->in_flight || !reconciler_.available(directory->root);
    if (mode == Mode::kNone && !excused)
      return world_.tree_oracle.violated(tree.path(*directory) + " is not covered at all");
  }
  if (native_.handles() != native || poll_.handles() != polled)
    return world_.tree_oracle.violated("a watch of a forgotten directory is left");
  if (reconciler_.metrics().directories != counts)
    world_.tree_oracle.violated("the counts of directories by mode are wrong");
}

// What waits is bounded by what is watched, however much happens.
void Program::check_bounds() {
  const Tree& tree = reconciler_.tree();
  directories_max_ = std::max(directories_max_, tree.size());
  // Those that go and those that come may be there at the same time.
  if (tree.slots() > 2 * directories_max_ + 16)
    world_.tree_oracle.violated("the tree has more slots than there ever were directories");
  for (std::uint32_t i = 0; i < tree.slots(); ++i) {
    const Directory* directory = tree.at(i);
    if (directory == nullptr) continue;
    if (directory->pending.names_size() >
        std::max<std::size_t>(kPendingNamesMin, directory->entries.size()))
      world_.tree_oracle.violated("pending names beyond their bound in " + tree.path(*directory));
  }
  // A root's guard is out beside those.
  const std::size_t out_max = ReconcilerOptions().looks_in_flight_max + kRoots;
  for (const Lane& lane : lanes_) {
    std::size_t looks = lane.looks.size();
    for (const Worker& worker : lane.workers) looks += worker.answer ? 1 : 0;
    if (looks > out_max) world_.tree_oracle.violated("more looks are out than may be");
  }
  const std::size_t places = tree.slots() + kRoots + lanes_.size();
  if (reconciler_.metrics().looks_queued > 2 * places)
    world_.tree_oracle.violated("more looks are queued than there are directories");
}

// The same for tasks, by what is known of them.
void Program::check_task_bounds() {
  std::size_t known = 0;
  for (std::uint32_t i = 0; i < kRoots; ++i) {
    known += pipeline_.ledger().paths(i).size();
    if (pipeline_.loading(i) > SourceOptions().max_concurrent_reloads)
      world_.tree_oracle.violated("more tasks are being loaded than may be");
    if (pipeline_.pending(i) > kTaskPlacesMax)
      world_.tree_oracle.violated("more places are waiting for a rest than there ever were");
  }
  if (loads_.size() > kRoots * SourceOptions().max_concurrent_reloads + wanted_.size())
    world_.tree_oracle.violated("more loads are out than may be");
  // An identity has at most one entry, a path another, and stamps a third.
  if (sync_ && sync_->waiting() > kIdentitiesMax + 3 * (known + kTaskPlacesMax))
    world_.tree_oracle.violated("more waits for the database than there is to tell");
}

std::string Program::difference() {
  std::string wrong = world_.tree_oracle.difference(
      reconciler_, [this](const Node& directory, const std::string& name) {
        return native_.is_untold(directory, name);
      });
  if (!wrong.empty()) return wrong;
  if (!world_.scenario.tasks) return {};
  const std::shared_ptr<const RegistrySnapshot> registry = registry_.snapshot();
  wrong = world_.task_oracle.difference(*registry);
  if (wrong.empty() && !pipeline_.idle()) wrong = "the pipeline is busy";
  if (wrong.empty() && sync_) wrong = sync_->difference(*registry, world_.task_oracle);
  return wrong;
}

}  // namespace pawl
