// What is done to the files in a watched tree.
#pragma once

#include <string>
#include <vector>

namespace bare {

// As fast as it goes, or in bursts with pauses, so that no queue overflows and every watcher has
// the same batches to work on.
struct Pace {
  std::size_t burst = 0;  // 0: as fast as it goes
  long pause_ns = 0;
};

// Paths of `count` files, fifty in a row in one of the directories.
std::vector<std::string> file_paths(const std::vector<std::string>& directories, std::size_t count);

void create_files(const std::vector<std::string>& paths, Pace pace = {});
void append_to_files(const std::vector<std::string>& paths, Pace pace = {});
void remove_files(const std::vector<std::string>& paths, Pace pace = {});

// As `mkdir -p a/b/c && touch a/b/c/file` does, `count` times: the file is there before anybody who
// is told of `a` can have looked into it. Returns the files' paths, without making them yet.
std::vector<std::string> nested_paths(const std::string& root, std::size_t count);
void create_nested(const std::vector<std::string>& paths);

}  // namespace bare
