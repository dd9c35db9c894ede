#include <algorithm>
#include <utility>

#include "backends/heap.h"
#include "sync/service_core.h"

namespace pawl {
namespace {

// What so many events, and the look at all rows that follows the first of them, have left behind in
// the heap is worth giving back.
constexpr std::size_t kReleaseMemoryAfter = 1000;
constexpr Duration kEditsWait = seconds(5);

}  // namespace

void Service::Core::pump() {
  const Instant now = monotonic_now();
  Effects effects = pipeline.step(now);
  for (LoadRequest& request : effects.loads) {
    Source& source = source_named(request.source);
    source.pool->submit(std::move(request));
  }
  // What changed rests first.
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (sources[i].pool && pipeline.pending(static_cast<SourceIndex>(i)) > 0) sources[i].pool->prepare();
  for (const TaskKey& key : effects.looks) watcher.look(sources[key.source].root, key.path);
  if (sync && !effects.restamps.empty()) {
    std::vector<StampUpdate> stamps;
    for (Restamp& restamp : effects.restamps)
      stamps.push_back(StampUpdate{std::move(restamp.path), restamp.stamp_digest});
    sync->submit_stamps(std::move(stamps));
  }
  if (!effects.events.empty()) {
    for (const TaskEvent& event : effects.events) count(event);
    taken_up += effects.events.size();
    restocker.forget(effects.events);
    if (options.callbacks.on_registry) options.callbacks.on_registry(effects.events, false);
    registry.apply(effects.events);
    if (sync) {
      sync->submit(std::move(effects.events), loading());
    } else if (options.callbacks.on_task) {
      for (const TaskEvent& event : effects.events) options.callbacks.on_task(event, 0);
    }
  }
  wake_at(pipeline.next_deadline(), now);
  announce();
}

void Service::Core::count(const TaskEvent& event) {
  if (event.kind == TaskEventKind::kAdded) ++summary.added;
  if (event.kind == TaskEventKind::kUpdated) ++summary.updated;
  if (event.kind == TaskEventKind::kRemoved && event.task) ++summary.removed;
}

void Service::Core::wake_at(Instant next, Instant now) {
  if (next == kNever) {
    uv_timer_stop(timer.get());
    return;
  }
  const Duration wait = next == Instant::min() ? Duration::zero() : std::max(next - now, Duration::zero());
  uv_update_time(loop);
  uv_timer_start(
      timer.get(),
      [](uv_timer_t* handle) {
        if (Core* self = Handle<uv_timer_t, Core>::owner_of(handle)) self->pump();
      },
      static_cast<std::uint64_t>(std::chrono::ceil<milliseconds>(wait).count()), 0);
}

void Service::Core::take_surprises(const CommitReport& report) {
  if (options.callbacks.on_conflict) {
    for (const StoredConflict& conflict : report.conflicts) options.callbacks.on_conflict(conflict);
  }
  if (stopping) return;  // the next start finds it
  restocker.want(report.wanted);
  if (!report.stored) return;
  // What was submitted since then is not in it; someone else's writing is looked at again.
  if (report.reopened || report.submits == sync->submits()) {
    restocker.compare(*report.stored, report.reopened, report.committed);
  }
  if (report.reopened) {
    saved_states.clear();
    coverage_saved.reset();
    save_sources();
  }
}

void Service::Core::take_reports() {
  std::vector<CommitReport> taken;
  {
    const std::lock_guard lock(reports_mutex);
    taken.swap(reports);
  }
  reports_taken += taken.size();
  for (CommitReport& report : taken) {
    take_surprises(report);
    measure(report);
    if (options.callbacks.on_task)
      for (const auto& [event, seq] : report.committed) options.callbacks.on_task(event, seq);
    const bool same = report.health.state == health.state && report.health.attempt == health.attempt;
    health = std::move(report.health);
    if (!same && options.callbacks.on_sync_health) options.callbacks.on_sync_health(health);
  }
  // The others belong to no task.
  if (settled()) changed_at.clear();
  announce();
}

void Service::Core::measure(const CommitReport& report) {
  const bool failed = report.health.attempt > 0;
  ++(failed ? counted.commit_failures : counted.commits);
  if (failed) ++counted.commit_failures_by_code[static_cast<std::size_t>(report.health.last_error.code())];
  const Instant now = monotonic_now();
  for (const auto& [event, seq] : report.committed) {
    Instant first = kNever;
    // The task's own path comes before those of its files.
    auto at = changed_at.lower_bound(event.path);
    while (at != changed_at.end() && at->first.starts_with(event.path)) {
      const bool inside = at->first.size() == event.path.size() || at->first[event.path.size()] == '/';
      if (inside) first = std::min(first, at->second);
      at = inside ? changed_at.erase(at) : std::next(at);
    }
    if (first != kNever) counted.change_to_commit.add(now - first);
  }
}

bool Service::Core::loading() const {
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (pipeline.loading(static_cast<SourceIndex>(i)) > 0) return true;
  return false;
}

bool Service::Core::looked() const {
  return std::none_of(sources.begin(), sources.end(), [](const Source& source) {
    return source.phase == SourcePhase::kLooking;
  });
}

bool Service::Core::caught_up() const {
  if (!looked() || !pipeline.idle()) return false;
  // What was committed may have to be done once more, and that is known when it is told.
  return !sync ||
         (sync->pending() == 0 && sync->reports() == reports_taken && restocker.idle());
}

bool Service::Core::settled() const {
  return caught_up() && (!sync || options.watch || !sync->looking_for_edits());
}

void Service::Core::announce() {
  // Where there is no end of what changes, edits are not waited with for ever.
  if (sync && edits_due == kNever && looked()) edits_due = monotonic_now() + kEditsWait;
  if (sync && !edits_begun && (caught_up() || monotonic_now() >= edits_due)) {
    edits_begun = true;
    sync->begin_edits();
  }
  if (!watching_told && looked()) {
    watching_told = true;
    if (options.callbacks.on_watching) options.callbacks.on_watching();
  }
  const bool now_settled = settled();
  if (now_settled && !sync) changed_at.clear();
  if (options.watch && now_settled && taken_up >= kReleaseMemoryAfter &&
      !(sync && sync->looking_for_edits())) {
    taken_up = 0;
    release_free_memory();
    for (const Source& source : sources)
      if (source.pool) source.pool->let_go();
  }
  if (now_settled && !settled_told) {
    settled_told = true;
    if (options.callbacks.on_settled) options.callbacks.on_settled();
  } else if (!now_settled) {
    settled_told = false;
  }
}

}  // namespace pawl
