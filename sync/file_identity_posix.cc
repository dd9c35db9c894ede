#include <sys/stat.h>

#include "sync/file_identity.h"

namespace pawl {

FileIdentity file_identity(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return {static_cast<std::uint64_t>(found.st_dev), static_cast<std::uint64_t>(found.st_ino)};
}

}  // namespace pawl
