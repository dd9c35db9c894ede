#include "fallback/bridge/convert.h"

#include <map>
#include <utility>

namespace pawl::watch {
namespace {

template <class To, class From>
constexpr To same(From value) {
  return static_cast<To>(value);
}

// The numbers of the public enumerations are those of the rooms' own, from the first to the last.
#define PAWL_SAME(To, From, name) static_assert(same<To>(From::name) == To::name)
PAWL_SAME(ErrorCode, Code, kOk);
PAWL_SAME(ErrorCode, Code, kWatchLimit);
PAWL_SAME(ErrorCode, Code, kTooLarge);
PAWL_SAME(ErrorCode, Code, kBusy);
PAWL_SAME(ErrorCode, Code, kForeign);
PAWL_SAME(ErrorCode, Code, kIo);
PAWL_SAME(ChangeKind, pawl::ChangeKind, kCreated);
PAWL_SAME(ChangeKind, pawl::ChangeKind, kModified);
PAWL_SAME(ChangeKind, pawl::ChangeKind, kAttributes);
PAWL_SAME(ChangeKind, pawl::ChangeKind, kRemoved);
PAWL_SAME(FileType, pawl::FileType, kFile);
PAWL_SAME(FileType, pawl::FileType, kDirectory);
PAWL_SAME(FileType, pawl::FileType, kSymlink);
PAWL_SAME(FileType, pawl::FileType, kOther);
PAWL_SAME(Via, pawl::Via, kNative);
PAWL_SAME(Via, pawl::Via, kPoll);
PAWL_SAME(Via, pawl::Via, kScan);
PAWL_SAME(Mode, pawl::Mode, kNone);
PAWL_SAME(Mode, pawl::Mode, kNative);
PAWL_SAME(Mode, pawl::Mode, kPolled);
PAWL_SAME(Mode, pawl::Mode, kUnreachable);
PAWL_SAME(Reason, pawl::Reason, kPreferred);
PAWL_SAME(Reason, pawl::Reason, kWatchLimit);
PAWL_SAME(Reason, pawl::Reason, kPermission);
PAWL_SAME(Reason, pawl::Reason, kBudget);
PAWL_SAME(Reason, pawl::Reason, kLostHints);
PAWL_SAME(Reason, pawl::Reason, kIo);
PAWL_SAME(RescanReason, pawl::RescanReason, kOverflow);
PAWL_SAME(RescanReason, pawl::RescanReason, kMountBack);
#undef PAWL_SAME

Moment to_public(Instant instant) { return Moment(to_ns(instant)); }

}  // namespace

Error to_public(const Status& status) {
  if (status.ok()) return {};
  return Error(same<ErrorCode>(status.code()), status.operation(), status.path(), status.detail(),
               status.os_error());
}

Change to_public(pawl::Change&& change) {
  return Change{.kind = same<ChangeKind>(change.kind),
                .type = same<FileType>(change.type),
                .via = same<Via>(change.via),
                .root = change.root,
                .path = std::move(change.path),
                .from = std::move(change.from),
                .inode = change.inode,
                .device = change.device,
                .known_at = to_public(change.known_at)};
}

Coverage to_public(const pawl::Coverage& coverage) {
  return {same<Mode>(coverage.mode), same<Reason>(coverage.reason), coverage.os_error};
}

Histogram to_public(const pawl::Histogram& histogram) {
  static_assert(std::tuple_size_v<decltype(Histogram::counts)> == pawl::Histogram::kBuckets);
  static_assert(Histogram::bound(0) == pawl::Histogram::bound(0));
  return {histogram.counts, histogram.count, histogram.sum};
}

void add_notice(Batch& batch, const Notice& notice) {
  if (const auto* coverage = std::get_if<CoverageNotice>(&notice)) {
    batch.coverage.push_back({coverage->root, coverage->directory, same<Mode>(coverage->before),
                              to_public(coverage->coverage), to_public(coverage->at)});
  } else if (const auto* rescan = std::get_if<RescanNotice>(&notice)) {
    batch.rescans.push_back({same<RescanReason>(rescan->reason), rescan->path, rescan->directories,
                             to_public(rescan->at)});
  } else if (const auto* root = std::get_if<RootNotice>(&notice)) {
    batch.roots.push_back(
        {root->root, root->path, root->available, to_public(root->why), to_public(root->at)});
  } else if (const auto* ready = std::get_if<ReadyNotice>(&notice)) {
    batch.ready.push_back(ready->root);
  }
}

Metrics metrics_of(const Reconciler& reconciler) {
  const pawl::Metrics from = reconciler.metrics();
  Metrics metrics{.hints = from.hints,
                  .looks = from.looks,
                  .changes = from.changes,
                  .collapsed = from.collapsed,
                  .overflows = from.overflows,
                  .rescans = from.rescans,
                  .lost_hints = from.lost_hints,
                  .degradations = from.degradations,
                  .returns = from.returns,
                  .root_losses = from.root_losses,
                  .sweeps_skipped = from.sweeps_skipped,
                  .look_errors = from.look_errors,
                  .look_errors_by_code = {},
                  .directories = {},
                  .files = from.files,
                  .looks_in_flight = from.looks_in_flight,
                  .looks_queued = from.looks_queued,
                  .poll_interval = from.poll_interval,
                  .hint_to_change = to_public(from.hint_to_change)};
  for (std::size_t code = 0; code < kCodes; ++code) {
    if (const std::uint64_t count = from.look_errors_by_code[code]; count > 0)
      metrics.look_errors_by_code.push_back({same<ErrorCode>(code), count});
  }
  std::map<std::pair<pawl::Mode, pawl::Reason>, std::uint64_t> directories;
  const Tree& tree = reconciler.tree();
  for (std::uint32_t i = 0; i < tree.slots(); ++i) {
    const Directory* directory = tree.at(i);
    if (directory == nullptr || directory->dying) continue;
    const pawl::Coverage coverage = reconciler.coverage_of(*directory);
    ++directories[{coverage.mode, coverage.reason}];
  }
  for (const auto& [how, count] : directories)
    metrics.directories.push_back({same<Mode>(how.first), same<Reason>(how.second), count});
  return metrics;
}

}  // namespace pawl::watch
