// Putting a damaged database away, so that a new one can take its place.
#pragma once

#include <string>

#include "core/status.h"

namespace pawl {

// If the database at `path` is damaged, renames it and what belongs to it to
// "PATH-corrupt-YYYYMMDD-HHMMSS", makes an empty one in its place, and gives that name; else does
// nothing and gives "". The feed of the new one goes on with the numbers of the old one; where
// these cannot be read any more, with the milliseconds since 1970, which no feed has come to: a
// number is never given twice.
//
// kForeign: it is not pawl's to move. kBusy: someone writes it.
Result<std::string> set_aside(const std::string& path);

}  // namespace pawl
