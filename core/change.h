// A change: what the reconciler saw by comparing the disk with what it knew. Never what a
// notification claimed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/stamp.h"
#include "core/time.h"

namespace pawl {

enum class ChangeKind : std::uint8_t {
  kCreated,
  kModified,    // content: another inode, size or modification time
  kAttributes,  // mode, owner or times, and not the content
  kRemoved,
};

// How it came to be noticed.
enum class Via : std::uint8_t { kNative, kPoll, kScan };

struct Change {
  ChangeKind kind = ChangeKind::kModified;
  FileType type = FileType::kFile;
  Via via = Via::kNative;
  std::uint32_t root = 0;  // index of the watched root that it lies in
  std::string path;        // absolute, as bytes
  std::string from;        // for kCreated: the path, removed in the same batch, of the same inode
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  Instant known_at{};
};

std::string_view kind_name(ChangeKind kind);
std::string_view via_name(Via via);

}  // namespace pawl
