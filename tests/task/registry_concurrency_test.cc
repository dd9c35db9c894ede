// Readers on threads while the writer publishes: the one thing in core that threads share. Also to
// be run under the thread sanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/task/content_cache.h"
#include "core/task/registry.h"

namespace pawl {
namespace {

TaskEvent put(int number, const std::string& checksum, TaskEventKind kind) {
  TaskEvent event;
  event.kind = kind;
  event.path = "/t/" + std::to_string(number);
  event.task = make_task({.uuid = "uuid " + std::to_string(number),
                          .version = "1.0.0",
                          .path = event.path,
                          .checksum = checksum});
  return event;
}

std::vector<TaskEvent> whole_batch(int tasks, int round) {
  std::vector<TaskEvent> batch;
  for (int i = 0; i < tasks; ++i) {
    batch.push_back(put(i, std::to_string(round), TaskEventKind::kUpdated));
  }
  return batch;
}

TEST(Registry, ShowsEachReaderWholeBatchesInOrder) {
  constexpr int kTasks = 200, kRounds = 200;
  Registry registry;
  registry.apply(whole_batch(kTasks, 0));
  std::atomic<bool> done = false;
  std::atomic<int> mixed = 0, backwards = 0, changed = 0;
  const auto read = [&] {
    std::uint64_t last = 0;
    while (!done) {
      const auto snapshot = registry.snapshot();
      if (snapshot->number() < last) ++backwards;
      last = snapshot->number();
      const TaskPtr first = snapshot->get("uuid 0");
      const std::string_view checksum = first->checksum();
      for (const TaskPtr& task : snapshot->list())
        if (task->checksum() != checksum) ++mixed;
      if (first->checksum() != checksum || snapshot->size() != kTasks) ++changed;
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back(read);
  for (int round = 1; round <= kRounds; ++round) registry.apply(whole_batch(kTasks, round));
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(mixed, 0);
  EXPECT_EQ(backwards, 0);
  EXPECT_EQ(changed, 0);
  EXPECT_EQ(registry.snapshot()->get("uuid 0")->checksum(), std::to_string(kRounds));
}

TEST(ContentCache, GivesEveryThreadTheTextOfItsChecksum) {
  ContentCache cache(2'000, [](const Task& task) {
    return Result(std::make_shared<const TaskContent>(TaskContent{{}, {}, {}, std::string(task.checksum())}));
  });
  std::atomic<int> wrong = 0;
  const auto ask = [&](int salt) {
    for (int i = 0; i < 2'000; ++i) {
      const Task task({.checksum = std::to_string((i * salt) % 50)});
      const auto content = cache.content(task);
      if (!content || (*content)->script != task.checksum()) ++wrong;
    }
  };
  std::vector<std::thread> threads;
  for (const int salt : {1, 3, 7}) threads.emplace_back(ask, salt);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(cache.bytes(), 2'000u);
}

}  // namespace
}  // namespace pawl
