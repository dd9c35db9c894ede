// Paths of std::filesystem and pawl's own, which are bytes with '/'. Not the same where a system's paths
// are not bytes: what std::filesystem would make of a std::string is lossy there.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace pawl {

// What names nothing on this system becomes an empty path.
std::filesystem::path fs_path(std::string_view path);
std::string path_text(const std::filesystem::path& path);

// Absolute, without ".", ".." or a slash at the end. Links are left as they are. Empty: there is no
// current directory to start from.
std::string absolute_path(const std::string& path);

// What std::filesystem reports, as errno has it: a system may have numbers of its own.
int errno_of(const std::error_code& error);

// What uv_fs_event_start is given for the absolute `path`.
std::string watched_path(const std::string& path);

}  // namespace pawl
