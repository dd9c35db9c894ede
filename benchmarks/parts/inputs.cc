#include "benchmarks/parts/inputs.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "tests/generate/task_generator.h"

namespace parts {

std::vector<std::string> ordinary_patterns(std::size_t count) {
  std::vector<std::string> patterns;
  for (std::size_t i = 0; patterns.size() < count; ++i) {
    switch (i % 8) {
      case 0:
        patterns.push_back(fmt::format("*.artifact{}", i));
        break;
      case 1:
        patterns.push_back(fmt::format("generated-{}", i));
        break;
      case 2:
        patterns.push_back(fmt::format("/out-{}/**", i));
        break;
      case 3:
        patterns.push_back(fmt::format("third_party/**/obj-{}", i));
        break;
      case 4:
        patterns.push_back(fmt::format("cache-{}/", i));
        break;
      case 5:
        patterns.push_back(fmt::format("log[0-9]-{}-*.txt", i));
        break;
      case 6:
        patterns.push_back(fmt::format("a?c-{}-*-*.tmp", i));
        break;
      default:
        patterns.push_back(fmt::format("!keep-{}", i));
        break;
    }
  }
  return patterns;
}

std::vector<std::string> pathological_patterns(std::size_t count) {
  std::vector<std::string> patterns;
  for (std::size_t i = 0; i < count; ++i) {
    std::string pattern;
    // In turns: many stars in one name, many "**" between names.
    for (std::size_t k = 0; k < 8 + i % 8; ++k) pattern += i % 2 == 0 ? "*a" : "a*/**/";
    patterns.push_back(pattern + fmt::format("*b{}", i));
  }
  return patterns;
}

std::vector<std::string> paths(std::size_t count) {
  std::vector<std::string> paths;
  paths.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    paths.push_back(fmt::format("area-{:03}/group-{:02}/folder-{:06}/document-{:05}.txt",
                                i / 100'000, i / 1000 % 100, i / 10, i % 100'000));
  return paths;
}

std::string almost_matching_path(std::size_t size) {
  // Half of it is one name, the other half names of three.
  std::string path;
  while (path.size() + 4 < size / 2) path += "aaa/";
  return path + std::string(size - path.size(), 'a');
}

pawl::IgnoreRules rules_of(const std::vector<std::string>& patterns) {
  pawl::Result<pawl::IgnoreRules> rules = pawl::IgnoreRules::compile(patterns);
  if (!rules.ok()) {
    fmt::print(stderr, "{}\n", rules.status().message());
    std::abort();
  }
  return *std::move(rules);
}

std::vector<std::string> metadata_texts(std::size_t count) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i)
    texts.push_back(std::move(pawl::generate_task(1, i).files[0].bytes));
  return texts;
}

std::vector<pawl::TaskEvent> added_tasks(std::size_t count) {
  std::vector<pawl::TaskEvent> events;
  events.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    pawl::GeneratedTask generated = pawl::generate_task(1, i);
    pawl::TaskFields task;
    task.uuid = generated.uuid;
    task.version = generated.version;
    task.label = fmt::format("Task {}", i);
    task.description = std::string(80, 'd');
    task.source = "tasks";
    task.path = "/srv/tasks/" + generated.folder;
    task.checksum = std::string(32, "0123456789abcdef"[i % 16]);
    auto content = std::make_shared<pawl::TaskContent>();
    content->metadata = std::move(generated.files[0].bytes);
    content->script = std::move(generated.files[1].bytes);
    content->input_schema = std::move(generated.files[2].bytes);
    content->output_schema = std::move(generated.files[3].bytes);
    pawl::TaskEvent event;
    event.source = task.source;
    event.path = task.path;
    event.task = pawl::make_task(task);
    event.content = std::move(content);
    event.stamp_digest = (i + 1) * 0x9e3779b97f4a7c15u;
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace parts
