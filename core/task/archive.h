// A task in a .zip file, read from memory. Nothing is written to disk, and no size that the archive
// declares is believed: reading stops at the limits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/task/diagnostic.h"
#include "core/task/limits.h"
#include "core/task/task_files.h"

namespace pawl {

enum class ArchiveOutcome : unsigned char {
  kRead,
  kNoTask,   // no metadata.json at the root or in the single top folder; `diagnostics` is empty
  kInvalid,  // `diagnostics` says why
};

struct ArchiveContents {
  ArchiveOutcome outcome = ArchiveOutcome::kInvalid;
  TaskFiles files;
  // Between the archive's path and a file's name in diagnostics: "" or the top folder, "task/".
  std::string prefix;
  std::vector<Diagnostic> diagnostics;  // everything found, not only the first
};

// False: this build has no ZIP library, and every archive is kInvalid with a diagnostic that says
// so.
bool reads_archives();

// Reads the archive `bytes`, whose path is `path`. Every entry is read, so that damage anywhere is
// found; only the four files are kept. Entries are refused that are encrypted, are links or
// devices, occur twice, or whose names lead elsewhere: absolute, with a drive, a backslash or "..".
ArchiveContents read_archive(std::string_view bytes, const std::string& path,
                             const TaskLimits& limits);

}  // namespace pawl
