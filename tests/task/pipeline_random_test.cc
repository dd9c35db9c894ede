// Random trees, edits and orders of loading, from a seed: what is served in the end depends only on
// what is on the disk. PAWL_SEED repeats one seed, PAWL_SEEDS says how many to try.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "tests/task/pipeline_world.h"

namespace pawl {
namespace {

class RandomRun {
 public:
  explicit RandomRun(std::uint64_t seed) : random_(seed) {
    world.add_source(options("one", "/one"));
    world.add_source(options("two", "/two"));
    world.ready("one");
    world.ready("two");
    world.hold();
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) act();
    finish();
  }

  PipelineWorld world;

 private:
  static SourceOptions options(const std::string& name, const std::string& root) {
    SourceOptions one;
    one.name = name;
    one.root = root;
    one.quiet = milliseconds(20);
    one.max_concurrent_reloads = 3;
    one.retry_delay = milliseconds(30);
    return one;
  }

  std::uint64_t draw(std::uint64_t below) { return random_() % below; }

  // Few names, so that they meet.
  std::string directory() {
    std::string path = draw(3) ? "/one" : "/two";
    const std::uint64_t depth = 1 + draw(3);
    for (std::uint64_t i = 0; i < depth; ++i) path.append(1, '/').append(1, "abc"[draw(3)]);
    return path;
  }

  std::string metadata() {
    std::string text = "u0 0.0.0";
    text[1] = "0123"[draw(4)];
    text[3] = "01"[draw(2)];
    return text;
  }

  void edit() {
    const std::string path = directory();
    switch (draw(9)) {
      case 0:
      case 1:
      case 2:
        return world.disk.write(path + "/metadata.json", metadata());
      case 3:
        return world.disk.write(path + "/main.js", std::to_string(draw(3)));
      case 4:
        return world.disk.write(path + "/main.js", "bad");
      case 5:
        return world.disk.write(path + "/x.zip", metadata());
      case 6:
        return world.disk.remove(draw(2) ? path : path + "/metadata.json");
      case 7:
        return world.disk.remove(path + "/main.js");
      default: {
        const std::string to = directory();
        if (!to.starts_with(path) && !path.starts_with(to)) world.disk.move(path, to);
      }
    }
  }

  void act() {
    switch (draw(8)) {
      case 0:
        return world.notice();
      case 1:
        return world.wait(milliseconds(draw(40)));
      case 2:
      case 3:
        world.deliver_one(draw(100));
        return;
      case 4:
        if (draw(8) == 0) world.disk.failing[directory()] = 1 + static_cast<int>(draw(2));
        if (draw(8) == 0) world.disk.unsettled[directory()] = 1;
        if (draw(20) == 0) out_of_sight();
        if (draw(30) == 0) restart();
        return;
      default:
        return edit();
    }
  }

  void out_of_sight() {
    world.unavailable("one");
    for (std::uint64_t i = draw(4); i > 0; --i) act_on_disk();
    world.ready("one");
  }

  void restart() {
    world.restart();
    world.ready("one");
    world.ready("two");
  }

  void act_on_disk() {
    edit();
    if (draw(2)) world.notice();
  }

  void finish() {
    world.notice();
    world.release();
    world.wait(seconds(30));
    EXPECT_TRUE(world.idle());
  }

  std::mt19937_64 random_;
};

// What a pipeline serves that sees the disk for the first time as it is now.
std::vector<std::string> fresh_look(const FakeDisk& disk) {
  PipelineWorld world;
  for (const char* name : {"one", "two"}) {
    SourceOptions options;
    options.name = name;
    options.root.append("/").append(name);
    world.add_source(options);
  }
  for (const auto& [path, file] : disk.files()) world.disk.write(path, file.text);
  world.ready("one");
  world.ready("two");
  return world.registry_lines();
}

// Last good versions of what is invalid now are history; everything else must be the same.
std::vector<std::string> without_last_good(std::vector<std::string> lines) {
  std::vector<std::string> invalid;
  for (const std::string& line : lines)
    if (line.starts_with("is invalid ")) invalid.push_back(line.substr(11));
  std::erase_if(lines, [&](const std::string& line) {
    return line.starts_with("serves ") &&
           std::any_of(invalid.begin(), invalid.end(),
                       [&](const std::string& path) { return line.ends_with(" " + path); });
  });
  return lines;
}

TEST(TaskPipeline, ServesWhatIsOnTheDiskInTheEndWhateverTheOrder) {
  std::uint64_t first = 1, last = 150;
  if (const char* seeds = std::getenv("PAWL_SEEDS")) last = std::strtoull(seeds, nullptr, 10);
  if (const char* seed = std::getenv("PAWL_SEED")) first = last = std::strtoull(seed, nullptr, 10);
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    RandomRun run(seed);
    run.run(150);
    const auto expected = fresh_look(run.world.disk);
    ASSERT_EQ(without_last_good(run.world.registry_lines()), without_last_good(expected))
        << "repeat with PAWL_SEED=" << seed;
    ASSERT_EQ(run.world.violations, std::vector<std::string>{}) << "repeat with PAWL_SEED=" << seed;
    ASSERT_LE(run.world.loading_max_seen(), 6u) << "repeat with PAWL_SEED=" << seed;
  }
}

}  // namespace
}  // namespace pawl
