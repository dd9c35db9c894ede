// What programs do that they had better not, or that looks as if they should not: it does no harm.
#include <gtest/gtest.h>
#include <pawl/pawl.h>
#include <pawl/pawl_c.h>
#include <poll.h>

#include <atomic>
#include <future>
#include <thread>

#include "tests/api/collected.h"
#include "tests/api/task_files.h"
#include "tests/command/scratch.h"

namespace pawl {
namespace {

using namespace std::chrono_literals;
using watch::Batch;
using watch::ChangeKind;
using watch::Queue;
using watch::Watcher;

// The destructor once took the pointer away that a callback on the other thread was just using.
TEST(PublicMisuse, AWatcherIsUsedInACallbackWhileAnotherThreadDestroysIt) {
  const Scratch scratch;
  std::atomic<Watcher*> self = nullptr;
  std::atomic<bool> going = false;
  std::promise<void> inside;
  bool told = false;
  auto opened = Watcher::open({}, [&](Batch) {
    if (std::exchange(told, true)) return;
    inside.set_value();
    while (!going) std::this_thread::yield();
    for (int i = 0; i < 200; ++i) {
      EXPECT_EQ((*self).metrics().degradations, 0U);
      std::this_thread::yield();
    }
  });
  ASSERT_TRUE(opened);
  auto watcher = std::make_unique<Watcher>(std::move(*opened));
  self = watcher.get();
  ASSERT_TRUE(watcher->add_root({.path = scratch.root()}));
  inside.get_future().wait();
  going = true;
  watcher.reset();
}

TEST(PublicMisuse, ARegistryIsUsedInACallbackWhileAnotherThreadDestroysIt) {
  const Scratch scratch;
  scratch.directory("tasks");
  std::atomic<tasks::Registry*> self = nullptr;
  std::atomic<bool> going = false;
  std::promise<void> inside;
  tasks::Callbacks callbacks;
  callbacks.on_watching = [&] {
    while (self == nullptr) std::this_thread::yield();  // it may come before open() returns
    inside.set_value();
    while (!going) std::this_thread::yield();
    for (int i = 0; i < 200; ++i) {
      EXPECT_TRUE((*self).list().empty());
      EXPECT_EQ((*self).sources().size(), 1U);
      std::this_thread::yield();
    }
  };
  auto opened = tasks::Registry::open({.sources = {{.path = scratch.path("tasks")}}}, callbacks);
  ASSERT_TRUE(opened) << opened.error().message();
  auto registry = std::make_unique<tasks::Registry>(std::move(*opened));
  self = registry.get();
  inside.get_future().wait();
  going = true;
  registry.reset();
}

TEST(PublicMisuse, IsToldToNobody) {
  EXPECT_EQ(Watcher::open({}, watch::Callback()).error().code(), ErrorCode::kUsage);
  auto queue = Queue::make();
  ASSERT_TRUE(queue);
  const Queue taken = std::move(*queue);
  EXPECT_EQ(Watcher::open({}, std::move(*queue)).error().code(),
            ErrorCode::kUsage);  // NOLINT: on purpose
}

// As "for ever" is written. A sum with the clock once overflowed, and it did not wait at all.
TEST(PublicMisuse, WaitsForEver) {
  const Scratch scratch;
  auto queue = Queue::make();
  ASSERT_TRUE(queue);
  auto watcher = Watcher::open({}, *queue);
  ASSERT_TRUE(watcher);
  std::promise<bool> got;
  std::thread waits(
      [&] { got.set_value(queue->wait(std::chrono::milliseconds::max()).has_value()); });
  ASSERT_TRUE(watcher->add_root({.path = scratch.root()}));
  EXPECT_TRUE(got.get_future().get());
  waits.join();
  while (queue->take()) {
  }
  EXPECT_FALSE(queue->wait(std::chrono::milliseconds::min()));
}

TEST(PublicMisuse, HasTimesThatNoClockCanTell) {
  const auto never = std::chrono::milliseconds::max();
  const auto told = [](Batch) {};
  EXPECT_EQ(Watcher::open({.debounce_max = never}, told).error().code(), ErrorCode::kUsage);
  EXPECT_EQ(Watcher::open({.answer_timeout = never}, told).error().code(), ErrorCode::kUsage);
  EXPECT_EQ(Watcher::open({.background_pass_min = never}, told).error().code(), ErrorCode::kUsage);
  auto watcher = Watcher::open({}, told);
  ASSERT_TRUE(watcher);
  EXPECT_EQ(watcher->add_root({.path = "/", .poll_interval = never}).error().code(),
            ErrorCode::kUsage);

  const Scratch scratch;
  scratch.directory("tasks");
  const auto code_of = [&](tasks::Source source) {
    source.path = scratch.path("tasks");
    return tasks::Registry::open({.sources = {source}}, {}).error().code();
  };
  EXPECT_EQ(code_of({.debounce = never}), ErrorCode::kUsage);
  EXPECT_EQ(code_of({.poll_interval = never}), ErrorCode::kUsage);
  EXPECT_EQ(code_of({.retry_delay = never}), ErrorCode::kUsage);
  auto registry = tasks::Registry::open({.database = scratch.path("db")}, {});
  ASSERT_TRUE(registry) << registry.error().message();
  EXPECT_TRUE(registry->close(never).ok());
}

TEST(PublicMisuse, WatchesWhatIsNoPath) {
  auto watcher = Watcher::open({}, [](Batch) {});
  ASSERT_TRUE(watcher);
  using namespace std::string_literals;
  EXPECT_EQ(watcher->add_root({.path = "/tmp\0/x"s}).error().code(), ErrorCode::kUsage);
  std::promise<Error> saved;
  watcher->save_snapshot("", [&](Error error) { saved.set_value(error); });
  EXPECT_FALSE(saved.get_future().get().ok());
}

// Two roots may be the same, or lie in each other: each is told by itself.
TEST(PublicMisuse, WatchesTheSameTwice) {
  const Scratch scratch;
  scratch.directory("d");
  Collected seen;
  auto watcher = Watcher::open({}, seen.callback());
  ASSERT_TRUE(watcher);
  const auto one = watcher->add_root({.path = scratch.root()});
  const auto two = watcher->add_root({.path = scratch.root()});
  const auto inner = watcher->add_root({.path = scratch.path("d")});
  ASSERT_TRUE(one && two && inner);
  for (const auto root : {*one, *two, *inner}) ASSERT_TRUE(seen.wait_ready(root));
  scratch.write("d/f", "");
  const auto told_to = [&](std::size_t wanted) {
    return seen.wait([&](const Batch& batch) {
      return Collected::count_in(batch, ChangeKind::kCreated, scratch.path("d/f")) == wanted;
    });
  };
  EXPECT_TRUE(told_to(3));
  watcher->remove_root(*one);
  scratch.write("d/g", "");
  EXPECT_TRUE(seen.wait([&](const Batch& batch) {
    return Collected::count_in(batch, ChangeKind::kCreated, scratch.path("d/g")) == 2;
  }));
}

// What a queue holds that nobody drains is what differs, and not all that happened.
TEST(PublicMisuse, LeavesAQueueAlone) {
  const Scratch scratch;
  scratch.write("first", "");
  auto queue = Queue::make();
  ASSERT_TRUE(queue);
  auto watcher = Watcher::open({}, *queue);
  ASSERT_TRUE(watcher);
  ASSERT_TRUE(watcher->add_root(
      {.path = scratch.root(), .backend = watch::Backend::kPoll, .poll_interval = 20ms}));
  // Nothing wakes one for a metric: it is looked at until it is so, for a minute at most.
  const auto waiting = [&](auto wanted) {
    for (int i = 0; i < 6000; ++i) {
      if (wanted(watcher->metrics().changes_waiting)) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  };
  constexpr std::uint64_t kMany = 34'000;
  for (std::optional<Batch> batch = queue->wait(20s); batch && batch->ready.empty();)
    batch = queue->wait(20s);
  for (std::uint64_t i = 0; i < kMany; ++i)
    scratch.write("d" + std::to_string(i % 20) + "/" + std::to_string(i), "");
  ASSERT_TRUE(waiting([](std::uint64_t count) { return count >= kMany + 20; }));
  for (int i = 0; i < 20; ++i) scratch.remove("d" + std::to_string(i));
  EXPECT_TRUE(waiting([](std::uint64_t count) { return count == 0; }));
  scratch.write("last", "");
  ASSERT_TRUE(waiting([](std::uint64_t count) { return count == 1; }));
  const auto batch = queue->take();
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->changes.at(0).path, scratch.path("last"));
  EXPECT_FALSE(queue->take());
  pollfd waits{queue->descriptor(), POLLIN, 0};
  EXPECT_EQ(poll(&waits, 1, 0), 0);
}

TEST(PublicMisuse, InC) {
  const Scratch scratch;
  pawl_watcher* watcher = nullptr;
  EXPECT_EQ(pawl_watcher_open_queue(nullptr, nullptr), PAWL_E_USAGE);
  // Never filled, so that what is set in it would be lost without a word.
  pawl_options options{};
  options.debounce_ms = 50;
  EXPECT_EQ(pawl_watcher_open_queue(&options, &watcher), PAWL_E_USAGE);
  EXPECT_NE(std::string(pawl_error_message()).find("pawl_options_init"), std::string::npos);
  EXPECT_EQ(watcher, nullptr);
  // Of a program that was compiled when there was less to choose.
  pawl_options_fill(&options, offsetof(pawl_options, since));
  options.since = "/no/such/snapshot";
  ASSERT_EQ(pawl_watcher_open_queue(&options, &watcher), PAWL_OK) << pawl_error_message();

  const char* path = scratch.root().c_str();
  EXPECT_EQ(pawl_watcher_add_root(watcher, nullptr, nullptr, nullptr), PAWL_E_USAGE);
  pawl_root_options root_options{};
  EXPECT_EQ(pawl_watcher_add_root(watcher, path, &root_options, nullptr), PAWL_E_USAGE);
  pawl_root_options_init(&root_options);
  root_options.ignore_count = 1;
  EXPECT_EQ(pawl_watcher_add_root(watcher, path, &root_options, nullptr), PAWL_E_USAGE);
  const char* none[] = {nullptr};
  root_options.ignore = none;
  EXPECT_EQ(pawl_watcher_add_root(watcher, path, &root_options, nullptr), PAWL_E_USAGE);
  root_options.ignore_count = 0;
  root_options.backend = 77;
  EXPECT_EQ(pawl_watcher_add_root(watcher, path, &root_options, nullptr), PAWL_E_USAGE);
  EXPECT_EQ(pawl_watcher_coverage(watcher, 0, nullptr, nullptr, nullptr, nullptr), PAWL_E_USAGE);
  EXPECT_EQ(pawl_watcher_take(watcher, 0, nullptr, nullptr), 0);
  std::promise<int> saved;
  pawl_watcher_save_snapshot(
      watcher, nullptr,
      [](int code, const char*, void* user) {
        static_cast<std::promise<int>*>(user)->set_value(code);
      },
      &saved);
  EXPECT_NE(saved.get_future().get(), PAWL_OK);
  EXPECT_STREQ(pawl_kind_name(-1), "");
  pawl_string_free(nullptr);
  // In what it takes itself.
  ASSERT_EQ(pawl_watcher_add_root(watcher, path, nullptr, nullptr), PAWL_OK);
  struct Self {
    pawl_watcher* watcher;
  } self{watcher};
  EXPECT_EQ(pawl_watcher_take(
                watcher, 20'000,
                [](const pawl_batch*, void* user) {
                  pawl_watcher_close(static_cast<Self*>(user)->watcher);
                },
                &self),
            1);
}

}  // namespace
}  // namespace pawl
