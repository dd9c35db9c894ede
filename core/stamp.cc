#include "core/stamp.h"

namespace pawl {
namespace {

// The finalizer of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace

std::string_view type_name(FileType type) {
  switch (type) {
    case FileType::kFile: return "file";
    case FileType::kDirectory: return "directory";
    case FileType::kSymlink: return "symlink";
    case FileType::kOther: return "other";
  }
  return "other";
}

std::uint64_t Stamp::digest() const {
  // The device is left out: its number may differ after a reboot though nothing changed.
  std::uint64_t h = mix(inode);
  h = mix(h ^ static_cast<std::uint64_t>(size));
  h = mix(h ^ static_cast<std::uint64_t>(mtime_ns));
  h = mix(h ^ static_cast<std::uint64_t>(ctime_ns));
  return mix(h ^ (std::uint64_t{mode} << 32 | owner) ^ static_cast<std::uint64_t>(type) << 60);
}

}  // namespace pawl
