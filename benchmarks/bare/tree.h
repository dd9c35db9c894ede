// Trees of files, and what it costs at least to look at one: the limit of a scan, of a start and of
// a poll sweep.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bare {

// Makes `directories` folders below `root`, at most 100 in one, each with `files` files of a few
// bytes. Returns the folders that hold the files.
std::vector<std::string> make_tree(const std::string& root, std::size_t directories,
                                   std::size_t files);

struct Swept {
  std::uint64_t directories = 0;
  std::uint64_t entries = 0;
  std::uint64_t sum = 0;  // of the times seen, so that no compiler leaves the work out
};

// For `root` and each directory below it: openat, getdents64 to the end, and one fstatat for each
// entry; nothing is kept but the descriptors on the way down. What tells directories from files is
// d_type.
Swept sweep(const std::string& root);

// The same, and an inotify watch (libuv's mask) for each directory before it is listed. Returns the
// descriptor.
int sweep_and_watch(const std::string& root, Swept& swept);

// Directories and the names in them, as they stand: what a sweep that already knows the names
// looks at.
struct Known {
  std::string path;
  std::vector<std::string> names;
};
std::vector<Known> known_names(const std::string& root);

// For each directory: openat, fstat of itself, and fstatat of each known name; nothing is listed.
Swept sweep_known(const std::vector<Known>& known);

// All paths of regular files below `root`.
std::vector<std::string> files_below(const std::string& root);

// The events that libuv asks for (src/unix/linux.c, uv_fs_event_start).
std::uint32_t watch_mask();

}  // namespace bare
