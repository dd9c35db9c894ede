// Each folder in validation/ is a task, but for its file `expected`: the outcome in the first line,
// then what was read (valid), or the diagnostics with paths relative to the task (invalid). A line
// that ends in '*' stands for all that begin like it: engines word the same error differently.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "backends/script/script_checker.h"
#include "core/task/loader.h"
#include "tests/task/task_disk.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

const std::string kCases = std::string(PAWL_TEST_DATA) + "/task/validation";

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kCases)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string_view outcome_name(LoadOutcome outcome) {
  switch (outcome) {
    case LoadOutcome::kUnchanged:
      return "unchanged";
    case LoadOutcome::kValid:
      return "valid";
    case LoadOutcome::kInvalid:
      return "invalid";
    case LoadOutcome::kGone:
      return "gone";
    case LoadOutcome::kRetry:
      return "retry";
  }
  return "?";
}

std::vector<std::string> describe(const LoadResult& result) {
  std::vector<std::string> lines = {std::string(outcome_name(result.outcome))};
  const std::string root = "/root/task/";
  for (const Diagnostic& diagnostic : result.diagnostics) {
    const std::string line = diagnostic.format();
    lines.push_back(line.starts_with(root) ? line.substr(root.size()) : line);
  }
  if (!result.task) return lines;
  lines.push_back("uuid: " + std::string(result.task->uuid()));
  lines.push_back("version: " + std::string(result.task->version()));
  lines.push_back("label: " + std::string(result.task->label()));
  if (!std::string(result.task->description()).empty()) {
    lines.push_back("description: " + std::string(result.task->description()));
  }
  for (const std::string& tag : result.task->tags()) lines.push_back("tag: " + tag);
  return lines;
}

bool matches(const std::string& line, const std::string& expected) {
  if (!expected.ends_with('*')) return line == expected;
  return line.starts_with(expected.substr(0, expected.size() - 1));
}

class Validation : public testing::TestWithParam<std::string> {};

TEST_P(Validation, FindsWhatIsExpected) {
  const std::string folder = kCases + "/" + GetParam();
  const std::vector<std::string> expected = read_lines(folder + "/expected");
  const auto scripts = make_script_checker();
  const bool needs_engine = std::any_of(expected.begin(), expected.end(), [](const auto& line) {
    return line.starts_with("main.js:") && !line.ends_with("is missing");
  });
  if (needs_engine && !scripts->checks()) GTEST_SKIP() << "this build has no JavaScript engine";

  TaskDisk disk;
  disk.copy_from(folder, "/root/task");
  TaskLoader loader(*scripts);
  LoadRequest request;
  request.source = "tests";
  request.root = "/root";
  request.relative = "task";
  const std::vector<std::string> lines = describe(loader.load(disk, request));

  std::ostringstream all;
  for (const std::string& line : lines) all << line << '\n';
  ASSERT_EQ(lines.size(), expected.size()) << all.str();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_TRUE(matches(lines[i], expected[i])) << all.str() << "expected: " << expected[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Case, Validation, testing::ValuesIn(case_names()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace pawl
