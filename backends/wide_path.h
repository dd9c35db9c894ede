// Names and paths as Windows has them, and as pawl has them. Pure, so that every platform tests it.
//
// Windows' names are 16-bit units that need not be valid UTF-16. pawl's are bytes: UTF-8, where a
// surrogate that has no partner is written in three bytes as any other unit of its size would be
// (WTF-8), so that each name has one form here and comes back as it was.
// Windows' paths are pawl's with '/' for '\': "C:/tasks/greet", "//server/share/tasks".
#pragma once

#include <string>
#include <string_view>

namespace pawl {

// False: the bytes name nothing there (no WTF-8, or a zero).
bool to_wide(std::string_view bytes, std::u16string& wide);
std::string from_wide(std::u16string_view wide);

// The form that is taken as it stands, however long: "\\?\C:\tasks", "\\?\UNC\server\share". False: the
// path is not absolute, or names nothing.
bool to_verbatim(std::string_view path, std::u16string& verbatim);
// And back, from a verbatim or an ordinary path.
std::string from_verbatim(std::u16string_view path);

// "C:/" or "//server/share": what has no parent. `path` as pawl has it.
bool is_drive_root(std::string_view path);

// The drive or share of an absolute path: "C:", "//server/share".
std::string_view drive_of(std::string_view path);

// A drive has one letter, and what is on it is compared as it is written: "c:/x" becomes "C:/x".
void upper_drive(std::string& path);

}  // namespace pawl
