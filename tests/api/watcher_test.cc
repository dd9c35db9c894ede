// pawl::watch as programs use it: only its public headers are seen here.
#include <gtest/gtest.h>
#include <pawl/watcher.h>
#include <poll.h>
#include <uv.h>

#include <atomic>
#include <future>
#include <thread>

#include "tests/api/collected.h"
#include "tests/command/scratch.h"

namespace pawl {
namespace {

using namespace std::chrono_literals;
using watch::Batch;
using watch::ChangeKind;
using watch::Mode;
using watch::Queue;
using watch::RootId;
using watch::Watcher;

Watcher open(Collected& seen, watch::Options options = {}) {
  auto watcher = Watcher::open(std::move(options), seen.callback());
  if (!watcher) ADD_FAILURE() << watcher.error().message();
  return std::move(*watcher);
}

TEST(PublicWatcher, TellsChangesOnAThreadOfItsOwn) {
  const Scratch scratch;
  Collected seen;
  // So that what a rename removes and what it creates are told together.
  Watcher watcher = open(seen, {.debounce = 300ms});
  const auto root = watcher.add_root({.path = scratch.root()});
  ASSERT_TRUE(root) << root.error().message();
  ASSERT_TRUE(seen.wait_ready(*root));
  scratch.write("a/b", "one");
  EXPECT_TRUE(seen.wait_for(ChangeKind::kCreated, scratch.path("a/b")));
  scratch.rename("a/b", "c");
  ASSERT_TRUE(seen.wait_for(ChangeKind::kCreated, scratch.path("c")));
  for (const watch::Change& change : seen.all().changes) {
    if (change.path == scratch.path("c")) {
      EXPECT_EQ(change.from, scratch.path("a/b"));
    }
    EXPECT_EQ(change.root, *root);
    EXPECT_GT(change.known_at.count(), 0);
  }
}

TEST(PublicWatcher, RunsOnALoopOfTheCallers) {
  const Scratch scratch;
  uv_loop_t loop;
  ASSERT_EQ(uv_loop_init(&loop), 0);
  Collected seen;
  {
    const std::thread::id here = std::this_thread::get_id();
    auto watcher = Watcher::open(&loop, {}, [&](Batch batch) {
      EXPECT_EQ(std::this_thread::get_id(), here);
      seen.add(std::move(batch));
    });
    ASSERT_TRUE(watcher);
    const auto root = watcher->add_root({.path = scratch.root()});
    ASSERT_TRUE(root);
    while (seen.all().ready.empty()) uv_run(&loop, UV_RUN_ONCE);
    scratch.write("x", "");
    while (seen.count(ChangeKind::kCreated, scratch.path("x")) == 0) uv_run(&loop, UV_RUN_ONCE);
    EXPECT_EQ(watcher->metrics().directories_in(Mode::kNative) +
                  watcher->metrics().directories_in(Mode::kPolled),
              1U);
  }
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(uv_loop_close(&loop), 0);
}

TEST(PublicWatcher, FillsAQueueThatAnotherThreadDrains) {
  const Scratch scratch;
  auto queue = Queue::make();
  ASSERT_TRUE(queue);
  Collected seen;
  std::thread drain([queue = *queue, &seen]() mutable {
    for (;;) {
      pollfd waits{queue.descriptor(), POLLIN, 0};
      poll(&waits, 1, -1);
      while (auto batch = queue.take()) seen.add(std::move(*batch));
      if (queue.closed()) break;
    }
  });
  {
    auto watcher = Watcher::open({}, *queue);
    ASSERT_TRUE(watcher);
    const auto root = watcher->add_root({.path = scratch.root()});
    EXPECT_TRUE(seen.wait_ready(*root));
    for (int i = 0; i < 100; ++i) scratch.write(std::to_string(i), "");
    for (int i = 0; i < 100; ++i)
      EXPECT_TRUE(seen.wait_for(ChangeKind::kCreated, scratch.path(std::to_string(i))));
  }
  drain.join();
  EXPECT_TRUE(queue->closed());
  EXPECT_FALSE(queue->take());
  EXPECT_FALSE(queue->wait(1h));  // closed, so it does not wait
}

TEST(PublicWatcher, WaitsOnAQueueForAsLongAsItIsTold) {
  auto queue = Queue::make();
  ASSERT_TRUE(queue);
  EXPECT_FALSE(queue->wait(1ms));
  pollfd waits{queue->descriptor(), POLLIN, 0};
  EXPECT_EQ(poll(&waits, 1, 0), 0);
  const Scratch scratch;
  auto watcher = Watcher::open({}, *queue);
  ASSERT_TRUE(watcher);
  const auto root = watcher->add_root({.path = scratch.root()});
  std::vector<RootId> ready;
  for (int i = 0; ready.empty() && i < 100; ++i) {
    if (auto batch = queue->wait(20s)) ready = batch->ready;
  }
  EXPECT_EQ(ready, std::vector<RootId>{*root});
}

TEST(PublicWatcher, AddsAndRemovesRootsWhileItRuns) {
  const Scratch scratch;
  scratch.directory("one");
  scratch.directory("two");
  Collected seen;
  Watcher watcher = open(seen);
  const auto one = watcher.add_root({.path = scratch.path("one")});
  ASSERT_TRUE(seen.wait_ready(*one));
  const auto two = watcher.add_root({.path = scratch.path("two")});
  ASSERT_TRUE(seen.wait_ready(*two));
  EXPECT_NE(*one, *two);
  watcher.remove_root(*one);
  EXPECT_TRUE(watcher.coverage(*one).empty());
  scratch.write("one/unseen", "");
  scratch.write("two/seen", "");
  EXPECT_TRUE(seen.wait_for(ChangeKind::kCreated, scratch.path("two/seen")));
  EXPECT_EQ(seen.count(ChangeKind::kCreated, scratch.path("one/unseen")), 0U);
  watcher.remove_root(*one);  // no harm
  watcher.remove_root(12345);
  watcher.pause(12345);
  watcher.resume(12345);
  watcher.rescan(12345);
}

TEST(PublicWatcher, FindsOnResumeWhatHappenedWhileItWasPaused) {
  const Scratch scratch;
  scratch.write("d/kept", "");
  scratch.write("d/gone", "");
  scratch.write("d/written", "1");
  Collected seen;
  Watcher watcher = open(seen);
  const auto root = watcher.add_root({.path = scratch.root()});
  ASSERT_TRUE(seen.wait_ready(*root));
  watcher.pause(*root);
  for (const watch::DirectoryCoverage& one : watcher.coverage(*root))
    EXPECT_EQ(one.coverage.mode, Mode::kNone) << one.directory;
  scratch.remove("d/gone");
  scratch.append("d/written", "22");
  scratch.write("e/new", "");
  // Another root tells that time has passed, and hints would have come.
  const Scratch other;
  const auto second = watcher.add_root({.path = other.root()});
  ASSERT_TRUE(seen.wait_ready(*second));
  other.write("x", "");
  ASSERT_TRUE(seen.wait_for(ChangeKind::kCreated, other.path("x")));
  EXPECT_EQ(seen.count(ChangeKind::kCreated, scratch.path("e/new")), 0U);
  watcher.resume(*root);
  EXPECT_TRUE(seen.wait_for(ChangeKind::kCreated, scratch.path("e/new")));
  EXPECT_TRUE(seen.wait_for(ChangeKind::kRemoved, scratch.path("d/gone")));
  EXPECT_TRUE(seen.wait_for(ChangeKind::kModified, scratch.path("d/written")));
  EXPECT_EQ(seen.count(ChangeKind::kRemoved, scratch.path("d/kept")), 0U);
  scratch.write("live", "");
  EXPECT_TRUE(seen.wait_for(ChangeKind::kCreated, scratch.path("live")));
}

TEST(PublicWatcher, MergesWhileItIsNotAtRest) {
  const Scratch scratch;
  Collected seen;
  Watcher watcher = open(seen, {.debounce = 200ms, .debounce_max = 10s});
  const auto root = watcher.add_root({.path = scratch.root()});
  ASSERT_TRUE(seen.wait_ready(*root));
  scratch.write("f", "1");
  for (int i = 0; i < 20; ++i) scratch.append("f", "2");
  scratch.write("passing", "");
  scratch.remove("passing");
  EXPECT_TRUE(seen.wait_for(ChangeKind::kCreated, scratch.path("f")));
  EXPECT_EQ(seen.all().changes.size(), 1U);
}

TEST(PublicWatcher, CannotBeHeldUpForEverByARestlessFile) {
  const Scratch scratch;
  Collected seen;
  Watcher watcher = open(seen, {.debounce = 400ms, .debounce_max = 500ms});
  const auto root = watcher.add_root({.path = scratch.root()});
  ASSERT_TRUE(seen.wait_ready(*root));
  std::atomic<bool> stop = false;
  std::thread restless([&] {
    while (!stop) {
      scratch.append("log", "x");
      std::this_thread::sleep_for(10ms);  // the pace of the writes; nothing is waited for
    }
  });
  EXPECT_TRUE(seen.wait_for(ChangeKind::kCreated, scratch.path("log")));
  stop = true;
  restless.join();
}

TEST(PublicWatcher, SeesWhatIsNotIgnored) {
  const Scratch scratch;
  Collected seen;
  Watcher watcher = open(seen);
  const auto root = watcher.add_root({.path = scratch.root() + "/", .ignore = {"*.tmp", "build/"}});
  ASSERT_TRUE(seen.wait_ready(*root));
  scratch.write("a.tmp", "");
  scratch.write("build/x", "");
  scratch.write("a.txt", "");
  EXPECT_TRUE(seen.wait_for(ChangeKind::kCreated, scratch.path("a.txt")));
  EXPECT_EQ(seen.all().changes.size(), 1U);
}

TEST(PublicWatcher, RefusesWhatItCannotDo) {
  Collected seen;
  EXPECT_EQ(Watcher::open({.native_watches_percent = 101}, seen.callback()).error().code(),
            ErrorCode::kUsage);
  EXPECT_EQ(Watcher::open({.debounce = 3s, .debounce_max = 2s}, seen.callback()).error().code(),
            ErrorCode::kUsage);
  EXPECT_EQ(Watcher::open({.sweep_share = 0}, seen.callback()).error().code(), ErrorCode::kUsage);
  Watcher watcher = open(seen);
  EXPECT_EQ(watcher.add_root({.path = ""}).error().code(), ErrorCode::kUsage);
  EXPECT_EQ(watcher.add_root({.path = "/tmp", .ignore = {"[a"}}).error().code(), ErrorCode::kUsage);
  EXPECT_EQ(watcher.add_root({.path = "/tmp", .poll_interval = 0ms}).error().code(),
            ErrorCode::kUsage);
}

TEST(PublicWatcher, TellsThatARootIsNotThere) {
  const Scratch scratch;
  Collected seen;
  Watcher watcher = open(seen);
  const auto root = watcher.add_root({.path = scratch.path("later")});
  ASSERT_TRUE(root);
  ASSERT_TRUE(seen.wait([](const Batch& batch) { return !batch.roots.empty(); }));
  const watch::RootState lost = seen.all().roots.front();
  EXPECT_FALSE(lost.available);
  EXPECT_EQ(lost.path, scratch.path("later"));
  EXPECT_EQ(lost.why.code(), ErrorCode::kNotFound);
  EXPECT_NE(lost.why.message(), "");
  scratch.directory("later");
  EXPECT_TRUE(seen.wait_ready(*root));
}

TEST(PublicWatcher, CountsAndExplainsItself) {
  const Scratch scratch;
  scratch.directory("d");
  Collected seen;
  Watcher watcher = open(seen);
  const auto polled = watcher.add_root({.path = scratch.root(), .backend = watch::Backend::kPoll});
  ASSERT_TRUE(seen.wait_ready(*polled));
  const watch::Metrics metrics = watcher.metrics();
  ASSERT_EQ(metrics.directories.size(), 1U);
  EXPECT_EQ(metrics.directories[0].mode, Mode::kPolled);
  EXPECT_EQ(metrics.directories[0].reason, watch::Reason::kConfigured);
  EXPECT_EQ(metrics.directories[0].directories, 2U);
  const auto coverage = watcher.coverage(*polled);
  ASSERT_EQ(coverage.size(), 2U);
  EXPECT_EQ(coverage[1].directory, scratch.path("d"));
  EXPECT_EQ(watch::name_of(coverage[1].coverage.reason), "configured");
}

TEST(PublicWatcher, MeasuresFromTheHintToTheChange) {
  const Scratch scratch;
  Collected seen;
  Watcher watcher = open(seen);
  const auto root = watcher.add_root({.path = scratch.root(), .backend = watch::Backend::kNative});
  ASSERT_TRUE(seen.wait_ready(*root));
  if (watcher.metrics().directories_in(Mode::kNative) == 0) GTEST_SKIP() << "no native watch here";
  scratch.write("f", "");
  ASSERT_TRUE(seen.wait_for(ChangeKind::kCreated, scratch.path("f")));
  const watch::Metrics metrics = watcher.metrics();
  EXPECT_GT(metrics.hints, 0U);
  EXPECT_GT(metrics.hint_to_change.count, 0U);
  EXPECT_GT(metrics.hint_to_change.sum, 0ns);
  std::uint64_t counted = 0;
  for (const std::uint64_t count : metrics.hint_to_change.counts) counted += count;
  EXPECT_EQ(counted, metrics.hint_to_change.count);
}

// Lifetimes.

TEST(PublicWatcher, IsDestroyedInItsCallbackOnItsOwnThread) {
  const Scratch scratch;
  std::promise<void> gone;
  std::atomic<bool> destroyed = false;
  std::mutex mutex;
  std::unique_ptr<Watcher> watcher;
  std::unique_lock lock(mutex);
  auto opened = Watcher::open({}, [&](Batch) {
    const std::lock_guard inner(mutex);
    EXPECT_FALSE(destroyed);
    watcher.reset();
    destroyed = true;
    gone.set_value();
  });
  ASSERT_TRUE(opened);
  watcher = std::make_unique<Watcher>(std::move(*opened));
  ASSERT_TRUE(watcher->add_root({.path = scratch.root()}));
  lock.unlock();
  EXPECT_EQ(gone.get_future().wait_for(20s), std::future_status::ready);
  const std::lock_guard after(mutex);
  EXPECT_EQ(watcher, nullptr);
}

TEST(PublicWatcher, IsDestroyedInItsCallbackOnTheCallersLoop) {
  for (const auto debounce : {0ms, 10ms}) {
    const Scratch scratch;
    uv_loop_t loop;
    ASSERT_EQ(uv_loop_init(&loop), 0);
    std::unique_ptr<Watcher> watcher;
    bool ready = false;
    auto opened = Watcher::open(&loop, {.debounce = debounce}, [&](Batch batch) {
      if (!batch.ready.empty()) {
        ready = true;
        scratch.write("f", "");
      } else if (!batch.changes.empty()) {  // and not that the disk is slow to answer
        watcher.reset();
      }
    });
    ASSERT_TRUE(opened);
    watcher = std::make_unique<Watcher>(std::move(*opened));
    ASSERT_TRUE(watcher->add_root({.path = scratch.root()}));
    uv_run(&loop, UV_RUN_DEFAULT);  // ends, as no handle is left
    EXPECT_TRUE(ready);
    EXPECT_EQ(watcher, nullptr);
    EXPECT_EQ(uv_loop_close(&loop), 0);
  }
}

TEST(PublicWatcher, IsDestroyedAtAnyMoment) {
  const Scratch scratch;
  for (int i = 0; i < 40; ++i) scratch.write("d" + std::to_string(i % 7) + "/" + std::to_string(i), "");
  for (int round = 0; round < 40; ++round) {
    Collected seen;
    Watcher watcher = open(seen);
    if (round % 4 != 0) {
      ASSERT_TRUE(watcher.add_root({.path = scratch.root()}));
    }
    if (round % 4 == 2) scratch.append("d1/1", "x");
    if (round % 4 == 3) seen.wait([](const Batch& batch) { return !batch.ready.empty(); });
    if (round % 8 == 7) watcher = open(seen);  // assigned over
  }
}

TEST(PublicWatcher, MayBeUsedInItsCallback) {
  const Scratch scratch;
  scratch.directory("a");
  scratch.directory("b");
  Collected seen;
  std::atomic<Watcher*> self = nullptr;
  auto opened = Watcher::open({}, [&](Batch batch) {
    Watcher* watcher = self;
    if (watcher != nullptr && batch.ready == std::vector<RootId>{0}) {
      EXPECT_TRUE(watcher->add_root({.path = scratch.path("b")}));
      EXPECT_FALSE(watcher->metrics().directories.empty());
      watcher->rescan(0);
      watcher->pause(0);
      watcher->remove_root(0);
    }
    seen.add(std::move(batch));
  });
  ASSERT_TRUE(opened);
  self = &*opened;
  ASSERT_TRUE(opened->add_root({.path = scratch.path("a")}));
  EXPECT_TRUE(seen.wait_ready(1));
  EXPECT_TRUE(opened->coverage(0).empty());
}

TEST(PublicWatcher, ServesSeveralThreadsOneAfterTheOther) {
  const Scratch scratch;
  Collected seen;
  Watcher watcher = open(seen);
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    scratch.directory(std::to_string(i));
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        const std::lock_guard lock(mutex);
        const auto root = watcher.add_root({.path = scratch.path(std::to_string(i))});
        EXPECT_TRUE(root);
        watcher.metrics();
        if (round < 19) watcher.remove_root(*root);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(seen.wait([](const Batch& batch) { return batch.ready.size() >= 4; }));
}

TEST(PublicVersion, IsThatOfTheHeader) { EXPECT_STREQ(pawl_version(), PAWL_VERSION_STRING); }

}  // namespace
}  // namespace pawl
