// The generated tasks and the sample registry, through the checks that pawl makes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "backends/script/script_checker.h"
#include "core/task/metadata.h"
#include "core/task/schema_check.h"
#include "tests/generate/task_generator.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

class Checks {
 public:
  // What is wrong with one file of a task, a line each.
  std::string of(const std::string& name, const std::string& bytes) {
    std::vector<Diagnostic> diagnostics;
    if (name == "metadata.json") metadata_.read(bytes, name, diagnostics);
    if (name.ends_with(".schema.json")) schemas_.check(bytes, name, diagnostics);
    if (name == "main.js") {
      if (auto wrong = scripts_->check(bytes, name)) diagnostics.push_back(*wrong);
    }
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics) text += diagnostic.format() + "\n";
    return text;
  }
  bool checks_scripts() const { return scripts_->checks(); }

 private:
  MetadataReader metadata_;
  SchemaChecker schemas_;
  std::unique_ptr<ScriptChecker> scripts_ = make_script_checker();
};

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST(TaskGenerator, MakesNothingButValidTasks) {
  Checks checks;
  for (std::uint64_t index = 0; index < 300; ++index) {
    for (const GeneratedFile& file : generate_task(1, index).files) {
      ASSERT_EQ(checks.of(file.name, file.bytes), "") << "task " << index << "\n" << file.bytes;
    }
  }
}

TEST(SampleRegistry, IsInvalidOnlyWhereItMeansToBe) {
  Checks checks;
  const fs::path sample = fs::path(PAWL_TEST_DATA) / "sample";
  std::map<std::string, std::string> wrong;
  int tasks = 0;
  for (const auto& entry : fs::recursive_directory_iterator(sample)) {
    if (entry.path().filename() == "metadata.json") ++tasks;
    if (!entry.is_regular_file()) continue;
    const std::string text = checks.of(entry.path().filename().string(), read_file(entry.path()));
    if (!text.empty()) wrong[fs::relative(entry.path(), sample).string()] = text;
  }
  EXPECT_EQ(tasks, 10);
  EXPECT_EQ(wrong.count("broken-schema/input.schema.json"), 1u);
  if (!checks.checks_scripts()) {
    EXPECT_EQ(wrong.size(), 1u);
    GTEST_SKIP() << "this build has no JavaScript engine, so scripts are unchecked";
  }
  std::string all;
  for (const auto& [path, text] : wrong) all += path + ": " + text;
  EXPECT_EQ(wrong.size(), 2u) << all;
  EXPECT_EQ(wrong["broken-script/main.js"].substr(0, 10), "main.js:4:") << all;
}

}  // namespace
}  // namespace pawl
