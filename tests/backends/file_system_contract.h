// What every FileSystem must do, be it the real one or one in memory.
//
// A World is a file system together with a way to change what is on it. It has
//   World()                            one empty directory, removed again by ~World()
//   FileSystem& files()
//   std::string root()                 that directory, absolute
//   void make_directory(path), write(path, bytes), link(target, path), hard_link(old, path),
//   void rename(from, to), remove(path), set_mode(path, mode)
//   bool make_fifo(path)               false: there is no such thing here
//   bool unprivileged(function)        runs it without the right to ignore permissions; false:
//   can't
// Paths may be longer than PATH_MAX.
//
// To test one: INSTANTIATE_TYPED_TEST_SUITE_P(Name, FileSystemContract, World);
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/backends/file_system_fixture.h"

namespace pawl {

TYPED_TEST_SUITE_P(FileSystemContract);

TYPED_TEST_P(FileSystemContract, ListTellsTypesAndSizes) {
  this->world_.make_directory(this->at("directory"));
  this->world_.write(this->at("file"), "12345");
  this->world_.link("file", this->at("link"));
  this->world_.set_mode(this->at("file"), 0640);
  const auto entries = this->list(this->world_.root());
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries.at("directory").type, FileType::kDirectory);
  EXPECT_EQ(entries.at("link").type, FileType::kSymlink);
  EXPECT_EQ(entries.at("file").type, FileType::kFile);
  EXPECT_EQ(entries.at("file").size, 5);
  EXPECT_EQ(entries.at("file").mode, 0640u);
  EXPECT_NE(entries.at("file").inode, 0u);
  EXPECT_NE(entries.at("file").mtime_ns, 0);
}

TYPED_TEST_P(FileSystemContract, ListLookStatAndReadAgree) {
  this->world_.write(this->at("file"), "bytes");
  const Stamp listed = this->list(this->world_.root()).at("file");
  EXPECT_EQ(this->look(this->world_.root(), "file").stamp, listed);
  const auto stamp = this->files().stat(this->at("file"));
  ASSERT_TRUE(stamp.ok());
  EXPECT_EQ(*stamp, listed);
  const auto content = this->read("file");
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(content->stamp, listed);
  EXPECT_EQ(content->bytes, "bytes");
}

TYPED_TEST_P(FileSystemContract, SelfIsTheStampOfTheDirectory) {
  const std::string path = this->at("directory");
  this->world_.make_directory(path);
  const auto expected = this->files().stat(path);
  ASSERT_TRUE(expected.ok());
  Stamp self;
  std::vector<DirectoryEntry> entries;
  ASSERT_TRUE(this->files().list(path, {}, self, entries).ok());
  EXPECT_EQ(self, *expected);
  self = {};
  std::vector<Looked> looked;
  ASSERT_TRUE(this->files().look(path, {}, self, looked).ok());
  EXPECT_EQ(self, *expected);
}

TYPED_TEST_P(FileSystemContract, AnEmptyDirectoryHasNoEntries) {
  EXPECT_TRUE(this->list(this->world_.root()).empty());
}

TYPED_TEST_P(FileSystemContract, ListLeavesOutWhatIsSkipped) {
  this->world_.make_directory(this->at("mount"));
  this->world_.write(this->at("mountain"), "");
  const auto entries = this->list(this->world_.root(), {"mount", "absent"});
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_TRUE(entries.contains("mountain"));
}

TYPED_TEST_P(FileSystemContract, ListReplacesWhatTheResultHeld) {
  this->world_.make_directory(this->at("one"));
  this->world_.write(this->at("one/name"), "");
  std::vector<DirectoryEntry> entries(5, {"stale", {}});
  Stamp self;
  ASSERT_TRUE(this->files().list(this->at("one"), {}, self, entries).ok());
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].name, "name");
}

TYPED_TEST_P(FileSystemContract, LookAnswersEachNameInOrder) {
  this->world_.write(this->at("a"), "1");
  this->world_.write(this->at("b"), "22");
  const std::vector<std::string_view> names{"b", "gone", "a"};
  Stamp self;
  std::vector<Looked> looked;
  ASSERT_TRUE(this->files().look(this->world_.root(), names, self, looked).ok());
  ASSERT_EQ(looked.size(), 3u);
  EXPECT_EQ(looked[0].os_error, 0);
  EXPECT_EQ(looked[0].stamp.size, 2);
  EXPECT_EQ(looked[1].os_error, ENOENT);
  EXPECT_EQ(looked[2].os_error, 0);
  EXPECT_EQ(looked[2].stamp.size, 1);
}

