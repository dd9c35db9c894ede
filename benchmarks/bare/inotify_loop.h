// What it costs at least to tell of files as they come, change and go in a directory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bare {

enum class Tell {
  kNamesOnly,  // reads the events and writes a line for each
  kLooked,     // and one fstatat of each name before its line, once for its events in a row
};

// Watches `directories` (libuv's mask), and where it looks also those that are made in them, which
// it lists; writes "ready\n" to descriptor `ready`, and then for ever waits (epoll), reads all that
// is there, and writes one line per named file to standard output, one write for each read. Never
// returns.
[[noreturn]] void tell_of_files(const std::vector<std::string>& directories, Tell tell, int ready);

}  // namespace bare
