// The half of TaskPipeline that takes in what the workers have loaded.
#include <cassert>
#include <utility>

#include "core/task/pipeline.h"

namespace pawl {

void TaskPipeline::loaded(LoadResult result, Instant now) {
  const SourceIndex index = by_name_.at(result.request.source);
  const TaskKey key{index, task_path(result.request)};
  Source& source = sources_[index];
  attention_ = true;
  if (!source.queue.counts(key.path)) return source.queue.finish(key.path);
  source.awaited.erase(key.path);
  // What went while it was being read does not come back through that.
  if (result.outcome != LoadOutcome::kGone && !is_task(key)) return source.queue.finish(key.path);
  take_result(key, result, now);
}

bool TaskPipeline::is_task(const TaskKey& key) const {
  const auto place = tree_.task_of(key.source, key.path);
  return place && place->path == key.path;
}

// What was read is what the tree knows. A file that came and went between two looks was perhaps read,
// and no change will tell that it is gone.
// `now`: the stamps that the tree knows.
bool TaskPipeline::matches_tree(const LoadResult& result, std::uint64_t now) {
  return result.stamps_seen == 0 || result.stamps_seen == now;
}

// What was read is surely what the stamps of the request stand for.
bool TaskPipeline::settled(const TaskKey& key, const LoadResult& result, std::uint64_t now) const {
  const Source& source = sources_[key.source];
  return !result.unsettled && !result.unread && matches_tree(result, now) &&
         !source.queue.wanted_again(key.path) && !source.debouncer.pending(key.path) &&
         now == result.request.stamp_digest;
}

void TaskPipeline::take_result(const TaskKey& key, LoadResult& result, Instant now) {
  ReloadQueue& queue = sources_[key.source].queue;
  const std::uint64_t now_digest = tree_.stamp_digest(key.source, key.path);
  const std::uint64_t stamp_digest =
      settled(key, result, now_digest) ? result.request.stamp_digest : 0;
  switch (result.outcome) {
    case LoadOutcome::kRetry:
      return take_failure(key, result, now);
    case LoadOutcome::kGone:
      // It may have been away for a moment only, and be back with the stamps that it had. An archive
      // that was read, and holds no task, stays so.
      if (is_task(key) && (!result.request.archive || result.checksum.empty()) &&
          sources_[key.source].options.retry_on_error) {
        queue.finish_failed(key.path, now);
      } else {
        queue.finish(key.path);
      }
      return take_gone(key);
    case LoadOutcome::kValid:
      take_valid(key, result, stamp_digest);
      break;
    case LoadOutcome::kUnchanged:
      take_unchanged(key, result, stamp_digest);
      break;
    case LoadOutcome::kInvalid:
      take_invalid(key, result, stamp_digest);
      break;
  }
  // The tree may lack a file whose hint was lost, and which goes again before it is found; what may
  // not be read may be opened again before anybody looks. Of neither a change would tell.
  const bool matches = matches_tree(result, now_digest);
  const bool lasting = result.unread || (!matches && !result.checksum.empty());
  if (result.unsettled || !matches || result.unread) {
    queue.finish_unsettled(key.path, now, lasting);
  } else {
    queue.finish(key.path);
  }
}

void TaskPipeline::restamp_from(const TaskKey& key, std::uint64_t before) {
  const KnownTask* known = ledger_.find(key);
  if (!known || known->stamp_digest == before || known->stamp_digest == 0) return;
  // Of a duplicate's new content nobody is told, so the database must not take it for known.
  if (known->told == KnownTask::Told::kDuplicate && known->task && known->fault &&
      known->fault->checksum != known->task->checksum())
    return;
  restamps_.push_back(
      {sources_[key.source].options.name, key.path, known->task, known->stamp_digest});
}

void TaskPipeline::take_valid(const TaskKey& key, LoadResult& result, std::uint64_t stamp_digest) {
  const KnownTask* known = ledger_.find(key);
  const std::uint64_t before = known ? known->stamp_digest : 0;
  const bool same = known && known->valid && known->task->checksum() == result.task->checksum();
  ledger_.put_valid(key, std::move(result.task), std::move(result.content), stamp_digest);
  if (same) restamp_from(key, before);
}

// What was read is what was known when the load began, and nothing but its load changes that.
void TaskPipeline::take_unchanged(const TaskKey& key, const LoadResult& result,
                                  std::uint64_t stamp_digest) {
  const KnownTask* known = ledger_.find(key);
  if (!known) return sources_[key.source].queue.want(key.path);
  const std::uint64_t before = known->stamp_digest;
  const bool recovers =
      !known->valid && known->task && known->task->checksum() == result.request.checksum;
  if (recovers) {
    ledger_.put_valid(key, known->task, nullptr, stamp_digest);
  } else {
    ledger_.put_unchanged(key, stamp_digest);
    restamp_from(key, before);
  }
}

void TaskPipeline::take_invalid(const TaskKey& key, LoadResult& result,
                                std::uint64_t stamp_digest) {
  const KnownTask* known = ledger_.find(key);
  const std::uint64_t before = known ? known->stamp_digest : stamp_digest;
  const bool told = known && !known->valid;
  ledger_.put_invalid(key, std::move(result.diagnostics), std::move(result.checksum), stamp_digest);
  if (told && !ledger_.find(key)->news) restamp_from(key, before);
}

// The tree decides what is there, since only the reconciler can tell a task that went from a whole
// source that is out of sight. If the tree says that it went, that change is noted, and its rest
// is awaited as ever: it may be about to be written anew.
void TaskPipeline::take_gone(const TaskKey& key) {
  if (is_task(key)) looks_.push_back(key);
}

void TaskPipeline::take_failure(const TaskKey& key, LoadResult& result, Instant now) {
  Source& source = sources_[key.source];
  const std::uint32_t failures = source.queue.failures(key.path) + 1;
  if (!source.options.retry_on_error || failures >= ReloadQueue::kFailuresShown) {
    take_invalid(key, result, 0);
  }
  if (source.options.retry_on_error) {
    source.queue.finish_failed(key.path, now);
  } else {
    source.queue.finish(key.path);
  }
}

}  // namespace pawl