TYPED_TEST_P(FileSystemContract, LookFindsNothingUnderNamesThatAreNone) {
  this->world_.make_directory(this->at("a"));
  this->world_.write(this->at("a/b"), "");
  using namespace std::string_view_literals;
  for (const std::string_view name : {""sv, "."sv, ".."sv, "a/b"sv, "/"sv, "a\0b"sv}) {
    EXPECT_EQ(this->look(this->world_.root(), name).os_error, ENOENT) << name;
  }
  EXPECT_NE(this->look(this->world_.root(), std::string(5000, 'n')).os_error, 0);
}

TYPED_TEST_P(FileSystemContract, NamesAreBytes) {
#ifdef _WIN32
  GTEST_SKIP() << "no name on Windows holds a newline, a quotation mark or bytes that are no UTF-8";
#else
  std::vector<std::string> names{"line\nbreak", "tab\t\"quote\"", "-rf", " ", std::string(255, 'x'),
                                 "...",         "\xc3\xa4"};
#ifndef __APPLE__  // whose file systems refuse what is no UTF-8
  names.emplace_back("\xff\xfe invalid");
#endif
  for (const std::string& name : names) this->world_.write(this->at(name), name);
  const auto entries = this->list(this->world_.root());
  EXPECT_EQ(entries.size(), names.size());
  for (const std::string& name : names) {
    EXPECT_TRUE(entries.contains(name)) << name;
    EXPECT_EQ(this->look(this->world_.root(), name).os_error, 0) << name;
    EXPECT_EQ(this->read_bytes(name), name);
  }
#endif
}

TYPED_TEST_P(FileSystemContract, ADepthOf200IsNoLimit) {
  const std::string path = this->make_deep("deep", 200, 3);
  this->world_.write(path + "/file", "down here");
  EXPECT_EQ(this->list(path).size(), 1u);
  const std::string relative = path.substr(this->world_.root().size() + 1);
  EXPECT_EQ(this->read_bytes(relative + "/file"), "down here");
  EXPECT_EQ(this->read_bytes(relative + "/file", true), "down here");
}

TYPED_TEST_P(FileSystemContract, PathsMayBeLongerThanTheSystemTakes) {
  const std::string path = this->make_deep("long", 40, 250);
  ASSERT_GT(path.size(), 2u * 4096);
  this->world_.write(path + "/file", "far");
  EXPECT_EQ(this->list(path).size(), 1u);
  EXPECT_EQ(this->look(path, "file").stamp.size, 3);
  EXPECT_TRUE(this->files().stat(path + "/file").ok());
  EXPECT_TRUE(this->files().mount(path).ok());
  EXPECT_EQ(this->look_code(path + "/gone"), Code::kNotFound);
  const std::string relative = path.substr(this->world_.root().size() + 1);
  EXPECT_EQ(this->read_bytes(relative + "/file"), "far");
  EXPECT_EQ(this->follow_code(relative + "/file"), Code::kOk);
  const auto content = this->files().read(path, "file", {});
  ASSERT_TRUE(content.ok()) << content.status().message();
}

TYPED_TEST_P(FileSystemContract, PathsJustAroundTheLimitWork) {
  std::string path = this->make_deep("near", 16, 250);
  while (path.size() < 4085) {
    path += "/" + std::string(std::min<std::size_t>(20, 4085 - path.size()), 'n');
    this->world_.make_directory(path);
  }
  for (std::size_t length = 1; length <= 20; ++length) {
    const std::string name(length, 'f');
    this->world_.write(path + "/" + name, "x");
    EXPECT_TRUE(this->files().stat(path + "/" + name).ok()) << length;
  }
  EXPECT_EQ(this->list(path).size(), 20u);
}

