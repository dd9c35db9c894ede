// `pawl watch` killed at any moment while the disk changes under it: in the end the database equals
// the disk, and the feed tells how it came to that, without a gap.
//
// PAWL_CHAOS_ROUNDS: how often it is killed. PAWL_CHAOS_SEED: the seed of a run that failed.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "tests/command/json_line.h"
#include "tests/command/process.h"
#include "tests/command/scratch.h"
#include "tests/sync/store_test_support.h"

namespace pawl {
namespace {

unsigned number_from(const char* variable, unsigned otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : otherwise;
}

class Chaos {
 public:
  explicit Chaos(unsigned seed) : random_(seed) {
    scratch_.directory("tasks");
    for (int i = 0; i < 10; ++i) add();
  }

  const std::string& root() const { return scratch_.root(); }
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  // One edit of the tree.
  void edit() {
    if (folders_.empty()) return add();
    const auto at = std::next(folders_.begin(), below(static_cast<unsigned>(folders_.size())));
    const std::string folder = at->first;
    switch (below(8)) {
      case 0:
        return add();
      case 1:
        scratch_.remove("tasks/" + folder);
        folders_.erase(at);
        return;
      case 2: {
        const std::string name = fresh_name();
        scratch_.rename("tasks/" + folder, "tasks/" + name);
        folders_[name] = at->second;
        folders_.erase(folder);
        return;
      }
      case 3:
        scratch_.write("tasks/" + folder + "/main.js", "not ( a script");
        return;
      default:
        write_script(folder);
    }
  }

  // What is broken is mended, so that every task there is valid. There is one: a root without any
  // counts as one that is not mounted.
  void mend() {
    if (folders_.empty()) add();
    for (const auto& [folder, uuid] : folders_) write_script(folder);
  }

  // "uuid path script" of each task on the disk.
  std::set<std::string> disk() const {
    std::set<std::string> tasks;
    for (const auto& [folder, uuid] : folders_) {
      tasks.insert(uuid + "|" + scratch_.path("tasks/" + folder) + "|" +
                   scratch_.read("tasks/" + folder + "/main.js"));
    }
    return tasks;
  }

 private:
  std::string fresh_name() { return "task-" + std::to_string(++names_); }

  void add() {
    const std::string folder = fresh_name();
    char uuid[37];
    std::snprintf(uuid, sizeof uuid, "00000000-0000-4000-8000-%012d", names_);
    scratch_.write("tasks/" + folder + "/input.schema.json", "{}");
    scratch_.write("tasks/" + folder + "/output.schema.json", "{}");
    write_script(folder);
    scratch_.write("tasks/" + folder + "/metadata.json",
                   std::string(R"({"version":"1.0.0","label":"x","uuid":")") + uuid + "\"}");
    folders_[folder] = uuid;
  }

  void write_script(const std::string& folder) {
    scratch_.write("tasks/" + folder + "/main.js", "var n = " + std::to_string(++scripts_) +
                                                       "; // " + std::string(below(3000), 'x'));
  }

  Scratch scratch_;
  std::mt19937 random_;
  std::map<std::string, std::string> folders_;  // and the uuid of each
  int names_ = 0;
  int scripts_ = 0;
};

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    lines.insert(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

// The tasks that a consumer has who began with an empty set and read all of the feed.
std::set<std::string> replay(const std::string& database) {
  std::set<std::string> tasks;
  const Finished feed = run({PAWL_BINARY, "changes", "--json", "--since", "0", "--db", database});
  EXPECT_EQ(feed.exit, 0) << feed.errors;
  std::int64_t expected = 0;
  for (const std::string& text : feed.lines) {
    const auto line = JsonLine::parse(text);
    if (!line) ADD_FAILURE() << text;
    if (!line) continue;
    EXPECT_EQ(line->number("seq"), ++expected) << "none is missing, none is there twice";
    const std::string uuid = line->text("uuid");
    const std::string kind = line->text("kind");
    if (kind == "removed") tasks.erase(uuid);
    if (!uuid.empty() && (kind == "added" || kind == "updated" || kind == "recovered")) {
      tasks.insert(uuid);
    }
  }
  return tasks;
}

TEST(Chaos, OfKillsAndEditsEndsWithTheDatabaseEqualToTheDisk) {
  const unsigned seed = number_from("PAWL_CHAOS_SEED", std::random_device{}());
  const unsigned rounds = number_from("PAWL_CHAOS_ROUNDS", 100);
  std::printf("PAWL_CHAOS_SEED=%u PAWL_CHAOS_ROUNDS=%u\n", seed, rounds);
  Chaos chaos(seed);
  const std::string tasks = chaos.root() + "/tasks";
  const std::string database = chaos.root() + "/r.db";
  for (unsigned round = 0; round < rounds; ++round) {
    Process watch({PAWL_BINARY, "watch", "--json", "--debounce-ms", "5", "--db", database, tasks});
    // Half of them die in their start, the others while they watch.
    if (chaos.below(2) == 0) {
      watch.read_until(
          [](const std::string& line) { return line.find("\"ready\"") != std::string::npos; });
    }
    const unsigned edits = 1 + chaos.below(8);
    for (unsigned i = 0; i < edits; ++i) {
      chaos.edit();
      std::string line;
      // Until it says something, or not even that.
      if (chaos.below(2) == 0) {
        watch.read_line(line, std::chrono::milliseconds(chaos.below(120)));
      }
    }
    watch.signal(SIGKILL);
    ASSERT_EQ(watch.wait(), 128 + SIGKILL) << watch.errors();
    if (round % 10 == 0 && std::filesystem::exists(database)) {
      ASSERT_EQ(testing::Sqlite(database).query("PRAGMA integrity_check"), "ok") << round;
    }
  }
  chaos.mend();
  const Finished last = run({PAWL_BINARY, "sync", "--db", database, tasks});
  ASSERT_EQ(last.exit, 0) << last.all();
  testing::Sqlite sqlite(database);
  EXPECT_EQ(sqlite.query("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(lines_of(sqlite.query(
                "SELECT uuid, path, script FROM tasks WHERE removed_at IS NULL AND valid = 1")),
            chaos.disk());
  EXPECT_EQ(sqlite.query("SELECT count(*) FROM tasks WHERE removed_at IS NULL AND valid = 0"), "0");
  EXPECT_EQ(sqlite.query("SELECT count(*) FROM problems"), "0");
  EXPECT_EQ(sqlite.query("SELECT min(seq), count(*) - max(seq) FROM changes"), "1|0");
  EXPECT_EQ(replay(database),
            lines_of(sqlite.query("SELECT uuid FROM tasks WHERE removed_at IS NULL")));
  EXPECT_EQ(sqlite.query("SELECT count(*) FROM changes WHERE kind = 'conflict'"), "0");
  EXPECT_EQ(sqlite.query("SELECT count(*) FROM tasks t WHERE NOT EXISTS (SELECT 1 FROM revisions r "
                         "WHERE r.uuid = t.uuid AND r.checksum = t.checksum)"),
            "0");
}

}  // namespace
}  // namespace pawl
