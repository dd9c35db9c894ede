#include "tests/task/zip_writer.h"

#include <cstddef>

namespace pawl {
namespace {

std::uint32_t crc_of(const std::string& bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

void put16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>((value >> 8) & 0xFF);
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, value & 0xFFFF);
  put16(out, value >> 16);
}

// What the header before the content and the one in the directory have in common.
void put_common(std::string& out, const ZipEntry& entry) {
  put16(out, 20);
  put16(out, entry.encrypted ? 1 : 0);
  put16(out, 0);  // stored
  put16(out, 0);
  put16(out, 0x21);  // 1980-01-01
  put32(out, crc_of(entry.bytes));
  put32(out, static_cast<std::uint32_t>(entry.bytes.size()));
  put32(out, entry.claimed_size != 0 ? entry.claimed_size
                                     : static_cast<std::uint32_t>(entry.bytes.size()));
  put16(out, static_cast<std::uint32_t>(entry.name.size()));
  put16(out, 0);
}

}  // namespace

std::string write_zip(const std::vector<ZipEntry>& entries) {
  std::string out;
  std::string directory;
  for (const ZipEntry& entry : entries) {
    const auto offset = static_cast<std::uint32_t>(out.size());
    out += "PK\x03\x04";
    put_common(out, entry);
    out += entry.name;
    out += entry.bytes;
    directory += "PK\x01\x02";
    put16(directory, (3 << 8) | 20);  // made on Unix
    put_common(directory, entry);
    put16(directory, 0);
    put16(directory, 0);
    put16(directory, 0);
    put32(directory, entry.mode << 16);
    put32(directory, offset);
    directory += entry.name;
  }
  const auto start = static_cast<std::uint32_t>(out.size());
  out += directory;
  out += "PK\x05\x06";
  put32(out, 0);
  put16(out, static_cast<std::uint32_t>(entries.size()));
  put16(out, static_cast<std::uint32_t>(entries.size()));
  put32(out, static_cast<std::uint32_t>(directory.size()));
  put32(out, start);
  put16(out, 0);
  return out;
}

}  // namespace pawl
