// Writes ZIP archives byte by byte, also such as no archiver would write.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pawl {

struct ZipEntry {
  std::string name;
  std::string bytes;
  std::uint32_t mode = 0;          // Unix mode with the type of file; 0: none is written
  bool encrypted = false;          // only says so
  std::uint32_t claimed_size = 0;  // the size that is declared, if not 0
};

std::string write_zip(const std::vector<ZipEntry>& entries);

}  // namespace pawl
