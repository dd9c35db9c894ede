// Gives the database again what it has lost: tasks that are served and that it does not have, with
// their contents, from the disk. A database whose file was deleted is so built anew, while the
// registry serves on.
//
// Threading: the loop thread.
#pragma once

#include <uv.h>

#include <functional>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/file_system.h"
#include "core/task/pipeline.h"
#include "core/task/registry.h"
#include "core/task/watched_tasks.h"
#include "sync/config.h"
#include "sync/loader_pool.h"
#include "sync/stored.h"

namespace pawl {

class Restocker {
 public:
  // All of these outlive it. `submit` takes events for the database alone: to the registry they are
  // no news.
  Restocker(uv_loop_t* loop, std::shared_ptr<FileSystem> file_system, const Registry& registry,
            const TaskPipeline& pipeline, const WatchedTasks& tasks,
            std::function<void(std::vector<TaskEvent>)> submit);

  // In the order of the pipeline's sources.
  void add_source(const SourceConfig& config, std::function<bool(std::string_view, bool)> ignore);

  // Nothing of it is read any more.
  void remove_source(std::string_view name);

  // Submits what `stored` lacks beside the registry, but for the tasks that were committed since
  // (`newer`). `all`: and the removal of what it has too much of these sources, and the paths that
  // have a problem.
  void compare(const StoredState& stored, bool all,
               std::span<const std::pair<TaskEvent, std::int64_t>> newer);

  // The database needs the content of these; it is read, and tried again until it could be.
  void want(const std::vector<TaskPtr>& tasks);
  // Their content is on its way.
  void forget(const std::vector<TaskEvent>& events);
  // What could not be read is tried again. To be called now and then.
  void retry();

  // Nothing is wanted but what could not be read several times: it is still tried, but may never
  // come, as when the files have become invalid.
  bool idle() const;

 private:
  using Identity = std::pair<std::string, std::string>;
  struct Source {
    SourceConfig config;
    std::function<bool(std::string_view, bool)> ignore;
    std::unique_ptr<LoaderPool> pool;  // made when it is first needed
  };

  static Identity identity_of(const Task& task);
  void load(const Identity& identity);
  void loaded(LoadResult result);
  void compare_problems(const StoredState& stored, std::vector<TaskEvent>& events) const;

  uv_loop_t* loop_;
  std::shared_ptr<FileSystem> file_system_;
  const Registry& registry_;
  const TaskPipeline& pipeline_;
  const WatchedTasks& tasks_;
  std::function<void(std::vector<TaskEvent>)> submit_;
  std::vector<Source> sources_;
  bool is_ours(std::string_view source) const;

  std::map<Identity, std::uint32_t> wanted_;  // and how often it was tried
  std::set<std::string> loading_;  // paths
};

}  // namespace pawl
