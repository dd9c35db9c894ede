#include "core/task/task_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>

#include "core/task/read_error.h"

namespace pawl {
namespace {

std::string join(std::string_view directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  if (name.empty()) return std::string(directory);
  return directory.ends_with('/') ? fmt::format("{}{}", directory, name)
                                  : fmt::format("{}/{}", directory, name);
}

bool is_unsettled(const FileContent& file, Duration granularity) {
  return file.stamp.ctime_ns > file.read_at - granularity.count();
}

// Whether a task that is not there may be there and out of sight: without its root nothing can be
// said of it.
bool is_root_gone(FileSystem& files, const LoadRequest& request) {
  return request.relative.empty() || !files.stat(request.root).ok();
}

class DirectoryReader {
 public:
  DirectoryReader(FileSystem& files, const LoadRequest& request)
      : files_(files), request_(request), path_(task_path(request)) {}

  TaskRead run() {
    read_.outcome = LoadOutcome::kValid;
    list("", 0);
    if (is_going_on() && !has_metadata()) read_.outcome = LoadOutcome::kGone;
    std::sort(found_.begin(), found_.end());
    for (const std::string& relative : found_) {
      if (!is_going_on()) return std::move(read_);
      read(relative);
    }
    if (is_going_on()) {
      read_.checksum = checksum_.hex();
      if (!read_.diagnostics.empty()) read_.outcome = LoadOutcome::kInvalid;
    }
    return std::move(read_);
  }

 private:
  bool is_going_on() const { return read_.outcome == LoadOutcome::kValid; }

  bool has_metadata() const {
    return std::find(found_.begin(), found_.end(), "metadata.json") != found_.end();
  }

  void stop(LoadOutcome outcome, const std::string& path, std::string why) {
    read_.outcome = outcome;
    read_.diagnostics = {{path, 0, 0, std::move(why)}};
  }

  void report(const std::string& relative, std::string what) {
    // Content that can't be read is part of the checksum as what keeps it from being read.
    checksum_.add("unread");
    checksum_.add(relative);
    checksum_.add(what);
    read_.diagnostics.push_back({join(path_, relative), 0, 0, std::move(what)});
  }

