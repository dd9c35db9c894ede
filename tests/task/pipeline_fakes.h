// A disk in memory, with what a watcher has seen of it so far (which may be less), as a TaskTree,
// and a loader that reads it.
//
// A task's metadata.json holds "UUID VERSION"; an archive holds the same. A main.js that holds
// "bad" is an error.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/change.h"
#include "core/task/load.h"
#include "core/task/task_tree.h"

namespace pawl {

struct FakeFile {
  std::string text;
  std::uint64_t stamp = 0;

  bool operator==(const FakeFile&) const = default;
};

class FakeDisk : public TaskTree {
 public:
  using Files = std::map<std::string, FakeFile>;

  void add_source(std::string root, bool recursive) {
    roots_.push_back({std::move(root), recursive});
  }

  void write(const std::string& path, std::string text);
  void touch(const std::string& path);
  void remove(const std::string& path);  // and what is below
  void move(const std::string& from, const std::string& to);

  // The watcher looks: what differs from what it had seen, sorted by path.
  std::vector<Change> notice();

  LoadResult load(const LoadRequest& request);
  std::map<std::string, int> failing;    // task path -> loads that will fail
  std::map<std::string, int> unsettled;  // task path -> loads that will be unsettled

  std::optional<TaskPlace> task_of(SourceIndex source, std::string_view path) const override;
  void visit(SourceIndex source, std::string_view under,
             const std::function<bool(const TaskPlace&)>& visit) const override;
  bool in_sight(SourceIndex, std::string_view) const override { return true; }
  std::uint64_t stamp_digest(SourceIndex source, std::string_view path) const override;

  const std::string& root(SourceIndex source) const { return roots_[source].path; }
  const Files& files() const { return files_; }

 private:
  struct Root {
    std::string path;
    bool recursive;
  };

  void stamp_parent(const std::string& path);

  std::vector<Root> roots_;
  Files files_;
  Files seen_;
  // When an entry last came or went, as a directory's own time tells: a file that comes and goes
  // between two looks leaves nothing else behind.
  std::map<std::string, std::uint64_t> directories_;
  std::map<std::string, std::uint64_t> seen_directories_;
  std::uint64_t stamp_ = 0;
};

}  // namespace pawl
