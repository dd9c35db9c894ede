// A registry of tasks in a scratch folder, and `pawl watch --json` on it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/command/json_line.h"
#include "tests/command/process.h"
#include "tests/command/scratch.h"

namespace pawl {

class Registry : public Scratch {
 public:
  std::string tasks() const { return path("tasks"); }
  std::string database() const { return path("registry.db"); }

  // A valid task at tasks/NAME.
  void add_task(const std::string& name, const std::string& label = "Label") const;
  // The sample registry that ships with the tests: nine valid tasks and two invalid ones.
  void copy_sample() const;
};

// Why this build finds other tasks of the sample valid than it means to; empty if it does not: for
// GTEST_SKIP.
std::string sees_less_of_the_sample();

class WatchRun {
 public:
  // Fails the test unless it gets ready.
  explicit WatchRun(const std::vector<std::string>& arguments);

  Process& process() { return process_; }
  const JsonLine& ready() const { return ready_; }
  // The first line that `wanted` accepts, of those that came and were not expected, and else of
  // those to come: several tasks may be told in any order. Fails the test if there is none.
  JsonLine expect(const std::string& what, const std::function<bool(const JsonLine&)>& wanted);
  // A task event of that kind, of the task at tasks/NAME.
  JsonLine expect_task(const std::string& kind, const std::string& path);
  // SIGTERM; fails the test unless it exits with 0 in time.
  void stop();

 private:
  Process process_;
  JsonLine ready_;
  std::vector<JsonLine> unexpected_;
};

// What `pawl status` says of it.
std::string status(const std::string& database);

}  // namespace pawl
