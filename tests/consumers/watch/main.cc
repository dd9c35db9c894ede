// Watches a folder, makes a file in it, and is told of that.
#include <pawl/watcher.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

int main(int, char** argv) {
  const std::filesystem::path folder = std::filesystem::absolute(argv[0]).string() + ".watched";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  auto queue = pawl::watch::Queue::make();
  if (!queue) return std::puts(queue.error().message().c_str()), 1;
  auto watcher = pawl::watch::Watcher::open({}, *queue);
  if (!watcher) return std::puts(watcher.error().message().c_str()), 1;
  const auto root = watcher->add_root({.path = folder.string()});
  if (!root) return std::puts(root.error().message().c_str()), 1;
  while (auto batch = queue->wait(std::chrono::seconds(30))) {
    if (!batch->ready.empty()) std::ofstream(folder / "made") << "text";
    for (const pawl::watch::Change& change : batch->changes) {
      if (change.path != (folder / "made").string()) continue;
      std::printf("pawl %s: %s %s\n", pawl_version(),
                  std::string(name_of(change.kind)).c_str(), change.path.c_str());
      return 0;
    }
  }
  return std::puts("nothing was told in time"), 1;
}
