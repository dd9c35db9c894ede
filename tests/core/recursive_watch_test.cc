#include "core/recursive_watch.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tests/core/table.h"

namespace pawl {
namespace {

std::string own_path(const std::string& text) { return text == "." ? std::string() : text; }

// One case, and what its callbacks led to, as the case writes it.
class Played {
 public:
  explicit Played(const TableCase& what) {
    for (const TableLine& line : what.lines) play(line);
  }

  std::vector<std::string> expected, told;

 private:
  void play(const TableLine& line) {
    if (line.verb == "names") {
      names_.backslashes = line.rest.find("backslashes") != std::string::npos;
      names_.gathered = line.rest.find("gathered") != std::string::npos;
      names_.short_names = line.rest.find("short") != std::string::npos;
    } else if (line.verb == "known") {
      paths_.push_back(line.rest);
      watch_.add(own_path(line.rest), {static_cast<std::uint32_t>(paths_.size() - 1), 1});
    } else if (line.verb == "rename" || line.verb == "change") {
      const std::string name = own_path(line.rest);
      RawEvent event{.renamed = line.verb == "rename"};
      if (!line.rest.empty()) event.name = name;
      translate(event);
    } else if (line.verb == "error") {
      translate({.name = "ignored", .status = std::stoi(line.rest)});
    } else {
      EXPECT_TRUE(line.verb == "hint" || line.verb == "suspect") << line.number << ": " << line.verb;
      expected.push_back(line.verb + (line.rest.empty() ? "" : " " + line.rest));
    }
  }

  void translate(const RawEvent& event) {
    std::vector<RecursiveWatch::Hint> hints;
    if (!watch_.translate(event, names_, hints)) told.push_back("suspect");
    for (const RecursiveWatch::Hint& hint : hints)
      told.push_back(std::string(hint.kind == HintKind::kRenamed ? "hint renamed " : "hint touched ") +
                     paths_.at(hint.directory.index) + (hint.name.empty() ? "" : " " + hint.name));
  }

  RawNames names_;
  RecursiveWatch watch_;
  std::vector<std::string> paths_;
};

TEST(RecursiveWatch, TurnsWhatLibuvHandsOverIntoHints) {
  for (const TableCase& what : read_table("core/recursive")) {
    const Played played(what);
    EXPECT_EQ(played.told, played.expected) << what.where;
  }
}

TEST(RecursiveWatch, ADirectoryThatIsRemovedHearsNothingMore) {
  RecursiveWatch watch;
  const DirectoryId root{0, 1}, old{1, 1}, fresh{1, 2};
  watch.add("", root);
  watch.add("d", old);
  EXPECT_TRUE(watch.remove(old));
  EXPECT_FALSE(watch.remove(old));
  std::vector<RecursiveWatch::Hint> hints;
  EXPECT_TRUE(watch.translate({.name = "d/f"}, {}, hints));
  EXPECT_EQ(hints, (std::vector<RecursiveWatch::Hint>{{root, "d", HintKind::kTouched}}));
  // Another one under the same path, the earlier of which was not yet taken away.
  hints.clear();
  watch.add("d", old);
  watch.add("d", fresh);
  EXPECT_TRUE(watch.remove(old));
  EXPECT_TRUE(watch.translate({.name = "d/f"}, {}, hints));
  EXPECT_EQ(hints, (std::vector<RecursiveWatch::Hint>{{fresh, "f", HintKind::kTouched}}));
}

}  // namespace
}  // namespace pawl
