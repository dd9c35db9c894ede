#include "backends/reparse_point.h"

#include <cerrno>

#include "backends/wide_path.h"

namespace pawl {
namespace {

constexpr std::uint32_t kDirectory = 0x10, kDevice = 0x40, kReparsePoint = 0x400;
constexpr std::uint32_t kSymlink = 0xa000'000c;
constexpr std::uint32_t kMountPoint = 0xa000'0003;  // a junction, or a volume mounted at a folder
constexpr std::uint32_t kUnixSocket = 0x8000'0023;
// Takes the name's place in a path (ntifs.h: IsReparseTagNameSurrogate).
constexpr std::uint32_t kNameSurrogate = 0x2000'0000;

// The tag, the size of what follows these eight bytes, two that are reserved; then in both kinds of
// link where in the names the target begins and how long it is, in bytes, and the same of the name
// that is shown; then, in a symbolic link, its flags; then the names.
constexpr std::size_t kSizeAt = 4, kHead = 8, kTargetAt = 8, kTargetSizeAt = 10, kFlagsAt = 16;
constexpr std::uint32_t kRelative = 1;

// Windows writes the lowest byte first, whatever machine reads it.
std::uint32_t number_at(std::span<const std::byte> data, std::size_t at, std::size_t bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = bytes; i > 0; --i)
    number = number << 8 | std::to_integer<std::uint32_t>(data[at + i - 1]);
  return number;
}

}  // namespace

FileType type_of(std::uint32_t attributes, std::uint32_t tag) {
  if ((attributes & kReparsePoint) != 0) {
    if ((tag & kNameSurrogate) != 0) return FileType::kSymlink;
    if (tag == kUnixSocket) return FileType::kOther;
  }
  if ((attributes & kDirectory) != 0) return FileType::kDirectory;
  return (attributes & kDevice) != 0 ? FileType::kOther : FileType::kFile;
}

int parse_link(std::span<const std::byte> data, std::string& target, bool& relative) {
  if (data.size() < kHead) return EIO;
  const std::uint32_t tag = number_at(data, 0, 4);
  if (tag != kSymlink && tag != kMountPoint) return ENOSYS;
  const std::size_t size = kHead + number_at(data, kSizeAt, 2);
  if (size > data.size()) return EIO;
  const std::size_t names_at = tag == kSymlink ? kFlagsAt + 4 : kFlagsAt;
  if (size < names_at) return EIO;
  const std::size_t begin = names_at + number_at(data, kTargetAt, 2);
  const std::size_t length = number_at(data, kTargetSizeAt, 2);
  if (length == 0 || length % 2 != 0 || begin + length > size) return EIO;
  std::u16string text;
  text.reserve(length / 2);
  for (std::size_t at = begin; at < begin + length; at += 2)
    text.push_back(static_cast<char16_t>(number_at(data, at, 2)));
  relative = tag == kSymlink && (number_at(data, kFlagsAt, 4) & kRelative) != 0;
  target = from_verbatim(text);
  return 0;
}

}  // namespace pawl