  // Lists the folder `relative` of the task, and all below it.
  void list(const std::string& relative, std::uint32_t depth) {
    const std::string path = join(path_, relative);
    Stamp self;
    std::vector<DirectoryEntry> entries;
    // Through its last link, if it may be one: the root, or a folder that a followed link leads to.
    const bool linked = request_.follow_symlinks || path == request_.root;
    const Status status = files_.list(linked ? path + "/." : path, {}, self, entries);
    if (!status.ok()) {
      if (relative.empty()) {
        fail_task(status);
      } else {
        fail(relative, status);
      }
      return;
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    around_.emplace_back(self.device, self.inode);
    for (const DirectoryEntry& entry : entries) {
      if (is_going_on()) take(join(relative, entry.name), entry, depth);
    }
    around_.pop_back();
  }

  void take(const std::string& relative, const DirectoryEntry& entry, std::uint32_t depth) {
    Stamp stamp = entry.stamp;
    const bool is_link = stamp.type == FileType::kSymlink;
    if (is_ignored(relative, stamp.type == FileType::kDirectory)) return;
    if (is_link && !follow(relative, stamp)) return see(relative, stamp);
    if (stamp.type != FileType::kFile) see(relative, stamp);
    if (stamp.type == FileType::kDirectory) {
      if (is_link && is_around(stamp)) return;
      if (depth >= request_.limits.depth_max) {
        report(relative, fmt::format("lies deeper than {} folders in its task (depth_max)",
                                     request_.limits.depth_max));
      } else {
        list(relative, depth + 1);
      }
    } else if (stamp.type == FileType::kFile) {
      if (found_.size() >= request_.limits.files_max) {
        stop(LoadOutcome::kInvalid, path_,
             fmt::format("the task has more than {} files (files_max)", request_.limits.files_max));
        return;
      }
      found_.push_back(relative);
      listed_.emplace(relative, stamp);
    } else {
      read_.passed_over.emplace_back(relative, "is not a regular file");
    }
  }

  void see(const std::string& relative, const Stamp& stamp) {
    read_.stamps.add(TaskStamps::path(relative), stamp);
  }

  bool is_ignored(const std::string& relative, bool is_directory) const {
    return request_.ignore && request_.ignore(join(request_.relative, relative), is_directory);
  }

  // A link into a folder that it lies in would be followed for ever.
  bool is_around(const Stamp& stamp) const {
    return std::find(around_.begin(), around_.end(), std::pair(stamp.device, stamp.inode)) !=
           around_.end();
  }

  // Replaces the stamp of a link by that of what it leads to. False: it is passed over.
  bool follow(const std::string& relative, Stamp& stamp) {
    if (!request_.follow_symlinks) {
      read_.passed_over.emplace_back(relative,
                                     "is a symbolic link, which is not followed (follow_symlinks)");
      return false;
    }
    const Result<Stamp> target = files_.follow(request_.root, join(path_, relative));
    if (target.ok()) {
      stamp = *target;
      return true;
    }
    switch (read_error_of(target.status().code())) {
      case ReadError::kPassing:
        fail(relative, target.status());
        break;
      case ReadError::kVanished:
        // Editors lock files by links to nowhere.
        read_.passed_over.emplace_back(relative, "is a symbolic link that leads nowhere");
        break;
      case ReadError::kRefused:
        read_.passed_over.emplace_back(relative, refusal_text(target.status(), request_.limits));
        break;
    }
    return false;
  }

  void read(const std::string& relative) {
    Result<FileContent> file =
        files_.read(request_.root, join(request_.relative, relative),
                    {request_.limits.file_size_max, request_.follow_symlinks});
    if (!file.ok()) {
      see(relative, listed_.at(relative));
      fail(relative, file.status());
      return;
    }
    see(relative, file->stamp);
    read_.unsettled = read_.unsettled || is_unsettled(*file, request_.granularity);
    checksum_.add("file");
    checksum_.add(relative);
    checksum_.add(file->bytes);
    if (std::string* place = read_.files.place_of(relative)) *place = std::move(file->bytes);
  }

  // Something within the task cannot be read.
  void fail(const std::string& relative, const Status& status) {
    switch (read_error_of(status.code())) {
      case ReadError::kVanished:
        read_.unsettled = true;
        if (relative == "metadata.json") read_.outcome = LoadOutcome::kGone;
        break;
      case ReadError::kRefused:
        read_.unread = read_.unread || status.code() == Code::kPermission;
        report(relative, refusal_text(status, request_.limits));
        break;
      case ReadError::kPassing:
        stop(LoadOutcome::kRetry, join(path_, relative), status.message());
        break;
    }
  }

  // The task's own directory cannot be listed.
  void fail_task(const Status& status) {
    switch (read_error_of(status.code())) {
      case ReadError::kVanished:
        if (is_root_gone(files_, request_)) {
          stop(LoadOutcome::kRetry, request_.root, status.message());
        } else {
          read_.outcome = LoadOutcome::kGone;
        }
        break;
      case ReadError::kRefused:
        read_.unread = status.code() == Code::kPermission;
        stop(LoadOutcome::kInvalid, path_, refusal_text(status, request_.limits));
        break;
      case ReadError::kPassing:
        stop(LoadOutcome::kRetry, path_, status.message());
        break;
    }
  }

  FileSystem& files_;
  const LoadRequest& request_;
  const std::string path_;
  TaskRead read_;
  Checksum checksum_;
  std::vector<std::string> found_;                               // files, relative to the task
  std::unordered_map<std::string, Stamp> listed_;                // their stamps when they were listed
  std::vector<std::pair<std::uint64_t, std::uint64_t>> around_;  // folders that list() is in
};

}  // namespace

TaskRead read_task_directory(FileSystem& files, const LoadRequest& request) {
  return DirectoryReader(files, request).run();
}

TaskRead read_task_archive(FileSystem& files, const LoadRequest& request) {
  TaskRead read;
  Result<FileContent> file = files.read(request.root, request.relative,
                                        {request.limits.file_size_max, request.follow_symlinks});
  if (file.ok()) {
    read.outcome = LoadOutcome::kValid;
    read.unsettled = is_unsettled(*file, request.granularity);
    read.stamps.add(0, file->stamp);
    Checksum checksum;
    checksum.add("archive");
    checksum.add(file->bytes);
    read.checksum = checksum.hex();
    read.archive = std::move(file->bytes);
    return read;
  }
  const Status& status = file.status();
  const std::string path = task_path(request);
  switch (read_error_of(status.code())) {
    case ReadError::kVanished:
      read.outcome = LoadOutcome::kGone;
      if (!is_root_gone(files, request)) return read;
      read.outcome = LoadOutcome::kRetry;
      read.diagnostics = {{path, 0, 0, status.message()}};
      break;
    case ReadError::kRefused:
      read.outcome = LoadOutcome::kInvalid;
      read.unread = status.code() == Code::kPermission;
      read.diagnostics = {{path, 0, 0, refusal_text(status, request.limits)}};
      break;
    case ReadError::kPassing:
      read.outcome = LoadOutcome::kRetry;
      read.diagnostics = {{path, 0, 0, status.message()}};
      break;
  }
  return read;
}

}  // namespace pawl
