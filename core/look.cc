#include "core/look.h"

#include <algorithm>
#include <cerrno>

#include "core/snapshot.h"

namespace pawl {
namespace {

// A file larger than this is not read to settle a stamp: it counts as changed instead.
constexpr std::uint64_t kHashMax = std::uint64_t{8} << 20;
// A hint that is in the kernel's queue reaches the reconciler within this, save under a load that
// raises the alarm of overflow.
constexpr Duration kHintLag = milliseconds(20);

constexpr std::size_t kRoomMax = 16384;

class Worker {
 public:
  Worker(FileSystem& file_system, LookRequest& request, LookRoom& room)
      : file_system_(file_system), request_(request), room_(room) {
    answer_.kind = request.kind;
    answer_.directory = request.directory;
    answer_.lane = request.lane;
    answer_.number = request.number;
    answer_.hinted_at = request.hinted_at;
    answer_.hold = request.hold;
  }

  LookAnswer run() {
    taken_at_ = file_system_.wall_now();
    switch (request_.kind) {
      case LookKind::kSelf: self(); break;
      case LookKind::kProbe: probe(); break;
      case LookKind::kNames: names(); break;
      case LookKind::kVerify: verify(); break;
      case LookKind::kList: list(); break;
    }
    if (answer_.status.ok()) finish();
    return std::move(answer_);
  }

 private:
  void self() {
    Result<Stamp> stamp = file_system_.stat(request_.path);
    if (stamp.ok()) {
      answer_.self = *stamp;
      if (stamp->type != FileType::kDirectory)
        answer_.status = Status(Code::kNotDirectory, "watch", request_.path);
    } else {
      answer_.status = stamp.status();
    }
    if (answer_.status.ok() && is_another_root()) describe_root();
  }

  bool is_another_root() const {
    return request_.root && request_.root->inode != 0 &&
           (answer_.self.inode != request_.root->inode ||
            answer_.self.device != request_.root->device);
  }

  // The root is another one than it was: what it is on and what it holds decide if it is believed.
  void describe_root() {
    describe_mount();
    if (!answer_.status.ok()) return;
    Stamp self;
    std::vector<DirectoryEntry> entries;
    answer_.status = file_system_.list(request_.path, {}, self, entries);
    // What it holds must be told of the same directory as what it is.
    if (answer_.status.ok() &&
        (self.inode != answer_.self.inode || self.device != answer_.self.device))
      answer_.status = Status(Code::kNotFound, "see", request_.path, "it changes just now");
    for (const DirectoryEntry& entry : entries) answer_.names.push_back(entry.name);
  }

  void probe() {
    self();
    if (answer_.status.ok()) describe_mount();
    if (answer_.status.ok() && request_.hold) answer_.held = file_system_.hold_watch(request_.path);
  }

  void describe_mount() {
    Result<Mount> mount = file_system_.mount(request_.path);
    if (mount.ok()) {
      answer_.mount = *mount;
    } else {
      answer_.status = mount.status();
    }
    Result<std::string> real = file_system_.real_path(request_.path);
    if (real.ok()) {
      answer_.real_path = std::move(*real);
    } else if (real.status().os_error() != ENAMETOOLONG) {
      // One so long is in no table of mounts. Without any other the table would be of no use.
      answer_.status = real.status();
    }
  }

  Status look(std::vector<Looked>& looked) {
    room_.names.clear();
    for (std::size_t i = 0; i < request_.names.size(); ++i)
      room_.names.push_back(request_.names[i]);
    return file_system_.look(request_.path, room_.names, answer_.self, looked);
  }

  void names() {
    answer_.status = look(answer_.looked);
    answer_.names = std::move(request_.names);
    for (std::uint64_t digest : request_.digests) ambiguous_.push_back(digest == 0);
  }

  void verify() {
    answer_.status = look(room_.looked);
    if (!answer_.status.ok()) return;
    if (request_.self_digest == 0 || answer_.self.digest() != request_.self_digest) {
      answer_.kind = LookKind::kList;
      return list();
    }
    for (std::size_t i = 0; i < request_.names.size(); ++i) {
      Looked& looked = room_.looked[i];
      follow(request_.names[i], looked);
      if (looked.os_error == 0 && request_.digests[i] != 0 &&
          looked.stamp.digest() == request_.digests[i])
        continue;
      answer_.names.push_back(request_.names[i]);
      answer_.looked.push_back(looked);
      ambiguous_.push_back(request_.digests[i] == 0);
    }
    followed_ = true;
  }

