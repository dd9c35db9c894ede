// What lstat says of one name: enough to tell that it changed, and how.
#pragma once

#include <cstdint>
#include <string_view>

namespace pawl {

enum class FileType : std::uint8_t { kFile, kDirectory, kSymlink, kOther };

std::string_view type_name(FileType type);

struct Stamp {
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;  // since 1970-01-01 UTC
  std::int64_t ctime_ns = 0;
  std::uint32_t owner = 0;  // hash of user and group
  std::uint16_t mode = 0;   // permission bits: 07777
  FileType type = FileType::kOther;
  bool shared = false;  // a file with other names (hard links): a write may come through any of them

  bool operator==(const Stamp&) const = default;

  // The same name still holds the same content: no write, no replacement.
  bool same_content(const Stamp& other) const {
    return inode == other.inode && device == other.device && size == other.size &&
           mtime_ns == other.mtime_ns && type == other.type;
  }

  // 64 bits that differ, but for chance, whenever the stamps differ (save for `device` and `shared`).
  // Stable across runs, platforms and versions: it is stored.
  std::uint64_t digest() const;
};

// Which one it is, and whether it is as it was: all that is kept of a directory's own stamp.
struct StampDigest {
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::uint64_t digest = 0;  // Stamp::digest

  static StampDigest of(const Stamp& stamp) { return {stamp.inode, stamp.device, stamp.digest()}; }
  bool operator==(const StampDigest&) const = default;
};

}  // namespace pawl