TYPED_TEST_P(FileSystemContract, ADirectoryOf10000EntriesIsListedWhole) {
  for (int i = 0; i < 10'000; ++i) {
    this->world_.write(this->at("file with a longer name " + std::to_string(i)), "");
  }
  EXPECT_EQ(this->list(this->world_.root()).size(), 10'000u);
}

TYPED_TEST_P(FileSystemContract, WhatIsMissingIsNotFound) {
  const std::string path = this->at("missing");
  EXPECT_EQ(this->list_code(path), Code::kNotFound);
  EXPECT_EQ(this->look_code(path), Code::kNotFound);
  EXPECT_EQ(this->files().stat(path).status().code(), Code::kNotFound);
  EXPECT_EQ(this->files().mount(path).status().code(), Code::kNotFound);
  EXPECT_EQ(this->read_code("missing"), Code::kNotFound);
  EXPECT_EQ(this->read_code("missing", true), Code::kNotFound);
  EXPECT_EQ(this->follow_code("missing"), Code::kNotFound);
}

TYPED_TEST_P(FileSystemContract, AFileIsNoDirectory) {
  this->world_.write(this->at("file"), "");
  EXPECT_EQ(this->list_code(this->at("file")), Code::kNotDirectory);
  EXPECT_EQ(this->look_code(this->at("file")), Code::kNotDirectory);
  EXPECT_EQ(this->list_code(this->at("file/below")), Code::kNotDirectory);
  EXPECT_EQ(this->read_code("file/below"), Code::kNotDirectory);
  EXPECT_EQ(this->read_code("file/below", true), Code::kNotDirectory);
}

TYPED_TEST_P(FileSystemContract, ALinkToADirectoryIsNoDirectory) {
  this->world_.make_directory(this->at("real"));
  this->world_.link("real", this->at("link"));
  EXPECT_EQ(this->list_code(this->at("link")), Code::kNotDirectory);
  EXPECT_EQ(this->look_code(this->at("link")), Code::kNotDirectory);
  EXPECT_EQ(this->files().stat(this->at("link"))->type, FileType::kSymlink);
}

TYPED_TEST_P(FileSystemContract, LinksAreNotReadUnlessAsked) {
  this->world_.make_directory(this->at("real"));
  this->world_.write(this->at("real/file"), "inside");
  this->world_.link("real/file", this->at("link"));
  this->world_.link("real", this->at("way"));
  EXPECT_EQ(this->read_code("link"), Code::kInvalid);
  EXPECT_EQ(this->read_code("way/file"), Code::kInvalid);
  EXPECT_EQ(this->read_bytes("link", true), "inside");
  EXPECT_EQ(this->read_bytes("way/file", true), "inside");
}

TYPED_TEST_P(FileSystemContract, LinksInsideTheRootAreFollowedUpAndDown) {
  this->world_.make_directory(this->at("a"));
  this->world_.make_directory(this->at("b"));
  this->world_.make_directory(this->at("b/c"));
  this->world_.write(this->at("b/c/file"), "found");
  this->world_.link("../b", this->at("a/up"));
  this->world_.link("a/up/c/../c/./file", this->at("chain"));
  this->world_.link(this->at("b/c"), this->at("a/absolute"));
  EXPECT_EQ(this->read_bytes("chain", true), "found");
  EXPECT_EQ(this->read_bytes("a/up/c/file", true), "found");
  EXPECT_EQ(this->read_bytes("a/absolute/file", true), "found");
  const auto stamp = this->files().follow(this->world_.root(), this->at("a/up"));
  ASSERT_TRUE(stamp.ok()) << stamp.status().message();
  EXPECT_EQ(*stamp, *this->files().stat(this->at("b")));
  EXPECT_EQ(this->follow_code("a/absolute"), Code::kOk);
}

TYPED_TEST_P(FileSystemContract, NothingOutsideTheRootIsRead) {
  // The root is `inside`; its neighbour's name begins with the same letters.
  const std::string root = this->at("inside");
  this->world_.make_directory(root);
  this->world_.make_directory(this->at("inside too"));
  this->world_.write(this->at("inside too/secret"), "secret");
  this->world_.link("../inside too/secret", root + "/up");
  this->world_.link(this->at("inside too/secret"), root + "/absolute");
  this->world_.link("/etc", root + "/etc");
  this->world_.link("../inside too", root + "/way");
  for (const char* path : {"up", "absolute", "etc/passwd", "way/secret"}) {
    const auto followed = this->files().read(root, path, {.follow_symlinks = true});
    ASSERT_FALSE(followed.ok()) << path;
    EXPECT_EQ(followed.status().code(), Code::kEscapes) << path;
    const auto plain = this->files().read(root, path, {});
    ASSERT_FALSE(plain.ok()) << path;
    EXPECT_EQ(plain.status().code(), Code::kInvalid) << path;
    const auto stamp = this->files().follow(root, root + "/" + path);
    ASSERT_FALSE(stamp.ok()) << path;
    EXPECT_EQ(stamp.status().code(), Code::kEscapes) << path;
  }
  for (const char* path : {"../inside too/secret", "/etc/passwd", "x/../../inside too/secret"}) {
    const auto content = this->files().read(root, path, {});
    ASSERT_FALSE(content.ok()) << path;
    EXPECT_TRUE(content.status().code() == Code::kEscapes ||
                content.status().code() == Code::kNotFound)
        << path << ": " << content.status().message();
  }
  EXPECT_EQ(this->files().follow(root, this->at("inside too")).status().code(), Code::kEscapes);
}

TYPED_TEST_P(FileSystemContract, AFileReplacedByALinkIsNotFollowed) {
  this->world_.write(this->at("file"), "mine");
  EXPECT_EQ(this->read_bytes("file"), "mine");
  this->world_.link("/etc/passwd", this->at("new"));
  this->world_.rename(this->at("new"), this->at("file"));
  EXPECT_EQ(this->read_code("file"), Code::kInvalid);
  EXPECT_EQ(this->read_code("file", true), Code::kEscapes);
}

TYPED_TEST_P(FileSystemContract, LoopsOfLinksEnd) {
  this->world_.link("b", this->at("a"));
  this->world_.link("a", this->at("b"));
  this->world_.link(".", this->at("self"));
  this->world_.write(this->at("file"), "");
  EXPECT_EQ(this->read_code("a", true), Code::kInvalid);
  EXPECT_EQ(this->follow_code("a"), Code::kInvalid);
  EXPECT_EQ(this->read_code("self/self/self/file", true), Code::kOk);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "self/";
  EXPECT_EQ(this->read_code(many + "file", true), Code::kInvalid);
}

TYPED_TEST_P(FileSystemContract, ALinkToNothingIsNotFound) {
  this->world_.link("nothing", this->at("link"));
  EXPECT_EQ(this->follow_code("link"), Code::kNotFound);
  EXPECT_EQ(this->read_code("link", true), Code::kNotFound);
}

// The names of the open directory `relative`, with what they are.
template <class Files>
std::map<std::string, FileType> names_in(Files& files, const std::string& root,
                                         const std::string& relative, bool follow = false) {
  std::map<std::string, FileType> names;
  const auto directory = files.open_directory(root, relative, follow);
  EXPECT_TRUE(directory.ok()) << directory.status().message();
  if (!directory.ok()) return names;
  const auto entries = (*directory)->names();
  EXPECT_TRUE(entries.ok()) << entries.status().message();
  if (entries.ok())
    for (const EntryName& entry : *entries) names[entry.name] = entry.type;
  return names;
}

TYPED_TEST_P(FileSystemContract, AnOpenDirectoryTellsItsNamesAndReadsItsFiles) {
  const std::string inner = this->at("inner");
  this->world_.make_directory(inner);
  this->world_.make_directory(inner + "/folder");
  this->world_.write(inner + "/file", "bytes");
  this->world_.link("file", inner + "/link");
  const std::map<std::string, FileType> expected = {{"folder", FileType::kDirectory},
                                                    {"file", FileType::kFile},
                                                    {"link", FileType::kSymlink}};
  EXPECT_EQ(names_in(this->files(), this->world_.root(), "inner"), expected);
  EXPECT_EQ(names_in(this->files(), inner, ""), expected);
  const auto directory = this->files().open_directory(this->world_.root(), "inner", false);
  ASSERT_TRUE(directory.ok());
  EXPECT_EQ((*directory)->self(), *this->files().stat(inner));
  EXPECT_EQ(*(*directory)->stat("link"), *this->files().stat(inner + "/link"));
  const auto file = (*directory)->read("file", 5);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->bytes, "bytes");
  EXPECT_EQ(file->stamp, *this->files().stat(inner + "/file"));
  EXPECT_EQ((*directory)->read("file", 4).status().code(), Code::kTooLarge);
  EXPECT_EQ((*directory)->read("link", 5).status().code(), Code::kInvalid);
  EXPECT_EQ((*directory)->read("folder", 5).status().code(), Code::kInvalid);
  EXPECT_EQ((*directory)->read("nothing", 5).status().code(), Code::kNotFound);
  EXPECT_EQ((*directory)->stat("nothing").status().code(), Code::kNotFound);
  EXPECT_TRUE((*directory)->mount().ok());
}

