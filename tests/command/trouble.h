// A registry with a database to which something will happen.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/command/database.h"
#include "tests/command/registry_run.h"

namespace pawl {

// Waits until `condition` is true.
inline bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

// A configuration of one source, with these lines in its `config`.
inline void configure(const Registry& registry, const std::string& lines) {
  registry.write("pawl.yaml",
                 "registry:\n  database: { path: registry.db }\n  sources:\n    - name: tasks\n"
                 "      uri: tasks\n      config:\n" +
                     lines);
}
inline constexpr const char* kQuick = "        watch_options: { debounce_ms: 20, retry_delay_ms: 50 }\n";

class Trouble : public ::testing::Test {
 protected:
  void SetUp() override {
    registry_.add_task("one");
    configure(registry_, kQuick);
  }
  std::vector<std::string> config() const { return {"--config", registry_.path("pawl.yaml")}; }
  std::string path(const std::string& task) const { return registry_.tasks() + "/" + task; }
  // The database says what the disk says, and is sound.
  void expect_equal_to_disk(const std::vector<std::string>& tasks) {
    EXPECT_EQ(query(registry_.database(), "PRAGMA integrity_check"), std::vector<std::string>{"ok"});
    std::vector<std::string> paths;
    for (const std::string& task : tasks) {
      paths.push_back(path(task));
      EXPECT_EQ(query(registry_.database(), "SELECT script FROM tasks WHERE path = '" + path(task) +
                                                "' AND removed_at IS NULL"),
                std::vector<std::string>{registry_.read("tasks/" + task + "/main.js")})
          << task;
    }
    EXPECT_EQ(query(registry_.database(),
                    "SELECT path FROM tasks WHERE removed_at IS NULL AND valid = 1 ORDER BY path"),
              paths);
  }

  Registry registry_;
};

}  // namespace pawl
