#include "benchmarks/bare/tasks.h"

#include <utility>

#include "tests/generate/task_generator.h"

namespace bare {
namespace {

// To start the engine takes as long as to check some hundreds.
constexpr std::size_t kScripts = 4'000;

Cost mean(const Cost& cost, std::size_t count) {
  const auto n = static_cast<double>(count);
  return {cost.cpu_ms / n, cost.wall_ms / n};
}

void check(const std::vector<Script>& scripts) {
  if (check_scripts(scripts) != 0) fail("a generated script is wrong");
}

}  // namespace

std::vector<Row> rows_of(const std::string& tasks, std::size_t count) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    pawl::GeneratedTask task = pawl::generate_task(1, i);
    Row row;
    row.uuid = task.uuid;
    row.version = task.version;
    row.label = task.folder.substr(18);
    row.description = std::string(80, 'd');
    row.tags = "[]";
    row.source = "tasks";
    row.path = tasks + "/" + task.folder;
    row.checksum = std::string(32, "0123456789abcdef"[i % 16]);
    row.stamp = static_cast<std::int64_t>(i * 0x9e3779b97f4a7c15u);
    row.metadata = std::move(task.files[0].bytes);
    row.script = std::move(task.files[1].bytes);
    row.input_schema = std::move(task.files[2].bytes);
    row.output_schema = std::move(task.files[3].bytes);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Script> scripts_of(const std::vector<Row>& rows) {
  std::vector<Script> scripts;
  for (const Row& row : rows) {
    const bool module = row.script.find("export") != std::string::npos ||
                        row.script.find("import") != std::string::npos;
    scripts.push_back({row.script, module});
  }
  return scripts;
}

Cost cost_of_one(const std::string& tasks, std::size_t count, const std::string& database) {
  const std::vector<Row> rows = rows_of(tasks, count);
  std::vector<std::string> files;
  for (const Row& row : rows)
    for (const char* name : {"metadata.json", "main.js", "input.schema.json", "output.schema.json"})
      files.push_back(row.path + "/" + name);
  const std::vector<Script> some = scripts_of(rows);
  std::vector<Script> scripts;
  while (scripts.size() < kScripts) scripts.insert(scripts.end(), some.begin(), some.end());
  const Cost engine = in_child([&] { check({some.front()}); });
  const Cost checked = in_child([&] { check(scripts); });
  const Cost read = in_child([&] { read_files(files); });
  const Cost inserted = in_child([&] { insert_rows(database, rows, 1, AtEnd::kLeave); });
  return mean(checked - engine, scripts.size() - 1) + mean(read + inserted, count);
}

}  // namespace bare