// A task in a followed link was taken for gone: its files were read without following any link.
TYPED_TEST_P(FileSystemContract, AnOpenDirectoryThatALinkLedToReadsItsFiles) {
  this->world_.make_directory(this->at("real"));
  this->world_.write(this->at("real/file"), "bytes");
  this->world_.link("file", this->at("real/link"));
  this->world_.link("real", this->at("way"));
  const auto directory = this->files().open_directory(this->world_.root(), "way", true);
  ASSERT_TRUE(directory.ok());
  const auto file = (*directory)->read("file", 5);
  ASSERT_TRUE(file.ok()) << file.status().message();
  EXPECT_EQ(file->bytes, "bytes");
  EXPECT_EQ((*directory)->read("link", 5).status().code(), Code::kInvalid);
  EXPECT_EQ((*directory)->read("nothing", 5).status().code(), Code::kNotFound);
  EXPECT_EQ(*(*directory)->stat("file"), *this->files().stat(this->at("real/file")));
  EXPECT_TRUE((*directory)->mount().ok());
}

TYPED_TEST_P(FileSystemContract, OnlyADirectoryBelowTheRootIsOpened) {
  const std::string root = this->at("inside");
  this->world_.make_directory(root);
  this->world_.make_directory(this->at("outside"));
  this->world_.make_directory(root + "/real");
  this->world_.write(root + "/real/file", "");
  this->world_.link("../outside", root + "/way");
  this->world_.link("real", root + "/there");
  this->world_.link("inside", this->at("root"));
  const auto code = [&](const std::string& relative, bool follow) {
    const auto directory = this->files().open_directory(root, relative, follow);
    return directory.ok() ? Code::kOk : directory.status().code();
  };
  EXPECT_EQ(code("nothing", false), Code::kNotFound);
  EXPECT_EQ(code("real/file", false), Code::kNotDirectory);
  EXPECT_EQ(code("there", false), Code::kNotDirectory);
  EXPECT_EQ(code("way", false), Code::kNotDirectory);
  EXPECT_EQ(code("way", true), Code::kEscapes);
  EXPECT_EQ(names_in(this->files(), root, "there", true).count("file"), 1u);
  EXPECT_EQ(names_in(this->files(), this->at("root"), "").count("real"), 1u) << "the root is a link";
}

