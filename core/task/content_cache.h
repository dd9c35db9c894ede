// Gives the text of a task (script, schemas, metadata) when it is asked for. Texts are by far the
// most of a registry, so they are not kept in it: they are loaded on demand, and the ones used
// last are kept, by checksum, up to a number of bytes.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/status.h"
#include "core/task/task.h"

namespace pawl {

class ScriptSource {
 public:
  virtual ~ScriptSource() = default;

  // The content of `task` as it was when `task` was read, which is what its checksum names. An
  // error: it can't be had (any more), with the reason.
  virtual Result<std::shared_ptr<const TaskContent>> content(const Task& task) = 0;
};

// Threading: any number of threads; the loader runs on the thread that asks, outside the lock, so
// a slow disk delays only that one. Two that ask at once for the same text may both load it.
class ContentCache : public ScriptSource {
 public:
  using Loader = std::function<Result<std::shared_ptr<const TaskContent>>(const Task&)>;

  // `loader` gives what task.checksum names, or an error if the disk has moved on. It must bear to
  // be called on several threads at once. `bytes_max` bounds what is kept; one content that is
  // larger than that is given out and not kept.
  ContentCache(std::size_t bytes_max, Loader loader);

  Result<std::shared_ptr<const TaskContent>> content(const Task& task) override;

  // Keeps a content that is at hand anyway, and may be asked for next.
  void put(const std::string& checksum, std::shared_ptr<const TaskContent> content);

  std::size_t bytes() const;

 private:
  struct Kept {
    std::string checksum;
    std::shared_ptr<const TaskContent> content;
    std::size_t bytes;
  };

  const std::size_t bytes_max_;
  const Loader loader_;
  mutable std::mutex mutex_;  // guards everything below
  std::list<Kept> kept_;      // the one used last is first
  std::unordered_map<std::string_view, std::list<Kept>::iterator> by_checksum_;
  std::size_t bytes_ = 0;
};

}  // namespace pawl
