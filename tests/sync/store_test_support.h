// What the tests of the store share: a folder of their own, tasks, and a look into the database
// that does not go through pawl's own reader.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sync/store.h"
#include "tests/core/fresh_folder.h"

namespace pawl::testing {

// 2026-01-02T03:04:05.678Z
inline constexpr WallMs kNow = 1'767'323'045'678;
inline constexpr const char* kNowText = "2026-01-02T03:04:05.678Z";
inline constexpr const char* kUuid = "0190a5b0-0000-7000-8000-000000000001";

class TemporaryFolder {
 public:
  TemporaryFolder() : path_(fresh_folder("pawl-store")) {}
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct TaskSpec {
  std::string uuid = kUuid;
  std::string version = "1.0.0";
  std::string path = "/tasks/one";
  std::string script = "return 1;";
};

inline TaskPtr make_task(const TaskSpec& spec) {
  return pawl::make_task(TaskFields{.uuid = spec.uuid,
                    .version = spec.version,
                    .label = "Label of " + spec.path,
                    .description = "What it does",
                    .tags = {"nightly", "say \"hi\""},
                    .source = "local",
                    .path = spec.path,
                    .checksum = "sum of " + spec.script});
}

inline TaskEvent event(TaskEventKind kind, const TaskSpec& spec = {}) {
  TaskEvent event;
  event.kind = kind;
  event.task = make_task(spec);
  event.source = "local";
  event.path = spec.path;
  event.stamp_digest = 0xfedcba9876543210u;  // above what a signed integer holds
  if (kind == TaskEventKind::kAdded || kind == TaskEventKind::kUpdated ||
      kind == TaskEventKind::kRecovered) {
    event.content = std::make_shared<const TaskContent>(
        TaskContent{R"({"label":"x"})", R"({"type":"object"})", "", spec.script});
  }
  if (kind == TaskEventKind::kInvalid) {
    event.errors = {{spec.path + "/main.js", 3, 7, "unexpected token"}};
  }
  if (kind == TaskEventKind::kDuplicate) {
    event.other_path = "/tasks/first";
    event.errors = {{spec.path, 0, 0, "duplicate of /tasks/first"}};
  }
  return event;
}

// About a path that serves no task.
inline TaskEvent path_event(TaskEventKind kind, const std::string& path) {
  TaskEvent without = event(kind, TaskSpec{.path = path});
  without.task = nullptr;
  return without;
}

inline std::unique_ptr<Store> open_store(const std::string& path) {
  Result<std::unique_ptr<Store>> store = Store::open(path, {});
  if (!store.ok()) {
    ADD_FAILURE() << store.status().message();
    return nullptr;
  }
  return std::move(*store);
}

inline std::vector<std::int64_t> commit(Store& store, std::vector<TaskEvent> events,
                                        WallMs now = kNow) {
  SyncBatch batch;
  batch.events = std::move(events);
  Result<std::vector<std::int64_t>> sequence = store.commit(batch, now);
  if (!sequence.ok()) {
    ADD_FAILURE() << sequence.status().message();
    return {};
  }
  return *sequence;
}

// A connection of someone else's.
class Sqlite {
 public:
  explicit Sqlite(const std::string& path) {
    if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) std::abort();
    sqlite3_busy_timeout(handle_, 10'000);
  }
  ~Sqlite() { sqlite3_close_v2(handle_); }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  // All rows, columns separated by '|', rows by '\n'; NULL as "NULL".
  std::string query(const std::string& sql) {
    std::string out;
    char* message = nullptr;
    const auto row = [](void* to, int columns, char** values, char**) {
      std::string& text = *static_cast<std::string*>(to);
      if (!text.empty()) text += '\n';
      for (int i = 0; i < columns; ++i) {
        if (i > 0) text += '|';
        text += values[i] != nullptr ? values[i] : "NULL";
      }
      return 0;
    };
    if (sqlite3_exec(handle_, sql.c_str(), row, &out, &message) != SQLITE_OK) {
      out = std::string("error: ") + message;
      sqlite3_free(message);
    }
    return out;
  }

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace pawl::testing
