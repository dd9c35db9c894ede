// A disk in memory: devices with inodes, mounted in one tree of names, and what the kernel tells
// those who watch its directories. Operations are what programs do, with every right; permissions
// bind only those who look through SimFileSystem.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_system.h"
#include "core/mount_point.h"

namespace pawl {

struct Node;
using NodePtr = std::shared_ptr<Node>;

struct Device {
  std::uint64_t number = 0;
  Mount mount;
  Duration tick{};      // timestamps are rounded down to it; at most mount.granularity
  bool hung = false;    // nothing there answers
  bool reuses = false;  // the inode of what was removed last is given to what is made next
  std::uint64_t inode_next = 2;
  std::vector<std::uint64_t> inodes_free;
  NodePtr top;
};

struct Node : std::enable_shared_from_this<Node> {
  FileType type = FileType::kFile;
  Device* device = nullptr;
  std::uint64_t inode = 0;
  std::uint16_t mode = 0755;
  std::uint32_t owner = 1;
  std::uint32_t links = 0;
  bool had_names = false;  // more than one at a time: of a write, the other's directory is not told
  WallNs mtime = 0;
  WallNs ctime = 0;
  WallNs written_at = 0;  // when its content last changed, to the nanosecond: for the oracle alone
  std::string bytes;      // of a file; the target of a link
  std::map<std::string, NodePtr, std::less<>> entries;
  Node* parent = nullptr;  // of a directory
  NodePtr mounted;         // what hides this directory
  std::uint64_t mounting = 0;  // the number of that mounting

  Stamp stamp() const;
  bool is_directory() const { return type == FileType::kDirectory; }
};

// As inotify tells it to the watch of a directory.
enum class KernelEvent : std::uint8_t {
  kCreate,
  kDelete,
  kMovedFrom,
  kMovedTo,
  kModify,
  kAttrib,
  kDeleteSelf,
  kMoveSelf,
  kUnmount,
  kIgnored,  // the watch is no more
};

std::string_view kernel_event_name(KernelEvent event);

class Disk {
 public:
  // With one device, mounted at "/".
  Disk();

  Device& add_device(Mount mount, Duration tick, bool reuses);
  Device& device(std::size_t index) { return *devices_[index]; }
  std::size_t devices() const { return devices_.size(); }

  WallNs now = 1'700'000'000'000'000'000;
  // Told of every event, whether anybody watches or not. An empty name is the directory itself.
  std::function<void(const Node& directory, KernelEvent event, std::string_view name)> tell;
  // Told of every content that a file has had, be it for a moment.
  std::function<void(const std::string& bytes)> written;

  // Told when something was mounted or unmounted.
  std::function<void()> mounts_changed;
  // Told of every path that no longer names what it did.
  std::function<void(const std::string& path)> gone;

  // Each is one system call; false: it failed, and nothing changed.
  bool make_directory(const std::string& path);
  bool create(const std::string& path);                           // an empty file
  bool write(const std::string& path, const std::string& bytes);  // made if missing, else truncated
  bool overwrite(const std::string& path, const std::string& bytes);  // in place, in one write
  bool link(const std::string& target, const std::string& path);
  bool hard_link(const std::string& old, const std::string& path);
  bool make_fifo(const std::string& path);
  bool rename(const std::string& from, const std::string& to);
  bool exchange(const std::string& a, const std::string& b);
  bool remove(const std::string& path);       // unlink or rmdir
  bool remove_tree(const std::string& path);  // rm -rf: many calls
  bool set_mode(const std::string& path, std::uint16_t mode);
  bool touch(const std::string& path);
  bool mount(Device& device, const std::string& path);
  bool unmount(const std::string& path);

  // As /proc/self/mountinfo has it.
  std::vector<MountPoint> mount_table() const;
  // The place that `path` names, without links. REQUIRES: it is there.
  std::string real_path(const std::string& path) const;
  // Whoever looks `path` up waits for a device that does not answer.
  bool would_hang(const std::string& path) const;

  // What `path` names, links followed but for the last component; null if there is nothing.
  // `error` says why. With `checked`, permissions of directories on the way count.
  Node* find(std::string_view path, bool checked, int* error = nullptr) const {
    return resolve(path, checked, false, error, 0);
  }
  // Links followed in the last component too.
  Node* find_followed(std::string_view path, bool checked, int* error = nullptr) const {
    return resolve(path, checked, true, error, 0);
  }

 private:
  Node* resolve(std::string_view path, bool checked, bool follow, int* error, int links) const;
  Node* walk(Node* from, std::string_view path, bool checked, bool follow, int* error,
             int links) const;
  Node* parent_of(const std::string& path, std::string& name) const;
  NodePtr make_node(Device& device, FileType type);
  bool add(const std::string& path, FileType type, const std::string& bytes);
  void stamp_change(Node& node, bool content);
  void drop(Node& node);
  void event(const Node& directory, KernelEvent event, std::string_view name);
  void unmounted(const Node& node);
  void add_mounts(const Node& node, const std::string& path, std::vector<MountPoint>& table) const;
  void set_bytes(Node& file, const std::string& bytes);

  std::vector<std::unique_ptr<Device>> devices_;
  std::uint64_t mountings_ = 0;
};

std::string parent_path(const std::string& path);
std::string base_name(const std::string& path);

}  // namespace pawl
