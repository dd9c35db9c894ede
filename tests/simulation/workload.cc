#include "tests/simulation/workload.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/task/zip_writer.h"

namespace pawl {
namespace {

constexpr std::string_view kRootPaths[kRoots] = {"/srv/one", "/srv/two"};
// Names are few, so that they meet.
constexpr std::string_view kNames[] = {"a", "b", "c", "one", "two", "x.zip", "t1", "t2", "t3"};

}  // namespace

std::string root_path(std::size_t root) { return std::string(kRootPaths[root]); }

std::string away_path(std::size_t root) { return fmt::format("/srv/away{}", root); }

Workload::Workload(Disk& disk, const Scenario& scenario) : disk_(disk), scenario_(scenario) {}

void Workload::set_up() {
  Random random(scenario_.seed ^ 0x5e7u);
  const auto mount = [&](const std::string& path, bool remote) {
    Mount kind{.type = remote ? "nfs" : "ext4", .granularity = scenario_.tick};
    kind.tells_all = kind.may_hang = false;
    kind.tells_all = !remote;
    kind.may_hang = remote;
    Device& device = disk_.add_device(kind, scenario_.tick, random.below(2) == 0);
    disk_.make_directory(path);
    disk_.mount(device, path);
    places_.push_back({&device, path, true});
  };
  disk_.device(0).tick = disk_.device(0).mount.granularity = scenario_.tick;
  // A root that is another one and again one with the first inode, between two looks, is not told
  // from the first: only the background reconcile finds that its watch is on the one between.
  disk_.device(0).reuses = random.below(2) == 0 && (scenario_.hides_faults || !scenario_.link_root);
  disk_.make_directory("/srv");
  disk_.make_directory("/srv/out");
  if (scenario_.link_root) {
    disk_.make_directory("/srv/releases");
    disk_.make_directory("/srv/releases/0");
    disk_.link("releases/0", "/srv/one");
  } else {
    disk_.make_directory("/srv/one");
  }
  disk_.make_directory("/srv/two");
  if (scenario_.mount_root) mount("/srv/two", scenario_.remote);
  for (std::size_t root = 0; root < kRoots; ++root) {
    for (std::uint64_t i = 1 + random.below(3); i > 0; --i) {
      const std::string path = root_path(root) + "/" + new_name(random);
      if (random.below(2) == 0) {
        new_task(path, random);
      } else {
        disk_.make_directory(path);
        disk_.write(path + "/" + new_name(random), "text");
      }
    }
    disk_.write(root_path(root) + "/README", "here");
  }
  if (scenario_.nested_mount) mount("/srv/one/mnt", scenario_.remote);
  if (scenario_.nested_mount) new_task("/srv/one/mnt/far", random);
}

bool Workload::out_of_sight(std::size_t root) const {
  if (away_[root]) return true;
  for (const Place& place : places_)
    if (place.path == root_path(root) && !place.mounted) return true;
  return false;
}

const Node* Workload::hidden(std::size_t root, const std::string& path) const {
  const std::string below = path.substr(root_path(root).size());
  // What a followed link is taken for may have changed, and then it is told to go and to come.
  const auto what_is_there = [&](const Node* node) {
    const bool may_change = node != nullptr && scenario_.follows && node->type == FileType::kSymlink;
    return may_change ? nullptr : node;
  };
  if (away_[root]) return what_is_there(disk_.find(away_path(root) + below, false));
  for (const Place& place : places_) {
    if (place.path != root_path(root) || place.mounted) continue;
    const Node* node = place.device->top.get();
    for (std::size_t at = 0; node != nullptr && at < below.size();) {
      const std::size_t slash = std::min(below.find('/', at + 1), below.size());
      const auto entry = node->entries.find(below.substr(at + 1, slash - at - 1));
      node = entry == node->entries.end() ? nullptr : entry->second.get();
      while (node != nullptr && node->mounted) node = node->mounted.get();
      at = slash;
    }
    return what_is_there(node);
  }
  return nullptr;
}

void Workload::walk(const std::string& path, std::vector<std::string>& directories,
                    std::vector<std::string>& files) const {
  const Node* node = disk_.find(path + "/.", false);
  if (node == nullptr || node->device->hung || directories.size() > 300) return;
  // Who writes into a bare mount point has made it another root.
  for (std::size_t root = 0; root < kRoots; ++root)
    if (path == root_path(root) && out_of_sight(root)) return;
  directories.push_back(path);
  for (const auto& [name, entry] : node->entries) {
    const std::string below = path + "/" + name;
    if (entry->is_directory()) {
      walk(below, directories, files);
    } else if (entry->type == FileType::kFile) {
      files.push_back(below);
    }
  }
}

std::string Workload::some_root(Random& random) const {
  return root_path(random.below(kRoots));
}

std::string Workload::some_directory(Random& random, bool with_root) const {
  std::vector<std::string> directories, files;
  walk(some_root(random), directories, files);
  if (!with_root && !directories.empty()) directories.erase(directories.begin());
  return directories.empty() ? "" : random.pick(directories);
}

std::string Workload::some_file(Random& random) const {
  std::vector<std::string> directories, files;
  walk(some_root(random), directories, files);
  return files.empty() ? "" : random.pick(files);
}

std::string Workload::some_task(Random& random) const {
  std::vector<std::string> directories, files, tasks;
  for (std::size_t root = 0; root < kRoots; ++root) walk(root_path(root), directories, files);
  for (const std::string& file : files)
    if (file.ends_with("/metadata.json")) {
      tasks.push_back(parent_path(file));
    } else if (scenario_.archives && file.ends_with(".zip")) {
      tasks.push_back(file);
    }
  return tasks.empty() ? "" : random.pick(tasks);
}

std::string Workload::new_name(Random& random) const {
  return std::string(kNames[random.below(std::size(kNames))]);
}

std::string Workload::metadata(Random& random) {
  const std::uint64_t uuid = random.below(6), version = random.below(3), serial = ++serial_;
  return fmt::format(
      R"({{"uuid":"0190a5b0-0000-7000-8000-00000000000{}","version":"1.{}.0","label":"{:06}"}})",
      uuid, version, serial % 1'000'000);
}

// A task in one file; now and then one that is cut off.
std::string Workload::archive(Random& random) {
  const std::string folder = random.below(3) == 0 ? "top/" : "";
  const std::vector<ZipEntry> entries = {{folder + "metadata.json", metadata(random)},
                                         {folder + "main.js", script(random)},
                                         {folder + "input.schema.json", schema(true)},
                                         {folder + "output.schema.json", schema(true)}};
  if (disk_.written)
    for (const ZipEntry& entry : entries) disk_.written(entry.bytes);
  std::string bytes = write_zip(entries);
  if (random.below(8) == 0) bytes.resize(bytes.size() / 2);
  return bytes;
}

std::string Workload::script(Random& random) {
  return fmt::format("{} {:06};", random.below(5) == 0 ? "bad " : "good", ++serial_ % 1'000'000);
}

std::string Workload::schema(bool correct) {
  return fmt::format("{}\"title\":\"{:06}\"}}", correct ? "{" : "{{", ++serial_ % 1'000'000);
}

std::string Workload::some_content(const std::string& path, Random& random) {
  if (scenario_.archives && path.ends_with(".zip")) return archive(random);
  if (path.ends_with("metadata.json") && random.below(5) != 0) return metadata(random);
  if (path.ends_with(".schema.json")) return schema(random.below(5) != 0);
  return script(random);
}

void Workload::heal() {
  for (std::size_t root = 0; root < kRoots; ++root) {
    if (!away_[root]) continue;
    disk_.remove_tree(root_path(root));
    if (disk_.rename(away_path(root), root_path(root))) away_[root] = false;
  }
  for (Place& place : places_) {
    place.device->hung = false;
    if (place.mounted) continue;
    disk_.make_directory(place.path);
    place.mounted = disk_.mount(*place.device, place.path);
  }
  std::vector<std::string> directories, files;
  for (std::size_t root = 0; root < kRoots; ++root) walk(root_path(root), directories, files);
  for (const std::string& directory : directories)
    if (disk_.find(directory + "/.", false)->mode != 0755) disk_.set_mode(directory, 0755);
  for (const std::string& file : files)
    if (disk_.find(file, false)->mode == 0) disk_.set_mode(file, 0644);
  for (std::size_t root = 0; root < kRoots; ++root)
    if (disk_.find(root_path(root) + "/README", false) == nullptr)
      disk_.write(root_path(root) + "/README", "here");
}

}  // namespace pawl
