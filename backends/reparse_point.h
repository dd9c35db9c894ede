// What Windows attaches to a file or folder that is to be taken for something else: symbolic links,
// junctions, mounted volumes, files kept in a cloud. Bytes in, answer out, so that every platform
// tests it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/stamp.h"

namespace pawl {

// What something is by its attributes (FILE_ATTRIBUTE_…) and, where these say that it has one, the
// tag of its reparse point. One that stands for another name is a symlink; one that only changes
// how content is kept is what it looks like.
FileType type_of(std::uint32_t attributes, std::uint32_t tag);

// Where the link leads whose reparse point `data` is (REPARSE_DATA_BUFFER, as
// FSCTL_GET_REPARSE_POINT gives it): a path as pawl has it, absolute or (`relative`) from where the
// link is. 0 or an errno, as windows_open.h has it. ENOSYS: it is none that pawl can follow. EIO:
// it is broken.
int parse_link(std::span<const std::byte> data, std::string& target, bool& relative);

}  // namespace pawl
