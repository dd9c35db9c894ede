#include "backends/fs_path.h"

#include <windows.h>

#include "backends/wide_path.h"
#include "backends/windows_open.h"

namespace pawl {

std::filesystem::path fs_path(std::string_view path) {
  std::u16string wide;
  if (!to_wide(path, wide)) return {};
  return as_wchars(wide);
}

std::string path_text(const std::filesystem::path& path) {
  return from_verbatim(as_units(path.native()));
}

std::string absolute_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(fs_path(path), error);
  if (error || path.empty()) return {};
  std::string normal = path_text(absolute.lexically_normal());
  while (normal.ends_with('/') && !is_drive_root(normal)) normal.pop_back();
  upper_drive(normal);
  return normal;
}

int errno_of(const std::error_code& error) {
  if (error.category() == std::generic_category()) return error.value();
  return errno_of(static_cast<DWORD>(error.value()));
}

std::string watched_path(const std::string& given) {
  // Verbatim, "." would be a name like any other. That a link is followed needs no saying to libuv.
  const std::string path = given.ends_with("/.") ? given.substr(0, given.size() - 2) : given;
  std::u16string verbatim;
  if (!to_verbatim(path, verbatim)) return path;
  // Without short names: libuv makes the names that it hears of long ones, and then takes it for an
  // error of its own that they do not begin as this does (src/win/fs-event.c, uv__relative_path).
  std::wstring longer(32768, L'\0');
  const DWORD size = ::GetLongPathNameW(as_wchars(verbatim).c_str(), longer.data(),
                                        static_cast<DWORD>(longer.size()));
  if (size > 0 && size < longer.size()) verbatim = as_units(std::wstring_view(longer).substr(0, size));
  return from_wide(verbatim);
}

}  // namespace pawl
