// The table in sync/pending_set.h, and that the set stays small.
#include <random>
#include <sstream>

#include "sync/pending_set.h"
#include "sync/stored_rows.h"
#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

using namespace testing;
using Kind = TaskEventKind;

// Events as words: "added", "updated@/b" (path), "added@/b-" (without its content); in lower case
// those of one identity, "duplicate", "bad" (invalid) and "gone" (removed) those of a path.
TaskEvent parse(const std::string& word) {
  const std::size_t at = word.find('@');
  std::string path = at == std::string::npos ? "/a" : word.substr(at + 1);
  const bool bare = path.ends_with('-');
  if (bare) path.pop_back();
  const std::string name = word.substr(0, at);
  if (name == "bad") return path_event(Kind::kInvalid, path);
  if (name == "gone") return path_event(Kind::kRemoved, path);
  for (const Kind kind : {Kind::kAdded, Kind::kUpdated, Kind::kRemoved, Kind::kInvalid,
                          Kind::kRecovered, Kind::kDuplicate}) {
    if (task_event_name(kind) != name) continue;
    TaskEvent parsed = event(kind, {.path = path});
    if (bare) parsed.content = nullptr;
    return parsed;
  }
  ADD_FAILURE() << word;
  return {};
}

std::string print(const SyncBatch& batch) {
  std::string text;
  for (const TaskEvent& event : batch.events) {
    if (!text.empty()) text += ' ';
    const bool of_path = event.task == nullptr;
    text += of_path ? (event.kind == Kind::kRemoved ? "gone" : "bad") : task_event_name(event.kind);
    if (event.path != "/a") text += "@" + event.path;
  }
  for (const std::string& path : batch.settled_paths) text += " settled:" + path;
  return text;
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> split;
  std::istringstream in(text);
  for (std::string word; in >> word;) split.push_back(word);
  return split;
}

struct Case {
  const char* waiting;  // each word in a call of its own; "problem:PATH": the database has one
  const char* expected;
};

constexpr Case kCases[] = {
    {"added", "added"},
    {"added updated", "added"},
    {"added invalid", "added invalid"},
    {"added invalid invalid", "added invalid"},
    {"added invalid recovered", "added"},
    {"added invalid removed", ""},
    {"added removed", ""},
    {"added removed added", "added"},
    {"updated updated", "updated"},
    {"updated invalid", "updated invalid"},
    {"updated invalid recovered", "updated"},
    {"updated removed", "removed"},
    {"updated invalid removed", "removed"},
    {"invalid invalid", "invalid"},
    {"invalid recovered", "recovered"},
    {"invalid updated", "recovered"},
    {"invalid removed", "removed"},
    {"recovered invalid", "recovered invalid"},
    {"recovered removed", "removed"},
    {"removed removed", "removed"},
    {"removed added", "updated"},
    {"removed added@/b", "removed added@/b"},
    {"removed added@/b updated@/b", "removed added@/b"},
    {"removed added@/b invalid@/b", "removed added@/b invalid@/b"},
    {"removed added@/b removed@/b", "removed"},
    {"removed added@/b removed@/b added", "updated"},
    {"added updated@/b", "added@/b"},
    // Paths without a task.
    {"bad bad", "bad"},
    {"bad duplicate", "duplicate"},
    {"bad gone", ""},
    {"problem:/a gone", "gone"},
    {"problem:/a bad gone", "gone"},
    {"problem:/a gone bad", "bad"},
    {"bad added", "added"},
    {"bad added removed", ""},
    {"problem:/a bad added removed", " settled:/a"},
    {"problem:/a added", "added settled:/a"},
    {"problem:/a added removed", " settled:/a"},
    {"problem:/a added removed bad", "bad"},
    {"problem:/a bad added", "added settled:/a"},
    // What changed last comes last.
    {"bad@/x bad@/y bad@/x", "bad@/y bad@/x"},
    {"updated duplicate@/b updated", "duplicate@/b updated"},
};

