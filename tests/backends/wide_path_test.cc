// Windows' names and paths, tested on every platform.
#include "backends/wide_path.h"

#include <gtest/gtest.h>

#include "backends/mount.h"

namespace pawl {
namespace {

std::u16string wide_of(std::string_view bytes) {
  std::u16string wide;
  EXPECT_TRUE(to_wide(bytes, wide)) << bytes;
  return wide;
}

std::u16string verbatim_of(std::string_view path) {
  std::u16string verbatim;
  EXPECT_TRUE(to_verbatim(path, verbatim)) << path;
  return verbatim;
}

TEST(WidePath, EveryNameOfWindowsComesBackAsItWas) {
  for (char32_t unit = 1; unit < 0x10000; ++unit) {
    const std::u16string name{u'a', static_cast<char16_t>(unit), u'b'};
    EXPECT_EQ(wide_of(from_wide(name)), name) << static_cast<unsigned>(unit);
  }
  // Pairs, halves in both orders, and halves beside a pair.
  for (const std::u16string& name :
       {std::u16string{0xd83d, 0xde00}, std::u16string{0xde00, 0xd83d}, std::u16string{0xd83d, 0xd83d, 0xde00},
        std::u16string{0xd83d, 0xde00, 0xde00}, std::u16string{0xdbff, 0xdfff}})
    EXPECT_EQ(wide_of(from_wide(name)), name);
  EXPECT_EQ(from_wide(std::u16string{0xd83d, 0xde00}), "\xf0\x9f\x98\x80");
  EXPECT_EQ(from_wide(std::u16string{0xd800}), "\xed\xa0\x80");
}

TEST(WidePath, BytesThatAreNoNameThereAreRefused) {
  using namespace std::string_view_literals;
  std::u16string wide;
  for (const std::string_view bytes :
       {"\xff"sv, "\xfe\xff"sv, "\xc3"sv, "\x80"sv, "\xc0\xaf"sv, "\xe0\x80\xaf"sv, "\xf0\x80\x80\xaf"sv,
        "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "a\0b"sv, "\xe2\x82"sv,
        // A pair in two halves would be a second form of one name.
        "\xed\xa0\xbd\xed\xb8\x80"sv})
    EXPECT_FALSE(to_wide(bytes, wide)) << bytes;
}

TEST(WidePath, PathsAreVerbatimHoweverTheyAreWritten) {
  EXPECT_EQ(verbatim_of("C:/tasks/greet"), u"\\\\?\\C:\\tasks\\greet");
  EXPECT_EQ(verbatim_of("C:\\tasks/greet"), u"\\\\?\\C:\\tasks\\greet");
  EXPECT_EQ(verbatim_of("c:/"), u"\\\\?\\c:\\");
  EXPECT_EQ(verbatim_of("C:"), u"\\\\?\\C:\\");
  EXPECT_EQ(verbatim_of("//server/share/tasks"), u"\\\\?\\UNC\\server\\share\\tasks");
  EXPECT_EQ(verbatim_of("//?/C:/tasks"), u"\\\\?\\C:\\tasks");
  EXPECT_EQ(verbatim_of("C:/trailing dot./ and space "), u"\\\\?\\C:\\trailing dot.\\ and space ");
  std::u16string verbatim;
  for (const char* path : {"", "tasks", "/tasks", "C:tasks", "1:/x", "//", "///x"})
    EXPECT_FALSE(to_verbatim(path, verbatim)) << path;
}

TEST(WidePath, AndComeBackWithSlashes) {
  EXPECT_EQ(from_verbatim(u"\\\\?\\C:\\tasks\\greet"), "C:/tasks/greet");
  EXPECT_EQ(from_verbatim(u"\\\\?\\UNC\\server\\share\\x"), "//server/share/x");
  EXPECT_EQ(from_verbatim(u"\\??\\C:\\target"), "C:/target");
  EXPECT_EQ(from_verbatim(u"\\??\\UNC\\server\\share"), "//server/share");
  EXPECT_EQ(from_verbatim(u"..\\up"), "../up");
  EXPECT_EQ(from_verbatim(u"C:\\"), "C:/");
}

TEST(WidePath, ADriveAndAShareHaveNoParent) {
  for (const char* path : {"C:", "C:/", "z:/", "//server", "//server/share"})
    EXPECT_TRUE(is_drive_root(path)) << path;
  for (const char* path : {"C:/x", "//server/share/x", "/", "x", "CC:/"})
    EXPECT_FALSE(is_drive_root(path)) << path;
}

TEST(WidePath, TheDriveOfAPathIsWhereALinkWithoutOneLeads) {
  EXPECT_EQ(drive_of("C:/tasks/greet"), "C:");
  EXPECT_EQ(drive_of("C:/"), "C:");
  EXPECT_EQ(drive_of("//server/share/x/y"), "//server/share");
  EXPECT_EQ(drive_of("//server/share"), "//server/share");
}

TEST(WidePath, ADriveHasOneLetter) {
  for (const auto& [path, upper] : {std::pair{"c:/x/y", "C:/x/y"}, std::pair{"C:/x", "C:/x"}, std::pair{"z:", "Z:"},
                                    std::pair{"//server/c", "//server/c"}, std::pair{"../c:", "../c:"}}) {
    std::string text = path;
    upper_drive(text);
    EXPECT_EQ(text, upper);
  }
}

TEST(WidePath, VolumesOfOthersAreNotTrustedToTell) {
  EXPECT_TRUE(classify_volume("NTFS", false).tells_all);
  EXPECT_FALSE(classify_volume("NTFS", true).tells_all);
  EXPECT_TRUE(classify_volume("NTFS", true).may_hang);
  EXPECT_FALSE(classify_volume("9P", false).tells_all);
  EXPECT_EQ(classify_volume("exFAT", false).granularity, seconds(2));
  EXPECT_TRUE(classify_volume("WinFsp", false).tells_all);
  EXPECT_EQ(classify_volume("WinFsp", false).type, "unknown (WinFsp)");
}

}  // namespace
}  // namespace pawl
