// One act each: what is done to the disk, call by call.
#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/workload.h"

namespace pawl {

void Workload::new_task(const std::string& path, Random& random) {
  if (scenario_.archives && random.below(3) == 0) {
    disk_.write(path.ends_with(".zip") ? path : path + ".zip", archive(random));
    return;
  }
  disk_.make_directory(path);
  std::vector<std::string> names{"main.js", "metadata.json", "input.schema.json",
                                 "output.schema.json"};
  for (std::uint64_t i = random.below(4); i > 0; --i)
    std::swap(names[random.below(4)], names[random.below(4)]);
  for (const std::string& name : names) {
    pause(random);
    const std::string file = path + "/" + name;
    disk_.write(file, name == "metadata.json" ? metadata(random)
                      : name == "main.js"     ? script(random)
                                              : schema(true));
  }
}

void Workload::copy_tree(const std::string& from, const std::string& to, Random& random) {
  const Node* node = disk_.find(from + "/.", false);
  if (node == nullptr || !disk_.make_directory(to)) return;
  std::vector<std::string> names;
  for (const auto& [name, entry] : node->entries) names.push_back(name);
  for (const std::string& name : names) {
    pause(random);
    const Node* entry = disk_.find(from + "/" + name, false);
    if (entry == nullptr || entry->device->hung) continue;
    if (entry->is_directory()) {
      copy_tree(from + "/" + name, to + "/" + name, random);
    } else if (entry->type == FileType::kFile) {
      disk_.write(to + "/" + name, std::string(entry->bytes));
    }
  }
}

void Workload::remove_slowly(const std::string& path, Random& random) {
  const Node* node = disk_.find(path, false);
  if (node == nullptr || node->device->hung) return;
  std::vector<std::string> names;
  for (const auto& [name, entry] : node->entries) names.push_back(name);
  for (const std::string& name : names) remove_slowly(path + "/" + name, random);
  pause(random);
  disk_.remove(path);
}

void Workload::perform(const Operation& operation) {
  Random random(operation.seed);
  act(operation.act, random);
}

void Workload::act(Act act, Random& random) {
  switch (act) {
    case Act::kPause:
    case Act::kCrash:
      return;
    case Act::kNewTask:
    case Act::kRemoveTask:
    case Act::kMoveTask:
    case Act::kCopyTask:
      return act_on_tasks(act, random);
    case Act::kSaveInPlace:
    case Act::kSaveByRename:
    case Act::kSaveWithBackup:
    case Act::kRewriteSameSize:
    case Act::kFlicker:
      return save(act, random);
    case Act::kBulkAdd:
    case Act::kBulkRemove:
    case Act::kCheckout:
      return act_in_bulk(act, random);
    case Act::kRootVanishes:
    case Act::kRootReturns:
    case Act::kUnmount:
    case Act::kMount:
    case Act::kHang:
    case Act::kAnswer:
    case Act::kDeploy:
      return act_on_roots(act, random);
    default:
      return act_on_tree(act, random);
  }
}

void Workload::act_on_tasks(Act act, Random& random) {
  if (act == Act::kNewTask) {
    const std::string directory = some_directory(random, true);
    if (!directory.empty()) new_task(directory + "/" + new_name(random), random);
    return;
  }
  const std::string task = some_task(random);
  if (task.empty()) return;
  if (act == Act::kRemoveTask) return remove_slowly(task, random);
  const std::string directory = some_directory(random, true);
  if (directory.empty() || directory == task || directory.starts_with(task + "/")) return;
  std::string to = directory + "/" + new_name(random);
  const bool is_archive = disk_.find(task, false)->type == FileType::kFile;
  if (is_archive && !to.ends_with(".zip")) to += ".zip";
  if (act == Act::kCopyTask && is_archive) {
    disk_.write(to, std::string(disk_.find(task, false)->bytes));
  } else if (act == Act::kMoveTask) {
    disk_.rename(task, to);
  } else {
    copy_tree(task, to, random);
  }
}

void Workload::save(Act act, Random& random) {
  const std::string task = random.below(2) == 0 ? some_task(random) : "";
  const std::string file =
      task.empty() ? some_file(random)
      : task.ends_with(".zip") && disk_.find(task, false)->type == FileType::kFile
          ? task
          : task + (random.below(2) == 0 ? "/main.js" : "/metadata.json");
  if (file.empty()) return;
  const std::string content = some_content(file, random);
  switch (act) {
    case Act::kSaveInPlace:
      if (disk_.find(file, false) != nullptr) disk_.overwrite(file, {});
      pause(random);
      disk_.write(file, content);
      return;
    case Act::kSaveByRename:
      disk_.write(file + ".tmp", content);
      pause(random);
      disk_.rename(file + ".tmp", file);
      return;
    case Act::kSaveWithBackup:
      disk_.rename(file, file + "~");
      pause(random);
      disk_.write(file, content);
      pause(random);
      disk_.remove(file + "~");
      return;
    case Act::kRewriteSameSize: {
      // Twice at once, then later: none but the last may be believed.
      for (std::uint64_t i = 2 + random.below(3); i > 0; --i) {
        const Node* node = disk_.find(file, false);
        if (node == nullptr || node->type != FileType::kFile) return;
        std::string bytes = some_content(file, random);
        if (const std::size_t size = node->bytes.size(); size > 0 && size < bytes.size()) {
          bytes = bytes.substr(bytes.size() - size);  // where it differs from others
        } else if (size > 0) {
          bytes.resize(size, ' ');
        }
        disk_.overwrite(file, bytes);
        pause(random);
      }
      return;
    }
    default:
      for (std::uint64_t i = 1 + random.below(3); i > 0; --i) {
        disk_.write(file, fmt::format("{{ {:06}", ++serial_ % 1'000'000));
        pause(random);
        disk_.write(file, some_content(file, random));
        pause(random);
      }
  }
}

void Workload::act_on_tree(Act act, Random& random) {
  const std::string directory = some_directory(random, false);
  const std::string file = some_file(random);
  if (directory.empty() || file.empty()) return;
  switch (act) {
    case Act::kDeepDirectory: {
      std::string path = directory;
      for (std::uint64_t i = 1 + random.below(4); i > 0; --i) {
        path += "/" + new_name(random);
        disk_.make_directory(path);
        if (random.below(3) == 0) pause(random);
      }
      disk_.write(path + "/" + new_name(random), script(random));
      return;
    }
    case Act::kRemakeDirectory:
      remove_slowly(directory, random);
      if (random.below(2) == 0) pause(random);
      disk_.make_directory(directory);
      if (random.below(2) == 0) pause(random);
      disk_.write(directory + "/" + new_name(random), script(random));
      return;
    case Act::kRemoveTree:
      return remove_slowly(directory, random);
    case Act::kSwapDirectories:
      disk_.exchange(directory, some_directory(random, false));
      return;
    case Act::kMoveOutAndIn:
      disk_.rename(directory, "/srv/out/x");
      pause(random);
      disk_.rename("/srv/out/x", random.below(2) == 0 ? directory : directory + "2");
      disk_.remove_tree("/srv/out/x");
      return;
    case Act::kFileBecomesDirectory:
      if (!disk_.remove(file)) return;
      if (random.below(2) == 0) pause(random);
      disk_.make_directory(file);
      disk_.write(file + "/" + new_name(random), script(random));
      return;
    case Act::kChmodDirectory:
      disk_.set_mode(directory, random.below(2) == 0 ? 0 : 0755);
      return;
    case Act::kChmodFile:
      disk_.set_mode(file, random.below(2) == 0 ? 0 : 0644);
      return;
    case Act::kTouch:
      disk_.touch(random.below(2) == 0 ? file : directory);
      return;
    case Act::kHardLink:
      disk_.hard_link(file, directory + "/" + new_name(random));
      return;
    default: {
      std::string target = random.below(2) == 0 ? file : "nowhere";
      if (scenario_.follows && random.below(2) == 0) target = some_directory(random, false);
      if (scenario_.follows && random.below(6) == 0) target = "/srv/out";
      disk_.link(target, directory + "/" + new_name(random));
    }
  }
}

void Workload::act_in_bulk(Act act, Random& random) {
  const std::string directory = some_directory(random, true);
  if (directory.empty()) return;
  if (act == Act::kBulkAdd) {
    for (std::uint64_t i = 5 + random.below(60); i > 0; --i)
      disk_.write(fmt::format("{}/file{}", directory, i), script(random));
    return;
  }
  std::vector<std::string> directories, files;
  walk(directory, directories, files);
  for (const std::string& file : files) {
    if (random.below(3) == 0) continue;
    disk_.remove(file);
    if (act == Act::kCheckout) disk_.write(file, some_content(file, random));
    if (random.below(8) == 0) pause(random);
  }
}

// As rsync does: each file that differs is written beside its place and moved there, new ones come,
// and those that are no more are removed at the end.
void Workload::sync_into(const std::string& root, Random& random) {
  std::vector<std::string> directories, files, extraneous;
  walk(root, directories, files);
  for (const std::string& file : files) {
    const std::uint64_t draw = random.below(6);
    if (draw == 0 && base_name(file) != "README") extraneous.push_back(file);
    if (draw > 2) continue;
    const std::string beside = parent_path(file) + "/." + base_name(file) + ".x1y2z3";
    disk_.write(beside, some_content(file, random));
    if (random.below(4) == 0) pause(random);
    disk_.rename(beside, file);
  }
  if (!directories.empty()) new_task(random.pick(directories) + "/" + new_name(random), random);
  for (const std::string& file : extraneous) {
    disk_.remove(file);
    if (random.below(4) == 0) pause(random);
  }
}

// Another tree takes the root's place at one stroke, or nearly so.
void Workload::deploy(Random& random) {
  const std::string next =
      scenario_.link_root ? fmt::format("/srv/releases/{}", ++release_) : std::string("/srv/next");
  disk_.remove_tree(next);
  copy_tree("/srv/one", next, random);
  disk_.write(next + "/README", script(random));
  new_task(next + "/" + new_name(random), random);
  if (scenario_.link_root) {
    disk_.link(fmt::format("releases/{}", release_), "/srv/link");
    disk_.rename("/srv/link", "/srv/one");
    if (random.below(2) == 0) disk_.remove_tree(fmt::format("/srv/releases/{}", release_ - 1));
  } else if (random.below(2) == 0) {
    disk_.exchange(next, "/srv/one");
  } else if (disk_.rename("/srv/one", "/srv/old")) {
    pause(random);
    disk_.rename(next, "/srv/one");
    disk_.remove_tree("/srv/old");
  }
}

void Workload::act_on_roots(Act act, Random& random) {
  const std::size_t root = random.below(kRoots);
  switch (act) {
    case Act::kRootVanishes:
      if (!away_[root] && disk_.rename(root_path(root), away_path(root))) away_[root] = true;
      return;
    case Act::kRootReturns:
      if (away_[root] && disk_.rename(away_path(root), root_path(root))) away_[root] = false;
      return;
    case Act::kDeploy:
      if (scenario_.syncs && random.below(2) == 0) return sync_into(root_path(root), random);
      if (!away_[0] && !scenario_.nested_mount) deploy(random);
      return;
    default:
      break;
  }
  if (places_.empty()) return;
  Place& place = places_[random.below(places_.size())];
  if (act == Act::kUnmount && place.mounted && disk_.unmount(place.path)) {
    place.mounted = false;
    mounts_changed_ = true;
  }
  if (act == Act::kMount && !place.mounted && disk_.mount(*place.device, place.path))
    place.mounted = true;
  if (act == Act::kHang) place.device->hung = place.device->mount.may_hang;
  if (act == Act::kAnswer) place.device->hung = false;
}

}  // namespace pawl
