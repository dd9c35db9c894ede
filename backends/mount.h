// Which file systems tell of all their changes, which may hang, which take a name in several spellings, and
// how coarse their timestamps are. The tables know many; evidence at run time (a change found that no watch told) knows more.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/file_system.h"

namespace pawl {

// Linux: by the magic number that statfs gives as f_type. One that is not in the table is taken to
// be local: "unknown (0x…)".
Mount classify_magic(std::uint64_t magic);

// Linux: by the name of the type in /proc/self/mountinfo: "ext4", "nfs4", "fuse.sshfs".
Mount classify_type(std::string_view type);

// macOS and the BSDs: by f_fstypename. One that is not in the table is taken to be local, and to fold names.
Mount classify_name(std::string_view name);

// Windows: by the name that the volume gives its file system, "NTFS", and whether another machine, or a
// program, holds it. One that is not in the table is taken to be local, unless it is remote.
Mount classify_volume(std::string_view name, bool remote);

// POSIX: the mount that the open file `fd` is on; `path` is for messages. May block as statfs does.
Result<Mount> mount_of(int fd, const std::string& path);

}  // namespace pawl
