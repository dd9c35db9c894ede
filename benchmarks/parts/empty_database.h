// A database as a bare loop takes it: with pawl's tables and settings, and no rows.
#pragma once

#include <string>

#include "benchmarks/bare/measure.h"
#include "sync/store.h"

namespace bare {

// Makes it at `path`, and returns that. Ends the program if it can't.
inline std::string empty_database(const std::string& path) {
  if (!pawl::Store::open(path, {}).ok()) fail("cannot make " + path);
  return path;
}

}  // namespace bare
