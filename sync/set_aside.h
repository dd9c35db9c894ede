// Before a database is written: waiting for the one who writes it, and putting a damaged one away.
#pragma once

#include <memory>
#include <string>

#include "core/status.h"
#include "sync/store.h"

namespace pawl {

// Store::open, tried again for as long as another process is the writer.
Result<std::unique_ptr<Store>> open_when_free(const std::string& path, const OpenOptions& options);

// If the database at `path` is damaged, renames it and what belongs to it to
// "PATH-corrupt-YYYYMMDD-HHMMSS", and gives that name; else does nothing and gives "".
// kForeign: it is not pawl's to move. kBusy: someone writes it.
Result<std::string> set_aside(const std::string& path);

}  // namespace pawl
