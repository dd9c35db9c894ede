#include "core/task/content_cache.h"

#include <utility>

namespace pawl {
namespace {

std::size_t size_of(const TaskContent& content) {
  return sizeof(TaskContent) + content.metadata.size() + content.input_schema.size() +
         content.output_schema.size() + content.script.size();
}

}  // namespace

ContentCache::ContentCache(std::size_t bytes_max, Loader loader)
    : bytes_max_(bytes_max), loader_(std::move(loader)) {}

Result<std::shared_ptr<const TaskContent>> ContentCache::content(const Task& task) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = by_checksum_.find(task.checksum()); found != by_checksum_.end()) {
      kept_.splice(kept_.begin(), kept_, found->second);
      return found->second->content;
    }
  }
  auto loaded = loader_(task);
  if (loaded) put(std::string(task.checksum()), *loaded);
  return loaded;
}

void ContentCache::put(const std::string& checksum, std::shared_ptr<const TaskContent> content) {
  const std::size_t bytes = size_of(*content);
  if (bytes > bytes_max_) return;
  const std::lock_guard lock(mutex_);
  if (by_checksum_.contains(checksum)) return;
  kept_.push_front({checksum, std::move(content), bytes});
  by_checksum_.emplace(kept_.front().checksum, kept_.begin());
  bytes_ += bytes;
  while (bytes_ > bytes_max_) {
    by_checksum_.erase(kept_.back().checksum);
    bytes_ -= kept_.back().bytes;
    kept_.pop_back();
  }
}

std::size_t ContentCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace pawl
