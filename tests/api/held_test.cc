// Versions that a program holds stay as they are, with their texts, whatever becomes of the files
// and the database.
#include <gtest/gtest.h>
#include <pawl/pawl.h>
#include <sqlite3.h>

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

std::string script_of(const Registry& registry, const Task& task) {
  const auto content = registry.content(task);
  return content ? content->script : content.error().message();
}

// Of the last event of this kind.
Task task_of(Told& told, EventKind kind) {
  Task task;
  for (const Event& event : told.events())
    if (event.kind == kind) task = event.task;
  return task;
}

class Held : public ::testing::TestWithParam<bool> {
 protected:
  // A registry with, or without, a database that has this one task.
  Registry start() {
    write_task(scratch_, "tasks/a", {.uuid = kOne, .script = "first();"});
    Registry registry = open(told_, options_for(scratch_, GetParam()));
    EXPECT_TRUE(told_.wait_settled());
    return registry;
  }
  std::string path() const { return scratch_.path("tasks/a"); }

  // Its end is told, and was not before.
  void expect_end_of(Task held) {
    const std::string checksum = held.checksum();
    const auto ended = [&] {
      return std::count_if(told_.released_.begin(), told_.released_.end(),
                           [&](const tasks::Released& one) { return one.checksum == checksum; });
    };
    EXPECT_TRUE(told_.wait([&] { return ended() == 0; }));
    held = Task();
    EXPECT_TRUE(told_.wait([&] { return ended() == 1; }));
  }

  const Scratch scratch_;
  Told told_;
};

TEST_P(Held, ByTheEventThatItIsInvalid) {
  const Registry registry = start();
  scratch_.replace("tasks/a/input.schema.json", "{");
  ASSERT_TRUE(told_.wait_event(EventKind::kInvalid, path()));
  Task held = task_of(told_, EventKind::kInvalid);
  ASSERT_TRUE(held);
  scratch_.write("tasks/a/main.js", "second();");
  scratch_.replace("tasks/a/input.schema.json", "{}");
  ASSERT_TRUE(told_.wait([&] { return registry.get(kOne).checksum() != held.checksum(); }));
  ASSERT_TRUE(told_.wait([&] {
    return told_.has(EventKind::kRecovered, path()) || told_.has(EventKind::kUpdated, path());
  }));
  told_.forget();
  EXPECT_EQ(script_of(registry, held), "first();");
  expect_end_of(std::exchange(held, {}));
}

TEST_P(Held, ByTheEventThatItIsRemoved) {
  const Registry registry = start();
  scratch_.remove("tasks/a");
  ASSERT_TRUE(told_.wait_event(EventKind::kRemoved, path()));
  Task held = task_of(told_, EventKind::kRemoved);
  ASSERT_TRUE(held);
  told_.forget();
  EXPECT_EQ(script_of(registry, held), "first();");
  expect_end_of(std::exchange(held, {}));
}

// What stands by as a duplicate was never served, so nobody is told that it is not any more.
TEST_P(Held, ADuplicateHasNoEnd) {
  const Registry registry = start();
  write_task(scratch_, "tasks/b", {.uuid = kOne, .script = "other();"});
  ASSERT_TRUE(told_.wait_event(EventKind::kDuplicate, scratch_.path("tasks/b")));
  const std::string checksum = task_of(told_, EventKind::kDuplicate).checksum();
  EXPECT_NE(checksum, registry.get(kOne).checksum());
  scratch_.remove("tasks/b");
  ASSERT_TRUE(told_.wait_event(EventKind::kRemoved, scratch_.path("tasks/b")));
  told_.forget();
  Task first = registry.get(kOne);
  scratch_.replace("tasks/a/main.js", "second();");
  ASSERT_TRUE(told_.wait_event(EventKind::kUpdated, path()));
  told_.forget();
  expect_end_of(std::exchange(first, {}));
  EXPECT_TRUE(told_.wait([&] { return told_.released_.size() == 1; }));
}

INSTANTIATE_TEST_SUITE_P(Api, Held, ::testing::Values(true, false), [](const auto& param) {
  return param.param ? "with_a_database" : "without";
});

// The text of what is held was once pruned like any other.
TEST(HeldText, OutlivesTheRevisionsThatAreKept) {
  const Scratch scratch;
  write_task(scratch, "tasks/a", {.uuid = kOne, .script = "first();"});
  tasks::Options options = options_for(scratch);
  options.revisions_max = 1;
  Told told;
  const Registry registry = open(told, options);
  ASSERT_TRUE(told.wait_settled());
  const Task held = registry.get(kOne);
  for (int i = 0; i < 4; ++i) {
    told.forget();
    scratch.replace("tasks/a/main.js", "round(" + std::to_string(i) + ");");
    ASSERT_TRUE(told.wait_event(EventKind::kUpdated, scratch.path("tasks/a")));
  }
  EXPECT_EQ(script_of(registry, held), "first();");
  EXPECT_EQ(script_of(registry, registry.get(kOne)), "round(3);");
}

// The database is locked, so that the second version replaces the first one before that could be
// committed, and the database never has it.
TEST(HeldText, WasNeverInTheDatabase) {
  const Scratch scratch;
  Told told;
  const Registry registry = open(told, options_for(scratch));
  ASSERT_TRUE(told.wait_settled());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(scratch.path("registry.db").c_str(), &other), SQLITE_OK);
  sqlite3_busy_timeout(other, 20'000);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  write_task(scratch, "tasks/a", {.uuid = kOne, .script = "first();"});
  Task held;
  while (!(held = registry.get(kOne))) std::this_thread::yield();
  scratch.replace("tasks/a/main.js", "second();");
  while (registry.get(kOne) == held) std::this_thread::yield();
  EXPECT_TRUE(told.events().empty());
  ASSERT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  ASSERT_TRUE(told.wait_settled(2));
  EXPECT_EQ(script_of(registry, held), "first();");
  EXPECT_EQ(script_of(registry, registry.get(kOne)), "second();");
}

// More than is kept in memory.
TEST(HeldText, IsReadAgainWhereMemoryHasOthers) {
  const Scratch scratch;
  write_task(scratch, "tasks/a", {.uuid = kOne, .script = "first();"});
  Told told;
  const Registry registry = open(told, options_for(scratch));
  ASSERT_TRUE(told.wait_settled());
  const Task held = registry.get(kOne);
  EXPECT_EQ(script_of(registry, held), "first();");
  scratch.replace("tasks/a/main.js", "second();");
  ASSERT_TRUE(told.wait_event(EventKind::kUpdated, scratch.path("tasks/a")));
  const std::string large = "//" + std::string(std::size_t{7} << 20, 'x');
  for (int i = 0; i < 6; ++i) {
    write_task(scratch, "tasks/large",
               {.uuid = kOne, .version = "2.0." + std::to_string(i), .script = large});
    ASSERT_TRUE(told.wait([&] { return bool(registry.get(kOne, "2.0." + std::to_string(i))); }));
    ASSERT_TRUE(told.wait_event(EventKind::kAdded, scratch.path("tasks/large")));
    told.forget();
    EXPECT_EQ(script_of(registry, registry.get(kOne)), large);
  }
  EXPECT_EQ(script_of(registry, held), "first();");
}

}  // namespace
}  // namespace pawl
