#include "tests/generate/task_generator.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace pawl {
namespace {

namespace fs = std::filesystem;

const std::string& file(const GeneratedTask& task, const std::string& name) {
  for (const GeneratedFile& candidate : task.files) {
    if (candidate.name == name) return candidate.bytes;
  }
  static const std::string kNone;
  return kNone;
}

TEST(TaskGenerator, SameSeedGivesTheSameBytes) {
  const GeneratedTask one = generate_task(7, 123);
  const GeneratedTask two = generate_task(7, 123);
  ASSERT_EQ(one.files.size(), two.files.size());
  for (std::size_t i = 0; i < one.files.size(); ++i)
    EXPECT_EQ(one.files[i].bytes, two.files[i].bytes);
  EXPECT_NE(file(one, "main.js"), file(generate_task(8, 123), "main.js"));
  EXPECT_NE(one.uuid, generate_task(8, 123).uuid);
}

TEST(TaskGenerator, TasksDifferAndHaveTheSizesTheyShould) {
  std::set<std::string> uuids;
  std::set<std::string> scripts;
  std::map<std::string, int> folders;
  std::size_t total = 0;
  constexpr std::uint64_t kCount = 1000;
  for (std::uint64_t index = 0; index < kCount; ++index) {
    const GeneratedTask task = generate_task(1, index);
    uuids.insert(task.uuid);
    scripts.insert(file(task, "main.js"));
    ++folders[fs::path(task.folder).parent_path().string()];
    std::size_t size = 0;
    for (const GeneratedFile& each : task.files) size += each.bytes.size();
    EXPECT_GE(size, 3000u) << index;
    EXPECT_LE(size, 10'000u) << index;
    EXPECT_GE(file(task, "main.js").size(), 1000u) << index;
    EXPECT_LE(file(task, "main.js").size(), 4500u) << index;
    total += size;
  }
  EXPECT_EQ(uuids.size(), kCount);
  EXPECT_EQ(scripts.size(), kCount);
  for (const auto& [folder, count] : folders) EXPECT_LE(count, 100) << folder;
  EXPECT_GT(total / kCount, 4000u);
  EXPECT_LT(total / kCount, 8000u);
}

TEST(TaskGenerator, MayGiveEveryTaskAReadMeAndLeavesTheRestAsItIs) {
  for (std::uint64_t index = 0; index < 20; ++index) {
    const GeneratedTask task = generate_task(1, index, ReadMe::kAlways);
    EXPECT_EQ(task.files.size(), 5u);
    for (const GeneratedFile& each : generate_task(1, index).files)
      EXPECT_EQ(file(task, each.name), each.bytes);
  }
}

TEST(TaskGenerator, WritesWhatItGenerates) {
  const fs::path folder = fs::path(testing::TempDir()) / "pawl_generated";
  fs::remove_all(folder);
  ASSERT_TRUE(write_generated_tasks(folder.string(), 3, 5).ok());
  for (std::uint64_t index = 0; index < 3; ++index) {
    const GeneratedTask task = generate_task(5, index);
    for (const GeneratedFile& each : task.files) {
      std::ostringstream text;
      text << std::ifstream(folder / task.folder / each.name, std::ios::binary).rdbuf();
      EXPECT_EQ(text.str(), each.bytes);
    }
  }
  fs::remove_all(folder);
}

TEST(TaskGenerator, FolderThatCantBeMadeIsAnError) {
  const fs::path blocker = fs::path(testing::TempDir()) / "pawl_generated_blocker";
  std::ofstream(blocker) << "a file\n";
  EXPECT_FALSE(write_generated_tasks(blocker.string(), 1, 1).ok());
  fs::remove(blocker);
}

}  // namespace
}  // namespace pawl