TYPED_TEST_P(FileSystemContract, DirectoriesAreOpenedBelowARootThatIsHeldOpen) {
  this->world_.make_directory(this->at("root"));
  this->world_.make_directory(this->at("root/real"));
  this->world_.write(this->at("root/real/file"), "bytes");
  const auto root = this->files().open_root(this->at("root"));
  ASSERT_TRUE(root.ok()) << root.status().message();
  const auto directory = (*root)->open_directory("real", false);
  ASSERT_TRUE(directory.ok()) << directory.status().message();
  EXPECT_EQ((*directory)->self(), *this->files().stat(this->at("root/real")));
  const auto file = (*directory)->read("file", 5);
  ASSERT_TRUE(file.ok()) << file.status().message();
  EXPECT_EQ(file->bytes, "bytes");
  EXPECT_EQ((*root)->open_directory("", false).ok(), true);
  EXPECT_EQ((*root)->open_directory("nothing", false).status().code(), Code::kNotFound);
  const auto none = this->files().open_root(this->at("nothing"));
  EXPECT_FALSE(none.ok() && (*none)->open_directory("real", false).ok());
}

TYPED_TEST_P(FileSystemContract, NoLinkLeadsOutOfARootThatIsHeldOpen) {
  this->world_.make_directory(this->at("inside"));
  this->world_.make_directory(this->at("inside/real"));
  this->world_.make_directory(this->at("outside"));
  this->world_.link("../outside", this->at("inside/way"));
  this->world_.link("inside", this->at("root"));
  for (const std::string path : {"inside", "root"}) {
    const auto root = this->files().open_root(this->at(path));
    ASSERT_TRUE(root.ok()) << root.status().message();
    EXPECT_EQ((*root)->open_directory("real", false).ok(), true);
    EXPECT_EQ((*root)->open_directory("way", false).status().code(), Code::kNotDirectory);
    EXPECT_EQ((*root)->open_directory("way", true).status().code(), Code::kEscapes);
  }
}

