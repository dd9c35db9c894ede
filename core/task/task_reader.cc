#include "core/task/task_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "core/task/read_error.h"

namespace pawl {
namespace {

std::string join(std::string_view directory, std::string_view name) {
  if (directory.empty() || name.empty()) return std::string(directory.empty() ? name : directory);
  std::string path;
  path.reserve(directory.size() + 1 + name.size());
  path += directory;
  if (!directory.ends_with('/')) path += '/';
  return path += name;
}

bool is_unsettled(const FileContent& file, Duration granularity) {
  return file.stamp.ctime_ns > file.read_at - granularity.count();
}

// The request knows the usual granularity; this file system's may be coarser, or not to be had.
void note_granularity(const Result<Mount>& mount, TaskRead& read) {
  if (!mount.ok()) {
    read.unsettled = true;
  } else {
    read.granularity = std::max(read.granularity, mount->granularity);
  }
}

// Whether a task that is not there may be there and out of sight: without its root nothing can be
// said of it.
bool is_root_gone(FileSystem& files, const LoadRequest& request) {
  return request.relative.empty() || !files.stat(request.root).ok();
}

class DirectoryReader {
 public:
  DirectoryReader(FileSystem& files, HeldRoot& root, const LoadRequest& request)
      : files_(files), root_(root), request_(request), path_(task_path(request)) {
    read_.granularity = request.granularity;
  }

  TaskRead run() {
    read_.outcome = LoadOutcome::kValid;
    list("", 0);
    if (is_going_on() && !has_metadata()) read_.outcome = LoadOutcome::kGone;
    std::sort(found_.begin(), found_.end(),
              [](const Found& a, const Found& b) { return a.relative < b.relative; });
    for (const Found& file : found_) {
      if (!is_going_on()) return std::move(read_);
      read(file);
    }
    if (is_going_on()) {
      read_.checksum = checksum_.hex();
      if (!read_.diagnostics.empty()) read_.outcome = LoadOutcome::kInvalid;
    }
    return std::move(read_);
  }

 private:
  struct Found {
    std::string relative;
    bool direct = false;  // in the task's own directory, and not a link
  };

  bool is_going_on() const { return read_.outcome == LoadOutcome::kValid; }

  bool has_metadata() const {
    return std::any_of(found_.begin(), found_.end(),
                       [](const Found& file) { return file.relative == "metadata.json"; });
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
    Result<std::unique_ptr<OpenDirectory>> opened =
        root_.open_directory(files_, request_.root, join(request_.relative, relative),
                             request_.follow_symlinks);
    if (!opened.ok()) return cannot_list(relative, opened.status());
    OpenDirectory& directory = **opened;
    if (relative.empty() && is_known(directory)) {
      own_ = std::move(*opened);
      return take_known();
    }
    Result<std::vector<EntryName>> entries = directory.names();
    if (!entries.ok()) return cannot_list(relative, entries.status());
    if (relative.empty()) {
      note_granularity(directory.mount(), read_);
    }
    std::sort(entries->begin(), entries->end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    around_.emplace_back(directory.self().device, directory.self().inode);
    for (const EntryName& entry : *entries) {
      if (is_going_on()) take(relative, directory, entry, depth);
    }
    around_.pop_back();
    if (relative.empty()) own_ = std::move(*opened);
  }

  bool is_known(const OpenDirectory& directory) const {
    return request_.known && directory.self().digest() == request_.known->self_digest;
  }

  void take_known() {
    read_.granularity = std::max(read_.granularity, request_.known->granularity);
    for (const std::string& name : request_.known->files) {
      if (is_going_on()) take_file(name, true);
    }
  }

  void cannot_list(const std::string& relative, const Status& status) {
    relative.empty() ? fail_task(status) : fail(relative, status);
  }

  void take(const std::string& folder, OpenDirectory& directory, const EntryName& entry,
            std::uint32_t depth) {
    const std::string relative = join(folder, entry.name);
    if (is_ignored(relative, entry.type == FileType::kDirectory)) return;
    if (entry.type == FileType::kFile) return take_file(relative, folder.empty());
    if (entry.type == FileType::kDirectory) {
      see(relative, Stamp{.type = FileType::kDirectory});  // no more of it is in the stamps
      return go_into(relative, depth);
    }
    const Result<Stamp> found = directory.stat(entry.name);
    if (!found.ok()) return fail(relative, found.status());
    Stamp stamp = *found;
    const bool is_link = stamp.type == FileType::kSymlink;
    if (is_link && !follow(relative, stamp)) return see(relative, stamp);
    if (stamp.type == FileType::kFile) return take_file(relative, folder.empty() && !is_link);
    see(relative, stamp);
    if (stamp.type != FileType::kDirectory) {
      read_.passed_over.emplace_back(relative, "is not a regular file");
    } else if (!is_around(stamp)) {
      go_into(relative, depth);
    }
  }

  void go_into(const std::string& relative, std::uint32_t depth) {
    if (depth < request_.limits.depth_max) return list(relative, depth + 1);
    report(relative, fmt::format("lies deeper than {} folders in its task (depth_max)",
                                 request_.limits.depth_max));
  }

  void take_file(const std::string& relative, bool direct) {
    if (found_.size() >= request_.limits.files_max) {
      return stop(LoadOutcome::kInvalid, path_,
                  fmt::format("the task has more than {} files (files_max)",
                              request_.limits.files_max));
    }
    found_.push_back({relative, direct});
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

  void read(const Found& found) {
    const std::string& relative = found.relative;
    Result<FileContent> file =
        found.direct ? own_->read(relative, request_.limits.file_size_max)
                     : files_.read(request_.root, join(request_.relative, relative),
                                   {request_.limits.file_size_max, request_.follow_symlinks});
    if (!file.ok()) {
      const Result<Stamp> stamp = request_.follow_symlinks
                                      ? files_.follow(request_.root, join(path_, relative))
                                      : files_.stat(join(path_, relative));
      if (stamp.ok()) see(relative, *stamp);
      return fail(relative, file.status());
    }
    see(relative, file->stamp);
    read_.unsettled = read_.unsettled || is_unsettled(*file, read_.granularity);
    checksum_.add("file");
    checksum_.add(relative);
    checksum_.add(file->bytes);
    if (std::string* place = read_.files.place_of(relative)) *place = std::move(file->bytes);
  }

  // Something within the task cannot be read.
  void fail(const std::string& relative, const Status& status) {
    switch (read_error_of(status.code())) {
      case ReadError::kVanished:
        // It was listed, and may be there all the same, with the stamp that it had.
        read_.unsettled = read_.unread = true;
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
  HeldRoot& root_;
  const LoadRequest& request_;
  const std::string path_;
  TaskRead read_;
  Checksum checksum_;
  std::unique_ptr<OpenDirectory> own_;                           // the task's own
  std::vector<Found> found_;                                     // files, relative to the task
  std::vector<std::pair<std::uint64_t, std::uint64_t>> around_;  // folders that list() is in
};

}  // namespace

TaskRead read_task_directory(FileSystem& files, HeldRoot& root, const LoadRequest& request) {
  return DirectoryReader(files, root, request).run();
}

TaskRead read_task_archive(FileSystem& files, const LoadRequest& request) {
  TaskRead read;
  read.granularity = request.granularity;
  note_granularity(files.mount(task_path(request)), read);
  Result<FileContent> file = files.read(request.root, request.relative,
                                        {request.limits.file_size_max, request.follow_symlinks});
  if (file.ok()) {
    read.outcome = LoadOutcome::kValid;
    read.unsettled = read.unsettled || is_unsettled(*file, read.granularity);
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