TEST(PendingSet, KeepsTheNetEffect) {
  for (const Case& c : kCases) {
    std::vector<std::string> problems;
    std::vector<TaskEvent> events;
    for (const std::string& word : words(c.waiting)) {
      if (word.starts_with("problem:")) {
        problems.push_back(word.substr(8));
      } else {
        events.push_back(parse(word));
      }
    }
    PendingSet set(problems);
    for (const TaskEvent& event : events) set.add({event});
    EXPECT_EQ(print(set.take()), c.expected) << c.waiting;
    EXPECT_TRUE(set.empty());
  }
}

TEST(PendingSet, GivesTheSameIfACommitFailsAnywhereBetween) {
  for (const Case& c : kCases) {
    const std::vector<std::string> all = words(c.waiting);
    for (std::size_t fails_after = 0; fails_after <= all.size(); ++fails_after) {
      std::vector<std::string> problems;
      for (const std::string& word : all) {
        if (word.starts_with("problem:")) problems.push_back(word.substr(8));
      }
      PendingSet set(problems);
      SyncBatch in_flight;
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (i == fails_after) in_flight = set.take();
        if (!all[i].starts_with("problem:")) set.add({parse(all[i])});
      }
      if (fails_after == all.size()) in_flight = set.take();
      set.put_back(std::move(in_flight));
      EXPECT_EQ(print(set.take()), c.expected) << c.waiting << ", fails after " << fails_after;
    }
  }
}

TEST(PendingSet, CarriesContentAlongWithATaskThatMoves) {
  for (const char* text : {"added removed,added@/b-", "updated removed,added@/b-",
                           "added updated@/b-", "removed,added@/b updated@/c-"}) {
    PendingSet set({});
    for (std::string call : words(text)) {
      std::replace(call.begin(), call.end(), ',', ' ');
      std::vector<TaskEvent> together;
      for (const std::string& word : words(call)) together.push_back(parse(word));
      set.add(std::move(together));
    }
    const SyncBatch batch = set.take();
    ASSERT_FALSE(batch.events.empty()) << text;
    EXPECT_NE(batch.events.back().content, nullptr) << text;
  }
}

TEST(PendingSet, AnEventsStampIsNewerThanATouchBeforeIt) {
  PendingSet set({});
  set.add_stamps({{"/a", 1}, {"/b", 1}});
  set.add({event(Kind::kUpdated, {.path = "/a"})});
  set.add_stamps({{"/c", 1}});
  set.add_stamps({{"/c", 2}});
  EXPECT_EQ(set.take().stamps, (std::vector<StampUpdate>{{"/b", 1}, {"/c", 2}}));
}

TEST(PendingSet, StampsAndSourcesAreMergedIntoWhatFailed) {
  PendingSet set({});
  SourceState old_state;
  old_state.name = "old";
  SourceState new_state;
  new_state.name = "new";
  set.add_stamps({{"/a", 1}, {"/b", 1}, {"/c", 1}});
  set.set_sources({old_state});
  SyncBatch failed = set.take();
  set.add_stamps({{"/a", 2}});
  set.add({event(Kind::kUpdated, {.path = "/b"})});
  set.set_sources({new_state});
  set.put_back(std::move(failed));
  const SyncBatch batch = set.take();
  EXPECT_EQ(batch.stamps, (std::vector<StampUpdate>{{"/a", 2}, {"/c", 1}}));
  EXPECT_EQ(batch.sources->at(0).name, "new");
}

TEST(PendingSet, CoverageThatWaitsIsNotForgottenForAStateThatSaysNothingOfIt) {
  PendingSet set({});
  SourceState source;
  source.name = "one";
  source.coverage = {{.mode = "polled", .reason = "budget", .directories = 3}};
  const auto coverage = source.coverage;
  set.set_sources({source});
  source.coverage.reset();
  source.files = 7;
  set.set_sources({source});
  SyncBatch failed = set.take();
  EXPECT_EQ(failed.sources->at(0).files, 7u);
  EXPECT_EQ(failed.sources->at(0).coverage, coverage);
  set.set_sources({source});
  set.put_back(std::move(failed));
  EXPECT_EQ(set.take().sources->at(0).coverage, coverage);
}

