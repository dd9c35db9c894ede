// `pawl events --json` as a process, and what it is expected to say.
#pragma once

#include <string>
#include <vector>

#include "tests/command/json_line.h"
#include "tests/command/process.h"

namespace pawl {

class EventsRun {
 public:
  // Watches `folder`; `options` come before it. Fails the test unless the first line is `ready`.
  explicit EventsRun(const std::string& folder, std::vector<std::string> options = {});

  Process& process() { return process_; }
  const JsonLine& ready() const { return ready_; }

  // Reads until that change comes, and fails the test if it does not. Whatever is read is checked
  // for its fields, and kept.
  JsonLine expect(const std::string& kind, const std::string& path,
                  const std::string& type = "file");
  // "kind path" of all changes read so far, with the path relative to the folder.
  const std::vector<std::string>& seen() const { return seen_; }
  // Those whose path begins so.
  std::vector<std::string> seen_below(const std::string& prefix) const;

  // SIGTERM; fails the test unless it exits with 0 in time.
  void stop();

 private:
  std::string folder_;
  Process process_;
  JsonLine ready_;
  std::vector<std::string> seen_;
};

}  // namespace pawl