TYPED_TEST_P(FileSystemContract, OnlyRegularFilesAreRead) {
  this->world_.make_directory(this->at("directory"));
  EXPECT_EQ(this->read_code("directory"), Code::kInvalid);
  EXPECT_EQ(this->read_code(".", true), Code::kInvalid);
}

TYPED_TEST_P(FileSystemContract, AFifoNeverBlocks) {
  if (!this->world_.make_fifo(this->at("fifo"))) GTEST_SKIP() << "no FIFOs here";
  EXPECT_EQ(this->look(this->world_.root(), "fifo").stamp.type, FileType::kOther);
  EXPECT_EQ(this->list(this->world_.root()).at("fifo").type, FileType::kOther);
  EXPECT_EQ(this->read_code("fifo"), Code::kInvalid);
  EXPECT_EQ(this->follow_code("fifo"), Code::kOk);
  EXPECT_EQ(this->list_code(this->at("fifo")), Code::kNotDirectory);
}

TYPED_TEST_P(FileSystemContract, ReadKeepsToItsLimit) {
  this->world_.write(this->at("file"), std::string(1000, 'x'));
  this->world_.write(this->at("empty"), "");
  EXPECT_EQ(this->read("file", {.size_max = 1000})->bytes.size(), 1000u);
  EXPECT_EQ(this->read("file", {.size_max = 999}).status().code(), Code::kTooLarge);
  EXPECT_EQ(this->read("file", {.size_max = 0}).status().code(), Code::kTooLarge);
  EXPECT_EQ(this->read("empty", {.size_max = 0})->bytes, "");
}

TYPED_TEST_P(FileSystemContract, ALargeFileIsReadWhole) {
  std::string bytes(3'000'001, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 >> 3);
  this->world_.write(this->at("large"), bytes);
  EXPECT_TRUE(this->read_bytes("large") == bytes);
}

TYPED_TEST_P(FileSystemContract, WritingShowsInTheStamp) {
  this->world_.write(this->at("file"), "1");
  const Stamp before = *this->files().stat(this->at("file"));
  this->world_.write(this->at("file"), "22");
  const Stamp written = *this->files().stat(this->at("file"));
  EXPECT_FALSE(written.same_content(before));
  this->world_.set_mode(this->at("file"), 0600);
  const Stamp moded = *this->files().stat(this->at("file"));
  EXPECT_TRUE(moded.same_content(written));
  EXPECT_NE(moded, written);
}

TYPED_TEST_P(FileSystemContract, RenamingKeepsTheInodeAndHardLinksShareIt) {
  this->world_.write(this->at("old"), "");
  const Stamp before = *this->files().stat(this->at("old"));
  this->world_.hard_link(this->at("old"), this->at("second"));
  this->world_.rename(this->at("old"), this->at("new"));
  const Stamp after = *this->files().stat(this->at("new"));
  EXPECT_EQ(after.inode, before.inode);
  EXPECT_EQ(after.device, before.device);
  EXPECT_EQ(this->look(this->world_.root(), "second").stamp.inode, before.inode);
  EXPECT_EQ(this->look(this->world_.root(), "old").os_error, ENOENT);
}

