// Keeps a registry with one task, changes it, and follows the feed.
#include <pawl/pawl.h>

#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>

namespace fs = std::filesystem;

int main(int, char** argv) {
  const fs::path folder = fs::absolute(argv[0]).string() + ".registry";
  fs::remove_all(folder);
  const fs::path task = folder / "tasks" / "greet";
  fs::create_directories(task);
  std::ofstream(task / "main.js") << "greet();";
  std::ofstream(task / "input.schema.json") << "{}";
  std::ofstream(task / "output.schema.json") << "{}";
  std::ofstream(task / "metadata.json")
      << R"({"uuid":"7d3a1c52-4b0e-4c1f-9f43-0f6f3a1b2c01","version":"1.0.0","label":"Greet"})";

  std::mutex mutex;
  std::condition_variable settled;
  bool is_settled = false;
  pawl::tasks::Options options;
  options.database = (folder / "registry.db").string();
  options.sources.push_back({.path = (folder / "tasks").string()});
  pawl::tasks::Callbacks callbacks;
  callbacks.on_settled = [&] {
    const std::lock_guard lock(mutex);
    is_settled = true;
    settled.notify_all();
  };
  auto registry = pawl::tasks::Registry::open(options, callbacks);
  if (!registry) return std::puts(registry.error().message().c_str()), 1;
  {
    std::unique_lock lock(mutex);
    if (!settled.wait_for(lock, std::chrono::seconds(30), [&] { return is_settled; }))
      return std::puts("it did not settle in time"), 1;
  }
  const pawl::tasks::Task greet = registry->get("7d3a1c52-4b0e-4c1f-9f43-0f6f3a1b2c01");
  const auto page = registry->changes_since(0, 10);
  if (!greet || !page || page->entries.size() != 1) return std::puts("the task is not there"), 1;
  const auto content = registry->content(greet);
  if (!content || content->script != "greet();") return std::puts("the script is not there"), 1;
  std::printf("pawl %s: %s %s\n", pawl_version(), page->entries[0].kind.c_str(),
              greet.label().c_str());
  return 0;
}
