// XXH3-128: tells contents apart. It is stored, so it is the same on every platform and version.
// Not for secrets: whoever wants two contents of one checksum can make them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pawl {

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool operator==(const Hash128&) const = default;
};

Hash128 hash_of(std::string_view bytes);

// The checksum of a sequence of strings. Each goes in after its length, so that no two sequences
// run together to the same bytes.
class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(Checksum&&) noexcept;
  Checksum& operator=(Checksum&&) noexcept;

  void add(std::string_view bytes);

  // 32 hexadecimal digits, lower case, of all that was added so far.
  std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pawl
