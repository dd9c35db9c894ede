// What a database says of its sources, and of how their directories are watched, as lines.
#pragma once

#include <string>

#include "sync/stored.h"

namespace pawl::command {

// {"event":"source",…}, and below it the sums and the directories as {"event":"coverage",…}.
void append_source_json(std::string& out, const SourceState& source);
// One line, and below it one for each way in which some of its directories are watched that is not
// the native one.
void append_source_text(std::string& out, const SourceState& source);

}  // namespace pawl::command
