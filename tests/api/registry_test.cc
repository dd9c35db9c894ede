// pawl::tasks as programs use it: only its public headers are seen here.
#include <gtest/gtest.h>
#include <pawl/pawl.h>
#include <uv.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "tests/api/told.h"

namespace pawl {
namespace {

using namespace std::chrono_literals;
using tasks::Event;
using tasks::EventKind;
using tasks::Registry;
using tasks::Task;

const std::string kOne = "11111111-1111-4111-8111-111111111111";
const std::string kTwo = "22222222-2222-4222-8222-222222222222";

TEST(PublicRegistry, ServesWhatIsOnTheDisk) {
  const Scratch scratch;
  write_task(scratch, "tasks/a", {.uuid = kOne, .version = "1.0.0", .label = "A", .tag = "x"});
  write_task(scratch, "tasks/b", {.uuid = kOne, .version = "1.10.0", .label = "B", .tag = "y"});
  write_task(scratch, "tasks/c", {.uuid = kTwo, .label = "A", .tag = "y"});
  scratch.write("tasks/broken/metadata.json", "{");
  Told told;
  const Registry registry = open(told, options_for(scratch));
  ASSERT_TRUE(told.wait_settled());
  EXPECT_EQ(registry.get(kOne).version(), "1.10.0");
  EXPECT_EQ(registry.get(kOne, "1.0.0").label(), "A");
  EXPECT_FALSE(registry.get(kOne, "3.0.0"));
  EXPECT_EQ(registry.versions(kOne).size(), 2U);
  EXPECT_EQ(registry.list().size(), 3U);
  EXPECT_EQ(registry.find_by_label("A").size(), 2U);
  ASSERT_EQ(registry.find_by_tag("x").size(), 1U);
  EXPECT_EQ(registry.find_by_tag("x")[0].path(), scratch.path("tasks/a"));
  const std::vector<tasks::Trouble> invalid = registry.invalid();
  ASSERT_EQ(invalid.size(), 1U);
  EXPECT_EQ(invalid[0].path, scratch.path("tasks/broken"));
  ASSERT_FALSE(invalid[0].errors.empty());
  EXPECT_EQ(invalid[0].errors[0].line, 1U);
  EXPECT_FALSE(invalid[0].serving);
  const auto content = registry.content(registry.get(kTwo));
  ASSERT_TRUE(content) << content.error().message();
  EXPECT_EQ(content->script, "main();");
  EXPECT_EQ(content->input_schema, "{}");
}

TEST(PublicRegistry, AVersionThatIsHeldStaysAndItsEndIsTold) {
  for (const bool database : {true, false}) {
    const Scratch scratch;
    write_task(scratch, "tasks/a", {.uuid = kOne, .script = "first();"});
    Told told;
    const Registry registry = open(told, options_for(scratch, database));
    ASSERT_TRUE(told.wait_settled());
    Task held = registry.get(kOne);
    const std::string checksum = held.checksum();
    scratch.replace("tasks/a/main.js", "second();");
    ASSERT_TRUE(told.wait([&] { return !told.newer_.empty(); }));
    EXPECT_EQ(told.newer_[0].first, "1.0.0 " + checksum);
    ASSERT_TRUE(told.wait_event(EventKind::kUpdated, scratch.path("tasks/a")));
    const Task now = registry.get(kOne);
    EXPECT_NE(now.checksum(), checksum);
    EXPECT_EQ(told.newer_[0].second, now.checksum());
    EXPECT_EQ(held.checksum(), checksum);
    EXPECT_EQ(registry.content(held)->script, "first();");
    EXPECT_EQ(registry.content(now)->script, "second();");
    EXPECT_TRUE(told.wait([&] { return told.released_.empty(); }));
    told.forget();  // its events hold it too
    EXPECT_TRUE(told.wait([&] { return told.released_.empty(); }));
    held = Task();
    ASSERT_TRUE(told.wait([&] { return !told.released_.empty(); }));
    EXPECT_EQ(told.released_[0].checksum, checksum);
    EXPECT_EQ(told.released_[0].uuid, kOne);
    EXPECT_EQ(told.released_.size(), 1U);
  }
}

TEST(PublicRegistry, TellsTheEndOfWhatNobodyHolds) {
  const Scratch scratch;
  write_task(scratch, "tasks/a", {.uuid = kOne});
  Told told;
  const Registry registry = open(told, options_for(scratch));
  ASSERT_TRUE(told.wait_settled());
  told.forget();
  scratch.remove("tasks/a");
  EXPECT_TRUE(told.wait_event(EventKind::kRemoved, scratch.path("tasks/a")));
  EXPECT_FALSE(registry.get(kOne));
  told.forget();  // the event has it
  EXPECT_TRUE(told.wait([&] { return !told.released_.empty(); }));
}

TEST(PublicRegistry, ATaskThatBreaksServesOn) {
  const Scratch scratch;
  write_task(scratch, "tasks/a", {.uuid = kOne});
  Told told;
  const Registry registry = open(told, options_for(scratch));
  ASSERT_TRUE(told.wait_settled());
  scratch.replace("tasks/a/input.schema.json", "{");
  ASSERT_TRUE(told.wait_event(EventKind::kInvalid, scratch.path("tasks/a")));
  ASSERT_EQ(registry.invalid().size(), 1U);
  EXPECT_EQ(registry.invalid()[0].serving, registry.get(kOne));
  scratch.replace("tasks/a/input.schema.json", "{}");
  ASSERT_TRUE(told.wait_event(EventKind::kRecovered, scratch.path("tasks/a")));
  EXPECT_TRUE(registry.invalid().empty());
}

TEST(PublicRegistry, RestoresWhatTheDatabaseKnows) {
  const Scratch scratch;
  write_task(scratch, "tasks/a", {.uuid = kOne});
  std::int64_t last = 0;
  {
    Told told;
    Registry registry = open(told, options_for(scratch));
    ASSERT_TRUE(told.wait_settled());
    const std::vector<Event> events = told.events();
    ASSERT_EQ(events.size(), 1U);
    last = events[0].seq;
    EXPECT_GT(last, 0);
    EXPECT_TRUE(registry.close(5s).ok());
    EXPECT_TRUE(registry.get(kOne));  // reading goes on
    EXPECT_TRUE(registry.content(registry.get(kOne)));
    EXPECT_EQ(registry.rescan("tasks").code(), ErrorCode::kUsage);
    EXPECT_TRUE(registry.close(5s).ok());
  }
  write_task(scratch, "tasks/b", {.uuid = kTwo});
  Told told;
  const Registry registry = open(told, options_for(scratch));
  ASSERT_TRUE(told.wait_settled());
  EXPECT_EQ(registry.list().size(), 2U);
  const std::vector<Event> events = told.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].path, scratch.path("tasks/b"));
  EXPECT_TRUE(told.newer_.empty());
  const auto page = registry.changes_since(last, 100);
  ASSERT_TRUE(page) << page.error().message();
  ASSERT_EQ(page->entries.size(), 1U);
  EXPECT_EQ(page->entries[0].uuid, kTwo);
  EXPECT_EQ(page->entries[0].kind, "added");
  EXPECT_EQ(registry.changes_since(0, 1)->entries.size(), 1U);
  EXPECT_TRUE(registry.changes_since(last + 1000, 1)->resync);
}

