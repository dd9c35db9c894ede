// From a program's options to a configuration.
#pragma once

#include <pawl/pawl.h>

#include "sync/config.h"

namespace pawl::tasks {

// kUsage: a number is out of range, or the path is empty.
Error check(const Source& source);
SourceConfig config_of(const Source& source);

// The configuration; or, in words, everything that is wrong with the options.
Expected<Config> config_of(const Options& options);

}  // namespace pawl::tasks
