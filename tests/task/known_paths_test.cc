#include "core/task/known_paths.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "core/task/task_ledger.h"

namespace pawl {
namespace {

std::unique_ptr<KnownTask> known(const std::string& path) {
  auto one = std::make_unique<KnownTask>();
  one->fault = std::make_unique<Fault>();
  one->fault->path = path;
  return one;
}

void expect_same(const KnownPaths& paths, const std::map<std::string, const KnownTask*>& wanted) {
  ASSERT_EQ(paths.size(), wanted.size());
  auto at = wanted.begin();
  for (const KnownTask& one : paths) {
    ASSERT_NE(at, wanted.end());
    ASSERT_EQ(one.path(), at->first);
    ASSERT_EQ(&one, at->second);
    ++at;
  }
  ASSERT_EQ(at, wanted.end());
}

TEST(KnownPaths, AreInTheirOrderWhateverComesAndGoes) {
  for (const int range : {10, 500, 3000}) {
    std::mt19937 random(static_cast<unsigned>(range));
    KnownPaths paths;
    std::map<std::string, const KnownTask*> wanted;
    unsigned number = 0;
    for (int step = 0; step < 12'000; ++step) {
      // Any; or the same again, or the one after it, which are looked for first.
      number = random() % 3 == 0 ? static_cast<unsigned>(random()) : number + random() % 2;
      number %= static_cast<unsigned>(range);
      const std::string path = "/t/" + std::to_string(10'000 + number);
      const auto found = wanted.find(path);
      ASSERT_EQ(paths.find(path), found == wanted.end() ? nullptr : found->second);
      if (found == wanted.end()) {
        wanted[path] = &paths.insert(known(path));
      } else if (random() % 3 == 0) {
        ASSERT_EQ(&paths.insert(known(path)), found->second);
      } else {
        paths.erase(path);
        wanted.erase(found);
      }
      const auto next = wanted.lower_bound(path);
      const auto at = paths.lower_bound(path);
      ASSERT_EQ(at == paths.end(), next == wanted.end());
      if (next != wanted.end()) {
        ASSERT_EQ(at->path(), next->first);
      }
      if (step % 500 == 0) expect_same(paths, wanted);
    }
    expect_same(paths, wanted);
    for (const auto& [path, one] : wanted) paths.erase(path);
    EXPECT_EQ(paths.size(), 0u);
    EXPECT_EQ(paths.begin(), paths.end());
  }
}

TEST(KnownPaths, MayComeInOrder) {
  KnownPaths paths;
  std::map<std::string, const KnownTask*> wanted;
  for (int i = 1000; i < 3000; ++i) {
    const std::string path = "/t/" + std::to_string(i);
    wanted[path] = &paths.insert(known(path));
  }
  expect_same(paths, wanted);
}

}  // namespace
}  // namespace pawl
