// Reparse points, put together here byte by byte as [MS-FSCC] 2.1.2 describes them; none was
// recorded on a Windows yet.
#include "backends/reparse_point.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace pawl {
namespace {

constexpr std::uint32_t kSymlink = 0xa000000c, kJunction = 0xa0000003;
constexpr std::uint32_t kWslLink = 0xa000001d, kUnixSocket = 0x80000023, kAppExecLink = 0x8000001b;
constexpr std::uint32_t kCloud = 0x9000001a, kCloudFolder = 0x9000601a, kDeduplicated = 0x80000013;
constexpr std::uint32_t kArchive = 0x20, kFolder = 0x10, kDevice = 0x40, kReparse = 0x400;

using Bytes = std::vector<std::byte>;

void put(Bytes& bytes, std::uint32_t number, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(number >> 8 * i));
}
void put(Bytes& bytes, std::u16string_view text) {
  for (const char16_t unit : text) put(bytes, unit, 2);
}

// The name that is shown stands first where Windows' own tools put it so: symbolic links.
Bytes link(std::uint32_t tag, std::u16string_view target, std::u16string_view shown,
           std::uint32_t flags = 0) {
  const bool symlink = tag == kSymlink;
  const auto target_size = static_cast<std::uint32_t>(2 * target.size());
  const auto shown_size = static_cast<std::uint32_t>(2 * shown.size());
  Bytes names;
  if (symlink) {
    put(names, shown);
    put(names, target);
  } else {  // with a zero after each
    put(names, target);
    put(names, 0, 2);
    put(names, shown);
    put(names, 0, 2);
  }
  Bytes bytes;
  put(bytes, tag, 4);
  put(bytes, static_cast<std::uint32_t>(names.size() + (symlink ? 12 : 8)), 2);
  put(bytes, 0, 2);
  put(bytes, symlink ? shown_size : 0, 2);
  put(bytes, target_size, 2);
  put(bytes, symlink ? 0 : target_size + 2, 2);
  put(bytes, shown_size, 2);
  if (symlink) put(bytes, flags, 4);
  bytes.insert(bytes.end(), names.begin(), names.end());
  return bytes;
}

struct Parsed {
  int error = 0;
  std::string target;
  bool relative = false;
  bool operator==(const Parsed&) const = default;
};
void PrintTo(const Parsed& parsed, std::ostream* out) {
  *out << parsed.error << " '" << parsed.target << (parsed.relative ? "' relative" : "'");
}

Parsed parsed(const Bytes& bytes) {
  Parsed answer;
  answer.error = parse_link(bytes, answer.target, answer.relative);
  return answer;
}

TEST(ReparsePoint, LinksLeadToPathsAsPawlHasThem) {
  const struct {
    Bytes bytes;
    Parsed expected;
  } cases[] = {
      {link(kSymlink, u"\\??\\C:\\tasks\\greet", u"C:\\tasks\\greet"),
       {0, "C:/tasks/greet", false}},
      {link(kSymlink, u"..\\greet", u"..\\greet", 1), {0, "../greet", true}},
      {link(kSymlink, u"\\tasks", u"\\tasks", 1), {0, "/tasks", true}},
      {link(kSymlink, u"\\??\\UNC\\server\\share\\x", u"\\\\server\\share\\x"),
       {0, "//server/share/x", false}},
      {link(kJunction, u"\\??\\D:\\elsewhere", u"D:\\elsewhere"), {0, "D:/elsewhere", false}},
      {link(kJunction, u"\\??\\D:\\elsewhere", u""), {0, "D:/elsewhere", false}},
      // A volume that is mounted at a folder.
      {link(kJunction, u"\\??\\Volume{01234567-89ab-cdef-0123-456789abcdef}\\", u""),
       {0, "Volume{01234567-89ab-cdef-0123-456789abcdef}/", false}},
      // Names that are no ASCII, and no UTF-16.
      {link(kSymlink, u"caf\u00e9", u"caf\u00e9", 1), {0, "caf\xc3\xa9", true}},
      {link(kSymlink, std::u16string(1, char16_t{0xd800}), u"?", 1), {0, "\xed\xa0\x80", true}},
  };
  for (const auto& [bytes, expected] : cases) EXPECT_EQ(parsed(bytes), expected);
}

TEST(ReparsePoint, WhatIsNoLinkOfWindowsIsNotFollowed) {
  for (const std::uint32_t tag : {kWslLink, kUnixSocket, kAppExecLink, kCloud, kDeduplicated, 0u}) {
    Bytes bytes;
    put(bytes, tag, 4);
    put(bytes, 4, 2);
    put(bytes, 0, 2);
    put(bytes, 3, 4);
    EXPECT_EQ(parsed(bytes), Parsed{ENOSYS}) << tag;
  }
}

TEST(ReparsePoint, WhatIsBrokenIsAnErrorAndReadsNothingBeyondItsEnd) {
  for (const Bytes& whole :
       {link(kSymlink, u"\\??\\C:\\x", u"C:\\x"), link(kJunction, u"\\??\\C:\\x", u"C:\\x")}) {
    ASSERT_EQ(parsed(whole).error, 0);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // On the heap, so that a sanitizer sees where it ends.
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(parsed(cut).error, EIO) << size;
    }
    const auto with = [&](std::size_t at, std::uint8_t low, std::uint8_t high) {
      Bytes bytes = whole;
      bytes[at] = std::byte{low};
      bytes[at + 1] = std::byte{high};
      return parsed(bytes).error;
    };
    EXPECT_EQ(with(4, 0, 0), EIO) << "says that nothing follows its head";
    EXPECT_EQ(with(4, 0xff, 0xff), EIO) << "says that more follows than does";
    EXPECT_EQ(with(8, 0xff, 0xff), EIO) << "the target begins beyond its end";
    EXPECT_EQ(with(10, 0xff, 0xff), EIO) << "the target ends beyond its end";
    EXPECT_EQ(with(10, 3, 0), EIO) << "half a unit";
    EXPECT_EQ(with(10, 0, 0), EIO) << "no target";
  }
}

TEST(ReparsePoint, OnlyWhatStandsForAnotherNameIsALink) {
  const struct {
    std::uint32_t attributes, tag;
    FileType type;
  } cases[] = {
      {kArchive, 0, FileType::kFile},
      {kFolder, 0, FileType::kDirectory},
      {kDevice, 0, FileType::kOther},
      {kArchive | kReparse, kSymlink, FileType::kSymlink},
      {kFolder | kReparse, kSymlink, FileType::kSymlink},
      {kFolder | kReparse, kJunction, FileType::kSymlink},
      {kArchive | kReparse, kWslLink, FileType::kSymlink},
      {kArchive | kReparse, kUnixSocket, FileType::kOther},
      {kArchive | kReparse, kAppExecLink, FileType::kFile},
      {kArchive | kReparse, kCloud, FileType::kFile},
      {kFolder | kReparse, kCloudFolder, FileType::kDirectory},
      {kArchive | kReparse, kDeduplicated, FileType::kFile},
      // Without the attribute the tag is some other number.
      {kArchive, kSymlink, FileType::kFile},
      {kFolder, kJunction, FileType::kDirectory},
  };
  for (const auto& [attributes, tag, type] : cases)
    EXPECT_EQ(type_of(attributes, tag), type) << std::hex << attributes << ' ' << tag;
}

}  // namespace
}  // namespace pawl