  void list() {
    std::vector<DirectoryEntry>& entries = room_.entries;
    std::vector<std::string_view> skip(request_.skip.begin(), request_.skip.end());
    answer_.status = file_system_.list(request_.path, skip, answer_.self, entries);
    if (!answer_.status.ok()) return;
    answer_.skipped = std::move(request_.skip);
    answer_.looked.reserve(entries.size());
    answer_.names.reserve(entries.size(), entries.size() * 16);
    for (const DirectoryEntry& entry : entries) {
      answer_.names.push_back(entry.name);
      answer_.looked.push_back(Looked{entry.stamp});
      // One that could not be looked at is not taken for another mount.
      Stamp& stamp = answer_.looked.back().stamp;
      if (stamp.device == 0) stamp.device = answer_.self.device;
    }
  }

  void follow(std::string_view name, Looked& looked) {
    if (!request_.follow_symlinks || looked.os_error != 0 ||
        looked.stamp.type != FileType::kSymlink || !request_.root)
      return;
    std::string path = request_.path;
    if (path.ends_with("/.")) path.pop_back();
    if (path.back() != '/') path += '/';
    Result<Stamp> target = file_system_.follow(request_.root->path, path.append(name));
    // A link that leads nowhere, or outside, is watched as the link that it is.
    if (!target.ok()) return;
    looked.stamp = *target;
    looked.link = true;
  }

  void finish() {
    answer_.self_unsettled = is_unsettled(answer_.self, taken_at_, request_.granularity);
    const std::size_t count = answer_.looked.size();
    answer_.content.assign(count, 0);
    answer_.unsettled.assign(count, false);
    bool missing = request_.kind == LookKind::kList || answer_.kind == LookKind::kList;
    for (std::size_t i = 0; i < count; ++i) {
      Looked& looked = answer_.looked[i];
      if (!followed_) follow(answer_.names[i], looked);
      missing |= looked.os_error == ENOENT;
      if (looked.os_error == 0) settle(i);
    }
    if (missing) check_root();
  }

  // A file whose stamp is ambiguous now, or was when it was last looked at, is told by its content.
  void settle(std::size_t i) {
    const Stamp& stamp = answer_.looked[i].stamp;
    if (stamp.type != FileType::kFile) return;
    // Where only hints tell of a write that the stamp does not show, its hint may still be waiting.
    answer_.unsettled[i] =
        is_unsettled(stamp, taken_at_,
                     request_.granularity + (request_.hash_unsettled ? Duration::zero() : kHintLag));
    const bool was_unsettled = i < ambiguous_.size() ? ambiguous_[i] : lists_again();
    if (!request_.hash_unsettled || !(answer_.unsettled[i] || was_unsettled)) return;
    // Where the content can't be had, it is never the same twice.
    answer_.content[i] = static_cast<std::uint64_t>(taken_at_) | 1;
    if (static_cast<std::uint64_t>(stamp.size) > kHashMax) return;
    ReadOptions options;
    options.size_max = kHashMax;
    Result<FileContent> file =
        file_system_.read(request_.path, std::string(answer_.names[i]), options);
    if (file.ok()) answer_.content[i] = content_hash(file->bytes);
  }

  // A listing does not say which of its names were ambiguous before; in a directory that is known
  // already some may have been.
  bool lists_again() const { return answer_.kind == LookKind::kList && request_.recheck_content; }

  // Losing sight of a root is not seeing it empty: what is missing below a root that went away,
  // was unmounted or was replaced meanwhile says nothing.
  void check_root() {
    if (!request_.root || request_.root->inode == 0) return;
    Result<Stamp> root = file_system_.stat(request_.root->path + "/.");
    answer_.root_changed = !root.ok() || root->inode != request_.root->inode ||
                           root->device != request_.root->device;
  }

  FileSystem& file_system_;
  LookRequest& request_;
  LookRoom& room_;
  LookAnswer answer_;
  WallNs taken_at_ = 0;
  bool followed_ = false;
  std::vector<bool> ambiguous_;  // one for each name: its stamp was unsettled at the last look
};

}  // namespace

bool is_unsettled(const Stamp& stamp, WallNs now, Duration granularity) {
  // By ctime: nobody can set it, and every change of content moves it.
  return stamp.ctime_ns >= now - granularity.count();
}

LookAnswer perform(FileSystem& file_system, LookRequest&& request, LookRoom& room) {
  request.held.reset();
  LookAnswer answer = Worker(file_system, request, room).run();
  // What a look at a million entries took is not kept for ever.
  if (room.entries.capacity() > kRoomMax) room.entries = {};
  if (room.names.capacity() > kRoomMax) room.names = {};
  if (room.looked.capacity() > kRoomMax) room.looked = {};
  return answer;
}

}  // namespace pawl
