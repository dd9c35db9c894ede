#include "tests/command/registry_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "backends/script/script_checker.h"
#include "core/task/archive.h"

namespace pawl {
namespace {

// What a signal promises.
constexpr std::chrono::milliseconds kStopMax(2000);

std::vector<std::string> command_line(const std::vector<std::string>& arguments) {
  std::vector<std::string> line{PAWL_BINARY, "watch", "--json"};
  line.insert(line.end(), arguments.begin(), arguments.end());
  return line;
}

}  // namespace

void Registry::add_task(const std::string& name, const std::string& label) const {
  const std::string folder = "tasks/" + name + "/";
  write(folder + "main.js", "export default function run(input) { return input; }\n");
  write(folder + "input.schema.json", "{\"type\": \"object\"}\n");
  write(folder + "output.schema.json", "{\"type\": \"object\"}\n");
  write(folder + "metadata.json",
        "{\"version\": \"1.0.0\", \"label\": \"" + label + "\", \"description\": \"A task.\"}\n");
}

std::string sees_less_of_the_sample() {
  if (!reads_archives()) return "this build has no ZIP library, so no archive is read";
  if (!make_script_checker()->checks()) return "this build has no engine, so scripts are unchecked";
  return "";
}

void Registry::copy_sample() const {
  std::filesystem::copy(PAWL_TEST_DATA "/sample", tasks(),
                        std::filesystem::copy_options::recursive);
}

WatchRun::WatchRun(const std::vector<std::string>& arguments) : process_(command_line(arguments)) {
  ready_ = expect("ready", [](const JsonLine& line) { return line.text("event") == "ready"; });
}

JsonLine WatchRun::expect(const std::string& what,
                          const std::function<bool(const JsonLine&)>& wanted) {
  const auto earlier = std::find_if(unexpected_.begin(), unexpected_.end(), wanted);
  JsonLine found;
  if (earlier != unexpected_.end()) {
    found = *earlier;
    unexpected_.erase(earlier);
    return found;
  }
  std::vector<std::string> seen;
  const bool came = process_.read_until(
      [&](const std::string& text) {
        const auto line = JsonLine::parse(text);
        if (!line) ADD_FAILURE() << "not JSON: " << text;
        if (!line) return false;
        if (!wanted(*line)) {
          unexpected_.push_back(*line);
          return false;
        }
        found = *line;
        return true;
      },
      &seen);
  if (!came) {
    std::string all;
    for (const std::string& line : seen) all += "\n  " + line;
    ADD_FAILURE() << "never said: " << what << "; said:" << all << "\n" << process_.errors();
  }
  return found;
}

JsonLine WatchRun::expect_task(const std::string& kind, const std::string& path) {
  return expect(kind + " " + path, [&](const JsonLine& line) {
    if (line.text("event") != "task") return false;
    const bool duplicate = line.has("serves");
    EXPECT_EQ(line.keys(), duplicate
                               ? "event kind uuid version label path serves seq errors monotonic_ns"
                               : "event kind uuid version label path seq errors monotonic_ns");
    return line.text("kind") == kind && line.text("path") == path;
  });
}

void WatchRun::stop() {
  process_.signal(SIGTERM);
  EXPECT_EQ(process_.wait(kStopMax), 0) << process_.errors();
}

std::string status(const std::string& database) {
  return run({PAWL_BINARY, "status", "--db", database}).all();
}

}  // namespace pawl
