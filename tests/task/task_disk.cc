#include "tests/task/task_disk.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace pawl {
namespace {

std::string parent_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

Status error(Code code, const std::string& path) {
  return Status(code, "read", path);
}

}  // namespace

void TaskDisk::put_node(const std::string& path, FileType type, std::string bytes, WallNs ctime) {
  for (std::string up = parent_of(path); !up.empty() && !nodes_.contains(up); up = parent_of(up)) {
    put_folder(up);
  }
  Node& node = nodes_[path];
  node.stamp.inode = next_inode_++;
  node.stamp.device = 1;
  node.stamp.type = type;
  node.stamp.size = static_cast<std::int64_t>(bytes.size());
  node.stamp.ctime_ns = node.stamp.mtime_ns = ctime;
  node.bytes = std::move(bytes);
}

void TaskDisk::put(const std::string& path, std::string bytes, WallNs ctime) {
  put_node(path, FileType::kFile, std::move(bytes), ctime);
}

void TaskDisk::put_link(const std::string& path, const std::string& target) {
  put_node(path, FileType::kSymlink, target, 0);
}

void TaskDisk::put_other(const std::string& path) {
  put_node(path, FileType::kOther, {}, 0);
}

void TaskDisk::put_folder(const std::string& path) {
  Node& node = nodes_[path];
  node.stamp.inode = next_inode_++;
  node.stamp.device = 1;
  node.stamp.type = FileType::kDirectory;
}

void TaskDisk::remove(const std::string& path) {
  std::erase_if(nodes_, [&](const auto& item) {
    return item.first == path || item.first.starts_with(path + "/");
  });
}

void TaskDisk::fail(const std::string& path, Code code) {
  failures_.erase(path);
  if (code != Code::kOk) failures_[path] = code;
}

void TaskDisk::copy_from(const std::string& from, const std::string& to) {
  namespace fs = std::filesystem;
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const std::string relative = fs::relative(entry.path(), from).generic_string();
    if (!entry.is_regular_file() || relative == "expected") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    put(to + "/" + relative, {std::istreambuf_iterator<char>(file), {}});
  }
}

Status TaskDisk::failure(const std::string& path) const {
  const auto found = failures_.find(path);
  return found == failures_.end() ? Status() : error(found->second, path);
}

std::string TaskDisk::resolve(const std::string& path) const {
  constexpr int kLinksMax = 40;
  std::string left = path;
  std::string done;
  for (int links = 0; !left.empty();) {
    const std::size_t slash = left.find('/', 1);
    done += left.substr(0, slash);
    left = slash == left.npos ? "" : left.substr(slash);
    const auto node = nodes_.find(done);
    if (node == nodes_.end()) return {};
    if (node->second.stamp.type != FileType::kSymlink) continue;
    if (++links > kLinksMax) return {};
    left = node->second.bytes + left;
    done.clear();
  }
  return done;
}

Status TaskDisk::look(const std::string& path, std::span<const std::string_view>, Stamp&,
                      std::vector<Looked>&) {
  return Status(Code::kUnsupported, "look at", path);
}

Result<Stamp> TaskDisk::stat(const std::string& path) {
  if (Status status = failure(path); !status.ok()) return status;
  const auto node = nodes_.find(path);
  if (node == nodes_.end()) return error(Code::kNotFound, path);
  return node->second.stamp;
}

Result<Stamp> TaskDisk::follow(const std::string& root, const std::string& path) {
  if (Status status = failure(path); !status.ok()) return status;
  const std::string target = resolve(path);
  if (target.empty()) return error(Code::kNotFound, path);
  if (target != root && !target.starts_with(root + "/")) return error(Code::kEscapes, path);
  return nodes_.at(target).stamp;
}

Status TaskDisk::list(const std::string& path, std::span<const std::string_view>, Stamp& self,
                      std::vector<DirectoryEntry>& entries) {
  if (Status status = failure(path); !status.ok()) return status;
  // "/link/." is the directory that the link leads to.
  const std::string real = resolve(path.ends_with("/.") ? path.substr(0, path.size() - 2) : path);
  const auto node = nodes_.find(real);
  if (node == nodes_.end()) return error(Code::kNotFound, path);
  self = node->second.stamp;
  if (self.type != FileType::kDirectory) return error(Code::kNotDirectory, path);
  // Backwards: no order is promised.
  for (auto it = nodes_.rbegin(); it != nodes_.rend(); ++it) {
    if (parent_of(it->first) != node->first) continue;
    entries.push_back({it->first.substr(node->first.size() + 1), it->second.stamp});
  }
  return {};
}

Result<FileContent> TaskDisk::read(const std::string& root, const std::string& relative,
                                   const ReadOptions& options) {
  const std::string path = root + "/" + relative;
  reads_.push_back(path);
  if (Status status = failure(path); !status.ok()) return status;
  if (path == vanishing_) return error(Code::kNotFound, path);
  const auto node = nodes_.find(options.follow_symlinks ? resolve(path) : path);
  if (node == nodes_.end()) return error(Code::kNotFound, path);
  if (node->second.stamp.type != FileType::kFile) return error(Code::kInvalid, path);
  if (node->second.bytes.size() > options.size_max) return error(Code::kTooLarge, path);
  return FileContent{node->second.bytes, node->second.stamp, now};
}

Result<Mount> TaskDisk::mount(const std::string&) {
  return Mount{.granularity = Duration::zero()};  // the request's counts
}

}  // namespace pawl