TEST(PendingSet, IsBoundedByTheTasksAndNotByHowOftenTheyChange) {
  PendingSet set({});
  std::mt19937 random(1);
  constexpr const char* kWords[] = {"added", "updated", "removed", "invalid", "recovered"};
  for (int i = 0; i < 20'000; ++i) {
    TaskEvent event = parse(kWords[random() % 5]);
    TaskFields task = event.task->fields();
    task.version = std::to_string(random() % 10) + ".0.0";
    event.task = make_task(task);
    set.add({event});
    if (random() % 100 == 0) set.put_back(set.take());
  }
  EXPECT_LE(set.size(), 10u);
  EXPECT_LE(set.take().events.size(), 30u);
  // New names all the time, and none of them stays.
  for (int i = 0; i < 1000; ++i) {
    const std::string path = "/new" + std::to_string(i);
    set.add({path_event(Kind::kInvalid, path)});
    if (i % 10 == 0) set.put_back(set.take());
    set.add({path_event(Kind::kRemoved, path)});
    set.add({event(Kind::kAdded, {.uuid = path, .path = path})});
    set.add({event(Kind::kRemoved, {.uuid = path, .path = path})});
  }
  EXPECT_EQ(set.size(), 0u);
}

// All that a reader sees of the live tasks and the problems.
std::string print(Store& store) {
  Result<StoredState> state = store.load();
  if (!state.ok()) return state.status().message();
  std::vector<std::string> lines;
  for (const StoredTask& stored : state->tasks) {
    const TaskFields task = stored.task->fields();
    lines.push_back(task.version + " " + task.path + (stored.valid ? " " : " invalid ") +
                    store.reader().content(task.uuid, task.version).value()->script +
                    errors_text(stored.errors));
  }
  for (const StoredProblem& problem : state->problems) lines.push_back("problem " + problem.path);
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// Whatever is merged, and wherever commits fail, the rows end as if nothing had been.
TEST(PendingSet, LeadsToTheSameRowsAsCommittingEachEvent) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const std::unique_ptr<Store> each = open_store(":memory:");
    const std::unique_ptr<Store> merged = open_store(":memory:");
    PendingSet set({});
    // A model of one path: what it serves decides what may come next.
    enum class At { kNothing, kBad, kServing, kBroken };
    At at[3] = {At::kNothing, At::kNothing, At::kNothing};
    for (int i = 0; i < 60; ++i) {
      const unsigned which = random() % 3;
      const std::string path = "/p" + std::to_string(which);
      const TaskSpec spec{.version = std::to_string(which) + ".0.0",
                          .path = path,
                          .script = "return " + std::to_string(i)};
      const unsigned choice = random() % 3;
      TaskEvent next;
      At& now = at[which];
      if (now == At::kNothing || now == At::kBad) {
        if (choice == 0 && now == At::kBad) {
          next = path_event(Kind::kRemoved, path);
          now = At::kNothing;
        } else if (choice == 1) {
          next = path_event(Kind::kInvalid, path);
          now = At::kBad;
        } else {
          next = event(Kind::kAdded, spec);
          now = At::kServing;
        }
      } else if (choice == 0) {
        next = event(Kind::kRemoved, spec);
        now = At::kNothing;
      } else if (choice == 1) {
        next = event(Kind::kInvalid, spec);
        now = At::kBroken;
      } else {
        next = event(now == At::kBroken ? Kind::kRecovered : Kind::kUpdated, spec);
        now = At::kServing;
      }
      commit(*each, {next});
      set.add({next});
      if (random() % 4 != 0) continue;
      SyncBatch batch = set.take();
      if (random() % 2 == 0) {
        set.put_back(std::move(batch));
      } else {
        ASSERT_TRUE(merged->commit(batch, kNow).ok());
        set.committed(batch);
      }
    }
    ASSERT_TRUE(merged->commit(set.take(), kNow).ok());
    ASSERT_EQ(print(*merged), print(*each)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace pawl
