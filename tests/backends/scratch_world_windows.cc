#include "tests/backends/scratch_world.h"

#include <gtest/gtest.h>
#include <windows.h>

#include <algorithm>
#include <filesystem>

#include "backends/fs_path.h"
#include "backends/wide_path.h"
#include "backends/windows_open.h"
#include "tests/core/fresh_folder.h"

namespace pawl {
namespace {

// However long, and with any name that the disk can hold.
std::wstring native(const std::string& path) {
  std::u16string verbatim;
  EXPECT_TRUE(to_verbatim(path, verbatim)) << path;
  return as_wchars(verbatim);
}

void expect(BOOL done, const std::string& path) {
  EXPECT_TRUE(done) << path << ": error " << ::GetLastError();
}

}  // namespace

ScratchWorld::ScratchWorld(std::unique_ptr<FileSystem> files)
    : files_(std::move(files)), root_(fresh_folder("pawl-files")) {}

ScratchWorld::~ScratchWorld() { remove(root_); }

void ScratchWorld::make_directory(const std::string& path) {
  expect(::CreateDirectoryW(native(path).c_str(), nullptr), path);
}

void ScratchWorld::write(const std::string& path, const std::string& bytes) {
  const OwnedHandle file(::CreateFileW(native(path).c_str(), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE,
                                       nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr));
  expect(file.ok(), path);
  DWORD written = 0;
  expect(::WriteFile(file.get(), bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr), path);
}

void ScratchWorld::link(const std::string& target, const std::string& path) {
  std::u16string wide;
  EXPECT_TRUE(to_wide(target, wide));
  std::replace(wide.begin(), wide.end(), u'/', u'\\');
  const std::filesystem::path place = fs_path(path).parent_path() / fs_path(target);
  const DWORD kind = std::filesystem::is_directory(place) ? SYMBOLIC_LINK_FLAG_DIRECTORY : 0;
  // 2: without being an administrator, where developers may.
  expect(::CreateSymbolicLinkW(native(path).c_str(), as_wchars(wide).c_str(), kind | 2), path);
}

void ScratchWorld::hard_link(const std::string& old, const std::string& path) {
  expect(::CreateHardLinkW(native(path).c_str(), native(old).c_str(), nullptr), path);
}

void ScratchWorld::rename(const std::string& from, const std::string& to) {
  expect(::MoveFileExW(native(from).c_str(), native(to).c_str(), MOVEFILE_REPLACE_EXISTING), from);
}

void ScratchWorld::remove(const std::string& path) {
  const std::wstring name = native(path);
  ::SetFileAttributesW(name.c_str(), FILE_ATTRIBUTE_NORMAL);
  if (::DeleteFileW(name.c_str())) return;
  Stamp self;
  std::vector<DirectoryEntry> entries;
  if (files_->list(path, {}, self, entries).ok())
    for (const DirectoryEntry& entry : entries) remove(path + "/" + entry.name);
  expect(::RemoveDirectoryW(name.c_str()), path);
}

void ScratchWorld::set_mode(const std::string& path, unsigned mode) {
  const DWORD attributes = (mode & 0200) == 0 ? FILE_ATTRIBUTE_READONLY : FILE_ATTRIBUTE_NORMAL;
  expect(::SetFileAttributesW(native(path).c_str(), attributes), path);
}

bool ScratchWorld::make_fifo(const std::string&) { return false; }

bool ScratchWorld::unprivileged(const std::function<void()>&) { return false; }

}  // namespace pawl
