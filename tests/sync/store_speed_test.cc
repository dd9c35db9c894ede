// What a commit costs beside a bare loop that inserts the same rows. Printed, not asserted: a
// machine that is busy with something else is no reason to fail.
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <ctime>

#include "sync/json_strings.h"
#include "sync/store.h"
#include "sync/stored_rows.h"
#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

using namespace testing;

constexpr int kTasks = 10'000;

double cpu_ms() {
  return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

std::vector<TaskEvent> many_tasks() {
  std::vector<TaskEvent> events;
  for (int i = 0; i < kTasks; ++i) {
    // Spread like the random bits of a UUID, and the same in every run.
    const std::uint64_t spread = static_cast<std::uint64_t>(i) * 0x9e3779b97f4a7c15u;
    char uuid[37];
    std::snprintf(uuid, sizeof uuid, "%08x-0000-4000-8000-%012x",
                  static_cast<unsigned>(spread >> 32), static_cast<unsigned>(i));
    events.push_back(event(
        TaskEventKind::kAdded,
        {.uuid = uuid, .path = "/tasks/" + std::string(uuid), .script = std::string(6000, 'x')}));
    TaskFields task = events.back().task->fields();
    task.checksum = std::string(32, 'c');
    events.back().task = pawl::make_task(task);
  }
  return events;
}

void bind(sqlite3_stmt* statement, int index, const std::string& text) {
  sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

// The same rows, as plainly as SQLite can be used, in one transaction.
double bare_loop(const std::string& path, const std::vector<TaskEvent>& events) {
  { open_store(path); }
  sqlite3* db = nullptr;
  sqlite3_open(path.c_str(), &db);
  sqlite3_exec(db, "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=4000;", nullptr, nullptr,
               nullptr);
  sqlite3_stmt* task = nullptr;
  sqlite3_stmt* change = nullptr;
  sqlite3_prepare_v2(db,
                     "INSERT INTO tasks (uuid, version, label, description, tags, source, path,"
                     " checksum, enabled, valid, stamp, created_at, updated_at, validated_at,"
                     " metadata, input_schema, output_schema, script)"
                     " VALUES (?,?,?,?,?,?,?,?,1,1,?,?,?,?,?,?,?,?)",
                     -1, &task, nullptr);
  sqlite3_prepare_v2(db,
                     "INSERT INTO changes (at, kind, uuid, version, path, checksum)"
                     " VALUES (?,'added',?,?,?,?)",
                     -1, &change, nullptr);
  sqlite3_stmt* revision = nullptr;
  sqlite3_prepare_v2(db,
                     "INSERT INTO revisions (uuid, number, version, checksum, origin, at, label,"
                     " description, tags, metadata, input_schema, output_schema, script)"
                     " VALUES (?,1,?,?,'disk',?,?,?,?,?,?,?,?)",
                     -1, &revision, nullptr);
  const std::string now = kNowText;
  const std::string tags = json_strings(events[0].task->tags());
  const double began = cpu_ms();
  sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
  for (const TaskEvent& event : events) {
    const TaskFields t = event.task->fields();
    int i = 0;
    for (const std::string* text :
         {&t.uuid, &t.version, &t.label, &t.description, &tags, &t.source, &t.path, &t.checksum}) {
      bind(task, ++i, *text);
    }
    sqlite3_bind_int64(task, ++i, stamp_column(event.stamp_digest));
    for (const std::string* text :
         {&now, &now, &now, &event.content->metadata, &event.content->input_schema}) {
      bind(task, ++i, *text);
    }
    sqlite3_bind_null(task, ++i);
    bind(task, ++i, event.content->script);
    sqlite3_step(task);
    sqlite3_reset(task);
    i = 0;
    for (const std::string* text : {&now, &t.uuid, &t.version, &t.path, &t.checksum}) {
      bind(change, ++i, *text);
    }
    sqlite3_step(change);
    sqlite3_reset(change);
    i = 0;
    for (const std::string* text :
         {&t.uuid, &t.version, &t.checksum, &now, &t.label, &t.description, &tags,
          &event.content->metadata, &event.content->input_schema}) {
      bind(revision, ++i, *text);
    }
    sqlite3_bind_null(revision, ++i);
    bind(revision, ++i, event.content->script);
    sqlite3_step(revision);
    sqlite3_reset(revision);
  }
  sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
  const double took = cpu_ms() - began;
  sqlite3_finalize(task);
  sqlite3_finalize(change);
  sqlite3_finalize(revision);
  sqlite3_close(db);
  return took;
}

double through_the_store(const std::string& path, const std::vector<TaskEvent>& events,
                         std::size_t batch_size) {
  const std::unique_ptr<Store> store = open_store(path);
  std::vector<SyncBatch> batches;
  for (std::size_t from = 0; from < events.size(); from += batch_size) {
    const std::size_t to = std::min(from + batch_size, events.size());
    batches.emplace_back().events.assign(events.begin() + static_cast<std::ptrdiff_t>(from),
                                         events.begin() + static_cast<std::ptrdiff_t>(to));
  }
  const double began = cpu_ms();
  for (const SyncBatch& batch : batches) EXPECT_TRUE(store->commit(batch, kNow).ok());
  return cpu_ms() - began;
}

TEST(StoreSpeed, OfInsertingAndLoadingIsPrinted) {
  const std::vector<TaskEvent> events = many_tasks();
  double bare = 1e9;
  double whole = 1e9;
  double batched = 1e9;
  double load = 1e9;
  for (int round = 0; round < 3; ++round) {  // the best of each, for the machine is shared
    const TemporaryFolder folder;
    bare = std::min(bare, bare_loop(folder / "bare.db", events));
    whole = std::min(whole, through_the_store(folder / "whole.db", events, events.size()));
    batched = std::min(batched, through_the_store(folder / "batched.db", events, 500));
    const std::unique_ptr<Store> store = open_store(folder / "whole.db");
    const double began = cpu_ms();
    EXPECT_EQ(store->load()->tasks.size(), static_cast<std::size_t>(kTasks));
    load = std::min(load, cpu_ms() - began);
  }
  std::printf(
      "%d tasks, CPU ms: bare %.0f, one batch %.0f (%.2f), batches of 500 %.0f (%.2f); "
      "load %.0f\n",
      kTasks, bare, whole, whole / bare, batched, batched / bare, load);
}

}  // namespace
}  // namespace pawl
