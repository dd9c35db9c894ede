// A string that never changes, in eight bytes and those of the text: for what there are very many of.
#pragma once

#include <cassert>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace pawl {

class PackedText {
 public:
  PackedText() = default;
  // REQUIRES: it is shorter than 64 KiB.
  explicit PackedText(std::string_view text)
      : bytes_(std::make_unique_for_overwrite<char[]>(sizeof(Size) + text.size())) {
    assert(text.size() <= UINT16_MAX);
    const auto size = static_cast<Size>(text.size());
    std::memcpy(bytes_.get(), &size, sizeof size);
    std::memcpy(bytes_.get() + sizeof size, text.data(), text.size());
  }

  // Valid for as long as this is, and where it is moved to.
  std::string_view view() const {
    if (!bytes_) return {};
    Size size;
    std::memcpy(&size, bytes_.get(), sizeof size);
    return {bytes_.get() + sizeof size, size};
  }

 private:
  using Size = std::uint16_t;
  std::unique_ptr<char[]> bytes_;
};

}  // namespace pawl
