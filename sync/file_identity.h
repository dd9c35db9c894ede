// Whether a path still leads to the file that it led to. The edge to the operating system:
// file_identity_posix.cc holds it for POSIX.
#pragma once

#include <cstdint>
#include <string>

namespace pawl {

struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;  // both 0: there is no file

  bool operator==(const FileIdentity&) const = default;
  bool exists() const { return *this != FileIdentity(); }
};

// Follows links. Any error is "no file".
FileIdentity file_identity(const std::string& path);

}  // namespace pawl
