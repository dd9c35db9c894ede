#include "core/task/task.h"

#include <algorithm>
#include <cstring>

namespace pawl {
namespace {

constexpr int kFields = 7;  // before the tags

// A length, seven bits a byte, the lowest first.
char* put_size(char* to, std::size_t size) {
  for (; size >= 0x80; size >>= 7) *to++ = static_cast<char>(size | 0x80);
  *to++ = static_cast<char>(size);
  return to;
}

std::size_t take_size(const char*& from) {
  std::size_t size = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*from++);
    size |= std::size_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return size;
  }
}

std::size_t size_of_size(std::size_t size) {
  std::size_t bytes = 1;
  while ((size >>= 7) != 0) ++bytes;
  return bytes;
}

std::string_view take(const char*& from) {
  const std::size_t size = take_size(from);
  const std::string_view text(from, size);
  from += size;
  return text;
}

}  // namespace

Task::Task(const TaskFields& fields) {
  std::vector<std::string_view> texts{fields.path,   fields.uuid,  fields.version,    fields.checksum,
                                      fields.source, fields.label, fields.description};
  texts.insert(texts.end(), fields.tags.begin(), fields.tags.end());
  std::size_t bytes = size_of_size(fields.tags.size());
  for (const std::string_view text : texts) bytes += size_of_size(text.size()) + text.size();
  bytes_ = std::make_unique_for_overwrite<char[]>(bytes);
  char* to = bytes_.get();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i == kFields) to = put_size(to, fields.tags.size());
    to = put_size(to, texts[i].size());
    to = std::copy(texts[i].begin(), texts[i].end(), to);
  }
  if (fields.tags.empty()) put_size(to, 0);
}

std::string_view Task::field(int number) const {
  const char* from = bytes_.get();
  for (int i = 0; i < number; ++i) {
    const std::size_t size = take_size(from);
    from += size;
  }
  return take(from);
}

std::vector<std::string> Task::tags() const {
  const std::string_view before = field(kFields - 1);
  const char* from = before.data() + before.size();
  std::vector<std::string> tags(take_size(from));
  for (std::string& tag : tags) tag = take(from);
  return tags;
}

bool Task::has_tag(std::string_view tag) const {
  const std::string_view before = field(kFields - 1);
  const char* from = before.data() + before.size();
  for (std::size_t left = take_size(from); left > 0; --left)
    if (take(from) == tag) return true;
  return false;
}

TaskFields Task::fields() const {
  return {std::string(uuid()),        std::string(version()), std::string(label()),
          std::string(description()), tags(),                 std::string(source()),
          std::string(path()),        std::string(checksum())};
}

std::string_view task_event_name(TaskEventKind kind) {
  switch (kind) {
    case TaskEventKind::kAdded:
      return "added";
    case TaskEventKind::kUpdated:
      return "updated";
    case TaskEventKind::kRemoved:
      return "removed";
    case TaskEventKind::kInvalid:
      return "invalid";
    case TaskEventKind::kRecovered:
      return "recovered";
    case TaskEventKind::kDuplicate:
      return "duplicate";
  }
  return "unknown";
}

}  // namespace pawl