TEST(PublicRegistry, HasNoFeedWithoutADatabase) {
  const Scratch scratch;
  write_task(scratch, "tasks/a", {.uuid = kOne});
  Told told;
  const Registry registry = open(told, options_for(scratch, false));
  ASSERT_TRUE(told.wait_settled());
  EXPECT_EQ(registry.changes_since(0, 1).error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(registry.content(Task()).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(told.events().at(0).seq, 0);
}

TEST(PublicRegistry, AddsAndRemovesSourcesWhileItRuns) {
  const Scratch scratch;
  write_task(scratch, "tasks/a", {.uuid = kOne});
  write_task(scratch, "more/b", {.uuid = kTwo});
  Told told;
  Registry registry = open(told, options_for(scratch));
  ASSERT_TRUE(told.wait_settled());
  EXPECT_TRUE(registry.add_source({.path = scratch.path("more"), .debounce = 20ms}).ok());
  ASSERT_TRUE(told.wait_event(EventKind::kAdded, scratch.path("more/b")));
  EXPECT_TRUE(registry.get(kTwo));
  EXPECT_EQ(registry.sources().size(), 2U);
  EXPECT_EQ(registry.add_source({.path = scratch.path("more")}).code(), ErrorCode::kUsage);
  EXPECT_EQ(registry.add_source({.path = scratch.path("more/b"), .name = "in"}).code(),
            ErrorCode::kUsage);
  EXPECT_EQ(registry.add_source({.path = scratch.path("none")}).code(), ErrorCode::kUsage);
  EXPECT_EQ(registry.add_source({.path = ""}).code(), ErrorCode::kUsage);

  EXPECT_TRUE(registry.remove_source("more").ok());
  ASSERT_TRUE(told.wait_event(EventKind::kRemoved, scratch.path("more/b")));
  EXPECT_FALSE(registry.get(kTwo));
  EXPECT_EQ(registry.sources().size(), 1U);
  EXPECT_EQ(registry.remove_source("more").code(), ErrorCode::kNotFound);

  // Back again, under the same name and from elsewhere.
  told.forget();
  write_task(scratch, "again/b", {.uuid = kTwo});
  EXPECT_TRUE(
      registry.add_source({.path = scratch.path("again"), .name = "more", .debounce = 20ms}).ok());
  ASSERT_TRUE(told.wait_event(EventKind::kAdded, scratch.path("again/b")));
  scratch.replace("again/b/main.js", "changed();");
  EXPECT_TRUE(told.wait_event(EventKind::kUpdated, scratch.path("again/b")));
}

TEST(PublicRegistry, TakesOverWhatTheDatabaseKnowsOfASourceThatIsAdded) {
  const Scratch scratch;
  write_task(scratch, "more/a", {.uuid = kOne});
  write_task(scratch, "more/b", {.uuid = kTwo});
  tasks::Options options = options_for(scratch);
  options.sources.push_back({.path = scratch.path("more"), .debounce = 20ms});
  {
    Told told;
    const Registry registry = open(told, options);
    ASSERT_TRUE(told.wait_settled());
    ASSERT_EQ(registry.list().size(), 2U);
  }
  scratch.remove("more/b");
  Told told;
  Registry registry = open(told, options_for(scratch));
  ASSERT_TRUE(told.wait_settled());
  EXPECT_TRUE(registry.list().empty());
  ASSERT_TRUE(registry.add_source(options.sources[1]).ok());
  ASSERT_TRUE(told.wait_event(EventKind::kRemoved, scratch.path("more/b")));
  ASSERT_TRUE(told.wait_settled(2));
  EXPECT_TRUE(registry.get(kOne));
  EXPECT_EQ(told.events().size(), 1U);  // what is as it was is no news
}

TEST(PublicRegistry, FindsOnResumeWhatHappenedWhileASourceWasPaused) {
  const Scratch scratch;
  write_task(scratch, "tasks/a", {.uuid = kOne});
  Told told;
  Registry registry = open(told, options_for(scratch));
  ASSERT_TRUE(told.wait_settled());
  ASSERT_TRUE(registry.pause("tasks").ok());
  EXPECT_EQ(registry.sources()[0].status, tasks::SourceStatus::kPaused);
  told.forget();
  scratch.replace("tasks/a/main.js", "changed();");
  write_task(scratch, "tasks/b", {.uuid = kTwo});
  // Another source that tells shows that the paused one would have.
  write_task(scratch, "more/c", {.uuid = "33333333-3333-4333-8333-333333333333"});
  ASSERT_TRUE(registry.add_source({.path = scratch.path("more"), .debounce = 20ms}).ok());
  ASSERT_TRUE(told.wait_event(EventKind::kAdded, scratch.path("more/c")));
  EXPECT_EQ(told.events().size(), 1U);
  ASSERT_TRUE(registry.resume("tasks").ok());
  EXPECT_TRUE(told.wait_event(EventKind::kUpdated, scratch.path("tasks/a")));
  EXPECT_TRUE(told.wait_event(EventKind::kAdded, scratch.path("tasks/b")));
  EXPECT_EQ(registry.sources()[0].status, tasks::SourceStatus::kAvailable);
  EXPECT_EQ(registry.pause("nobody").code(), ErrorCode::kNotFound);
  EXPECT_EQ(registry.resume("nobody").code(), ErrorCode::kNotFound);
  EXPECT_TRUE(registry.rescan("tasks").ok());
}

TEST(PublicRegistry, FlushWaitsForNoRest) {
  const Scratch scratch;
  tasks::Options options = options_for(scratch);
  options.sources[0].debounce = 1h;
  Told told;
  Registry registry = open(told, options);
  ASSERT_TRUE(told.wait_settled());
  write_task(scratch, "tasks/a", {.uuid = kOne});
  registry.flush();
  EXPECT_TRUE(told.wait_event(EventKind::kAdded, scratch.path("tasks/a")));
}

TEST(PublicRegistry, SaysWhatIsWrongWithItsOptions) {
  const Scratch scratch;
  tasks::Options options = options_for(scratch);
  options.sources.push_back({.path = scratch.path("none"), .name = "tasks"});
  options.revisions_max = 0;
  const Error error = Registry::open(options, {}).error();
  EXPECT_EQ(error.code(), ErrorCode::kUsage);
  EXPECT_NE(error.message().find("revisions_max"), std::string::npos) << error.message();
  EXPECT_NE(error.message().find("does not exist"), std::string::npos) << error.message();
  EXPECT_NE(error.message().find("another source"), std::string::npos) << error.message();

  scratch.write("foreign.db", "no database at all, but text that is long enough to be read");
  options = options_for(scratch);
  options.database = scratch.path("foreign.db");
  EXPECT_EQ(Registry::open(options, {}).error().code(), ErrorCode::kForeign);

  Told told;
  const Registry first = open(told, options_for(scratch));
  EXPECT_EQ(Registry::open(options_for(scratch), {}).error().code(), ErrorCode::kBusy);
}

TEST(PublicRegistry, MeasuresItself) {
  const Scratch scratch;
  write_task(scratch, "tasks/a", {.uuid = kOne});
  Told told;
  const Registry registry = open(told, options_for(scratch));
  ASSERT_TRUE(told.wait_settled());
  scratch.replace("tasks/a/main.js", "changed();");
  ASSERT_TRUE(told.wait_event(EventKind::kUpdated, scratch.path("tasks/a")));
  const tasks::Metrics metrics = registry.metrics();
  EXPECT_EQ(metrics.tasks, 1U);
  EXPECT_GE(metrics.reloads, 2U);
  EXPECT_GE(metrics.commits, 2U);
  EXPECT_EQ(metrics.change_to_commit.count, 1U);
  EXPECT_GE(metrics.change_to_commit.sum, 20ms);  // the debounce is in it
  EXPECT_GT(metrics.watching.looks, 0U);
}

TEST(PublicRegistry, RunsOnALoopOfTheCallersAndIsDestroyedInACallback) {
  const Scratch scratch;
  write_task(scratch, "tasks/a", {.uuid = kOne});
  uv_loop_t loop;
  ASSERT_EQ(uv_loop_init(&loop), 0);
  std::unique_ptr<Registry> registry;
  int events = 0;
  tasks::Callbacks callbacks;
  callbacks.on_events = [&](std::vector<Event> told) {
    events += static_cast<int>(told.size());
    EXPECT_TRUE(registry->get(kOne));
    EXPECT_TRUE(registry->rescan("tasks").ok());
    EXPECT_TRUE(registry->remove_source("tasks").ok());
    registry.reset();
  };
  callbacks.on_settled = [&] { EXPECT_NE(registry, nullptr); };
  auto opened = Registry::open(&loop, options_for(scratch), callbacks);
  ASSERT_TRUE(opened) << opened.error().message();
  registry = std::make_unique<Registry>(std::move(*opened));
  uv_run(&loop, UV_RUN_DEFAULT);
  EXPECT_EQ(registry, nullptr);
  EXPECT_EQ(events, 1);
  EXPECT_EQ(uv_loop_close(&loop), 0);
}

TEST(PublicRegistry, IsDestroyedInACallbackOnItsOwnThread) {
  const Scratch scratch;
  std::promise<void> gone;
  std::mutex mutex;
  std::unique_ptr<Registry> registry;
  std::unique_lock lock(mutex);
  tasks::Callbacks callbacks;
  callbacks.on_watching = [&] {
    const std::lock_guard inner(mutex);
    registry.reset();
    gone.set_value();
  };
  auto opened = Registry::open(options_for(scratch), callbacks);
  ASSERT_TRUE(opened) << opened.error().message();
  registry = std::make_unique<Registry>(std::move(*opened));
  lock.unlock();
  EXPECT_EQ(gone.get_future().wait_for(20s), std::future_status::ready);
  const std::lock_guard after(mutex);  // which the callback still holds when it says so
  EXPECT_EQ(registry, nullptr);
}

TEST(PublicRegistry, IsDestroyedAtAnyMoment) {
  const Scratch scratch;
  for (int i = 0; i < 20; ++i)
    write_task(scratch, "tasks/" + std::to_string(i),
               {.uuid = kOne, .version = std::to_string(i) + ".0.0"});
  for (int round = 0; round < 12; ++round) {
    Told told;
    Registry registry = open(told, options_for(scratch, round % 2 == 0));
    if (round % 3 == 1) scratch.append("tasks/1/main.js", ";");
    if (round % 3 == 2) told.wait_settled();
  }
}

TEST(PublicRegistry, IsReadByManyThreadsWhileItChanges) {
  const Scratch scratch;
  write_task(scratch, "tasks/a", {.uuid = kOne});
  Told told;
  const Registry registry = open(told, options_for(scratch));
  ASSERT_TRUE(told.wait_settled());
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const Task task = registry.get(kOne);
        ASSERT_TRUE(task);
        const auto content = registry.content(task);
        ASSERT_TRUE(content) << content.error().message();
        ASSERT_TRUE(registry.changes_since(0, 10));
        ASSERT_EQ(registry.list().size(), 1U);
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    const std::string script = "round(" + std::to_string(i) + ");";
    scratch.replace("tasks/a/main.js", script);
    EXPECT_TRUE(told.wait([&] {
      const auto content = registry.content(registry.get(kOne));
      return content && content->script == script;
    }));
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace pawl
