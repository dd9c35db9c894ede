// The same random workload under every way of watching, and with hints that are lost: in the end
// all know the same, which is what the disk holds.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "tests/fallback/disk.h"
#include "tests/fallback/temporary_tree.h"
#include "tests/fallback/watch_fixture.h"

namespace pawl {
namespace {

namespace fs = std::filesystem;

// Does things below `root` as programs do: with a few names, so that they meet again and again.
class Workload {
 public:
  Workload(std::uint32_t seed, std::string root) : random_(seed), root_(std::move(root)) {}

  void act() {
    const std::string path = some_path();
    std::error_code ignored;  // half of what is tried can't be done, and that is as it should be
    switch (pick(12)) {
      case 0:
        fs::create_directories(path, ignored);
        break;
      case 1:
        fs::remove_all(path, ignored);
        break;
      case 2:
        fs::rename(path, some_path(), ignored);
        break;
      case 3:
        fs::rename(path, root_ + "-outside", ignored);
        break;
      case 4:
        fs::rename(root_ + "-outside", path, ignored);
        break;
      case 5:
        fs::create_hard_link(path, some_path(), ignored);
        break;
      case 6:
        fs::create_symlink("a", path, ignored);
        break;
      case 7:
        save_by_rename(path);
        break;
      case 8:
        fs::permissions(path, fs::perms(pick(2) ? 0755 : 0700), ignored);
        break;
      case 9:
        fs::create_directories(path + "/a/b", ignored);
        write_file(path + "/a/b/c", "text");
        break;
      default:
        write_file(path, std::string(pick(3), 'x'));
        break;
    }
  }

 private:
  std::size_t pick(std::size_t below) { return random_() % below; }

  std::string some_path() {
    std::string path = root_;
    for (std::size_t depth = 1 + pick(3); depth > 0; --depth)
      path += std::string("/") + "abc"[pick(3)];
    return path;
  }

  void save_by_rename(const std::string& path) {
    std::error_code ignored;
    write_file(path + "~", "saved");
    fs::rename(path + "~", path, ignored);
    fs::remove(path + "~", ignored);
  }

  std::mt19937 random_;
  std::string root_;
};

std::uint32_t first_seed() {
  const char* given = std::getenv("PAWL_SEED");
  return given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10))
                          : std::random_device()();
}

WatcherOptions losing(std::uint32_t seed) {
  WatcherOptions options = Watching::quick();
  options.reconciler.background_pass_min = milliseconds(500);
  options.reconciler.lost_hints_max = 1'000'000;  // native to the end
  auto random = std::make_shared<std::mt19937>(seed);
  options.lose_hint = [random](DirectoryId, std::string_view) { return (*random)() % 10 < 3; };
  return options;
}

struct Observer {
  const char* name;
  std::unique_ptr<Watching> watching;
};

TEST(WatchDifferential, EndsEqualUnderEveryWayOfWatching) {
  const std::uint32_t first = first_seed();
  std::printf("repeat with PAWL_SEED=%u\n", first);
  const int rounds = std::getenv("PAWL_SEED") != nullptr ? 1 : 3;
  for (int round = 0; round < rounds; ++round) {
    const std::uint32_t seed = first + static_cast<std::uint32_t>(round);
    SCOPED_TRACE("PAWL_SEED=" + std::to_string(seed));
    TemporaryTree tree;
    tree.directory("w");
    const std::string root = tree.root() + "/w";
    std::vector<Observer> observers;
    observers.push_back({"native", std::make_unique<Watching>()});
    observers.back().watching->start(Watching::root(root, BackendChoice::kNative));
    observers.push_back({"polled", std::make_unique<Watching>()});
    observers.back().watching->start(Watching::root(root, BackendChoice::kPoll));
    observers.push_back({"losing", std::make_unique<Watching>(losing(seed))});
    observers.back().watching->start(Watching::root(root, BackendChoice::kNative));
    Workload workload(seed, root);
    for (int action = 0; action < 600; ++action) {
      workload.act();
      if (action % 7 == 0)
        for (Observer& observer : observers) observer.watching->run_for(milliseconds(action % 3));
    }
    const KnownPaths disk = read_disk(root);
    for (Observer& observer : observers) {
      EXPECT_TRUE(observer.watching->settles()) << observer.name;
      EXPECT_EQ(difference(observer.watching->known(), disk), "") << observer.name;
      EXPECT_EQ(observer.watching->illegal(), "") << observer.name;
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(WatchDifferential, LosesNothingWithoutAnyHintAtAll) {
  TemporaryTree tree;
  tree.file("d/f");
  WatcherOptions options = Watching::quick();
  options.reconciler.background_pass_min = milliseconds(500);
  options.reconciler.hint_grace = milliseconds(100);
  options.lose_hint = [](DirectoryId, std::string_view) { return true; };
  Watching watching(options);
  watching.start(Watching::root(tree.root()));
  EXPECT_EQ(watching.directories(Mode::kNative), 2);
  for (int i = 0; i < 4; ++i) tree.file("d/new" + std::to_string(i));
  EXPECT_TRUE(watching.settles());
  // Four losses are evidence: this mount's native watches are believed no more, and it says so.
  EXPECT_TRUE(watching.run_until([&] { return watching.directories(Mode::kPolled) == 2; }));
  EXPECT_GE(watching.watcher().metrics().lost_hints, 3);
  EXPECT_EQ(watching.coverage(Mode::kPolled, Reason::kLostHints), 2);
  tree.file("d/polled");
  EXPECT_TRUE(watching.settles());
}

TEST(WatchDifferential, TakesNoHintForLostThatIsMerelyLate) {
  TemporaryTree tree;
  tree.file("d/f");
  WatcherOptions options = Watching::quick();
  // Everything is looked at all the time, so that looks and hints meet.
  options.reconciler.background_pass_min = milliseconds(1);
  options.reconciler.background_share = 1;
  options.reconciler.hint_grace = milliseconds(300);
  Watching watching(options);
  watching.start(Watching::root(tree.root()));
  for (int i = 0; i < 100; ++i) {
    write_file(tree.root() + "/d/f" + std::to_string(i), "text");
    watching.watcher().rescan(0);
    watching.run_for(milliseconds(5));
  }
  // Nor a link to a file, of which no hint is made.
  fs::create_hard_link(tree.root() + "/d/f", tree.root() + "-link");
  EXPECT_TRUE(watching.settles());
  watching.run_for(milliseconds(1500));
  fs::remove(tree.root() + "-link");
  EXPECT_EQ(watching.watcher().metrics().lost_hints, 0);
  EXPECT_EQ(watching.directories(Mode::kPolled), 0);
}

}  // namespace
}  // namespace pawl
