#include "backends/fs_path.h"

namespace pawl {

std::filesystem::path fs_path(std::string_view path) { return path; }

std::string path_text(const std::filesystem::path& path) { return path.native(); }

std::string absolute_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) return {};
  std::string normal = absolute.lexically_normal().native();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

int errno_of(const std::error_code& error) { return error.value(); }

std::string watched_path(const std::string& path) { return path; }

}  // namespace pawl
