#include "tests/command/events_run.h"

#include <gtest/gtest.h>

#include <csignal>
#include <set>

namespace pawl {
namespace {

// What a signal promises.
constexpr std::chrono::milliseconds kStopMax(2000);

std::vector<std::string> command_line(const std::string& folder,
                                      const std::vector<std::string>& options) {
  std::vector<std::string> arguments{PAWL_BINARY, "events", "--json"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back(folder);
  return arguments;
}

void check_change(const JsonLine& line) {
  static const std::set<std::string> kKinds{"created", "modified", "attributes", "removed"};
  static const std::set<std::string> kTypes{"file", "directory", "symlink", "other"};
  static const std::set<std::string> kVia{"native", "poll", "scan"};
  if (line.has("from")) {
    EXPECT_EQ(line.keys(), "event kind path from type via monotonic_ns");
    EXPECT_EQ(line.text("kind"), "created");
  } else {
    EXPECT_EQ(line.keys(), "event kind path type via monotonic_ns");
  }
  EXPECT_TRUE(kKinds.count(line.text("kind"))) << line.text("kind");
  EXPECT_TRUE(kTypes.count(line.text("type"))) << line.text("type");
  EXPECT_TRUE(kVia.count(line.text("via"))) << line.text("via");
  EXPECT_GT(line.number("monotonic_ns"), 0);
}

}  // namespace

EventsRun::EventsRun(const std::string& folder, std::vector<std::string> options)
    : folder_(folder), process_(command_line(folder, options)) {
  std::string line;
  if (!process_.read_line(line)) {
    ADD_FAILURE() << "never ready: " << process_.errors();
    return;
  }
  const auto parsed = JsonLine::parse(line);
  if (parsed) ready_ = *parsed;
  EXPECT_EQ(ready_.keys(), "event directories files native polled monotonic_ns") << line;
  EXPECT_EQ(ready_.text("event"), "ready") << line;
}

JsonLine EventsRun::expect(const std::string& kind, const std::string& path,
                           const std::string& type) {
  JsonLine found;
  const std::string wanted = folder_ + "/" + path;
  const bool came = process_.read_until([&](const std::string& text) {
    const auto line = JsonLine::parse(text);
    if (!line) {
      ADD_FAILURE() << "not JSON: " << text;
      return false;
    }
    if (line->text("event") != "change") return false;
    check_change(*line);
    const std::string at = line->text("path");
    EXPECT_EQ(at.rfind(folder_ + "/", 0), 0u) << at;
    seen_.push_back(line->text("kind") + " " + at.substr(folder_.size() + 1));
    if (line->text("kind") != kind || at != wanted) return false;
    EXPECT_EQ(line->text("type"), type) << text;
    found = *line;
    return true;
  });
  if (!came) {
    std::string all;
    for (const std::string& change : seen_) all += "\n  " + change;
    ADD_FAILURE() << "never said: " << kind << " " << path << "; said:" << all << "\n"
                  << process_.errors();
  }
  return found;
}

std::vector<std::string> EventsRun::seen_below(const std::string& prefix) const {
  std::vector<std::string> found;
  for (const std::string& change : seen_)
    if (change.compare(change.find(' ') + 1, prefix.size(), prefix) == 0) found.push_back(change);
  return found;
}

void EventsRun::stop() {
  process_.signal(SIGTERM);
  EXPECT_EQ(process_.wait(kStopMax), 0) << process_.errors();
}

}  // namespace pawl