TYPED_TEST_P(FileSystemContract, AnUnreadableDirectoryIsAPermissionError) {
  const std::string path = this->at("closed");
  this->world_.make_directory(path);
  this->world_.write(path + "/file", "");
  this->world_.set_mode(path, 0);
  const bool ran = this->world_.unprivileged([&] {
    EXPECT_EQ(this->list_code(path), Code::kPermission);
    EXPECT_EQ(this->look_code(path), Code::kPermission);
    EXPECT_EQ(this->read_code("closed/file"), Code::kPermission);
    EXPECT_EQ(this->look(this->world_.root(), "closed").os_error, 0);
  });
  this->world_.set_mode(path, 0755);
  if (!ran) GTEST_SKIP() << "permissions do not bind this user, or the scratch folder is out of others' reach";
  EXPECT_EQ(this->list(path).size(), 1u);
}

TYPED_TEST_P(FileSystemContract, ADirectoryThatMayBeReadAndNotSearchedIsAPermissionError) {
  const std::string path = this->at("half");
  this->world_.make_directory(path);
  this->world_.write(path + "/x", "");
  this->world_.set_mode(path, 0444);
  const bool ran = this->world_.unprivileged([&] {
    EXPECT_EQ(this->list_code(path), Code::kPermission);
    EXPECT_EQ(this->look_code(path), Code::kPermission);
  });
  this->world_.set_mode(path, 0755);
  if (!ran) GTEST_SKIP() << "permissions do not bind this user, or the scratch folder is out of others' reach";
}

TYPED_TEST_P(FileSystemContract, AnUnreadableFileIsAPermissionErrorOfThatFile) {
  this->world_.write(this->at("closed"), "x");
  this->world_.set_mode(this->at("closed"), 0);
  const bool ran = this->world_.unprivileged([&] {
    EXPECT_EQ(this->read_code("closed"), Code::kPermission);
    EXPECT_EQ(this->look(this->world_.root(), "closed").stamp.size, 1);
  });
  if (!ran) GTEST_SKIP() << "permissions do not bind this user, or the scratch folder is out of others' reach";
}

TYPED_TEST_P(FileSystemContract, TheClockIsTheOneThatStampsFiles) {
  const WallNs before = this->files().wall_now();
  this->world_.write(this->at("file"), "");
  const WallNs after = this->files().wall_now();
  const std::int64_t written = this->files().stat(this->at("file"))->mtime_ns;
  const Duration granularity = this->files().mount(this->world_.root())->granularity;
  EXPECT_LE(before - granularity.count(), written);
  EXPECT_LE(written, after + granularity.count());
}

REGISTER_TYPED_TEST_SUITE_P(FileSystemContract, ListTellsTypesAndSizes, ListLookStatAndReadAgree,
                            SelfIsTheStampOfTheDirectory, AnEmptyDirectoryHasNoEntries,
                            ListLeavesOutWhatIsSkipped, ListReplacesWhatTheResultHeld,
                            LookAnswersEachNameInOrder, LookFindsNothingUnderNamesThatAreNone,
                            NamesAreBytes, ADepthOf200IsNoLimit, PathsMayBeLongerThanTheSystemTakes,
                            PathsJustAroundTheLimitWork, ADirectoryOf10000EntriesIsListedWhole,
                            WhatIsMissingIsNotFound, AFileIsNoDirectory,
                            ALinkToADirectoryIsNoDirectory, LinksAreNotReadUnlessAsked,
                            LinksInsideTheRootAreFollowedUpAndDown, NothingOutsideTheRootIsRead,
                            AFileReplacedByALinkIsNotFollowed, LoopsOfLinksEnd,
                            ALinkToNothingIsNotFound, AnOpenDirectoryTellsItsNamesAndReadsItsFiles,
                            AnOpenDirectoryThatALinkLedToReadsItsFiles, OnlyADirectoryBelowTheRootIsOpened,
                            DirectoriesAreOpenedBelowARootThatIsHeldOpen,
                            NoLinkLeadsOutOfARootThatIsHeldOpen,
                            OnlyRegularFilesAreRead, AFifoNeverBlocks,
                            ReadKeepsToItsLimit, ALargeFileIsReadWhole, WritingShowsInTheStamp,
                            RenamingKeepsTheInodeAndHardLinksShareIt,
                            AnUnreadableDirectoryIsAPermissionError,
                            ADirectoryThatMayBeReadAndNotSearchedIsAPermissionError,
                            AnUnreadableFileIsAPermissionErrorOfThatFile,
                            TheClockIsTheOneThatStampsFiles);

}  // namespace pawl
