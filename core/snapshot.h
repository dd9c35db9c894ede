// What is known of watched roots, as a value: to be written to a file, and to start from again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/stamp.h"
#include "core/status.h"

namespace pawl {

struct SnapshotEntry {
  std::string name;
  Stamp stamp;  // without its device: that is the directory's
  bool followed = false;   // a directory that is in `directories` too
  bool unsettled = false;  // the stamp may not show a later write: `content` tells
  std::uint64_t content = 0;  // a hash of what an unsettled file holds; 0: not known
};

struct SnapshotDirectory {
  std::uint32_t parent = UINT32_MAX;  // its place among `directories`, before this; of the root: none
  std::string name;                   // the last component; of the root empty
  StampDigest self;
  bool self_unsettled = false;
  bool listed = false;
  bool link = false;
  std::vector<SnapshotEntry> entries;
};

struct RootSnapshot {
  std::string path;
  std::string mount_type;
  bool recursive = true;         // how it was watched
  bool follow_symlinks = false;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::vector<SnapshotDirectory> directories;  // the root first
};

// The file: "PAWLSNAP", a version, the length of what follows, that, and a checksum of all of it.
std::string encode_snapshot(const std::vector<RootSnapshot>& roots);

// `file` names it in errors. kForeign: no snapshot, or one of another version. kCorrupt: cut short, or
// damaged. Nothing of it is to be believed then.
Result<std::vector<RootSnapshot>> decode_snapshot(std::string_view bytes, const std::string& file);

// What SnapshotEntry::content is of a file with these bytes; never 0. It is what a look says, too.
std::uint64_t content_hash(std::string_view bytes);

}  // namespace pawl
