// Names that many directories have are kept once: package.json, index.html, the files of a task.
//
// A name is kept here once it has come often enough, for as long as this lives. There is room for few,
// so it costs little where all names differ.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>

namespace pawl {

// Threading: one thread at a time.
class CommonNames {
 public:
  // The bytes of `name`, or null: whoever needs them keeps his own.
  const char* find(std::string_view name) {
    const std::uint64_t hash = std::hash<std::string_view>{}(name);
    Slot& slot = slots_[hash % kSlots];
    if (slot.bytes) return slot.size == name.size() && same(slot, name) ? slot.bytes.get() : nullptr;
    if (slot.hash != hash) {
      slot.hash = hash;
      slot.times = 0;
    }
    if (++slot.times < kTimes) return nullptr;
    slot.bytes = std::make_unique_for_overwrite<char[]>(name.size());
    std::memcpy(slot.bytes.get(), name.data(), name.size());
    slot.size = static_cast<std::uint32_t>(name.size());
    return slot.bytes.get();
  }

 private:
  static constexpr std::size_t kSlots = 256;
  static constexpr std::uint32_t kTimes = 16;
  struct Slot {
    std::unique_ptr<char[]> bytes;
    std::uint64_t hash = 0;
    std::uint32_t size = 0;
    std::uint32_t times = 0;  // in a row, among the names of this slot
  };
  static bool same(const Slot& slot, std::string_view name) {
    return std::memcmp(slot.bytes.get(), name.data(), name.size()) == 0;
  }

  std::array<Slot, kSlots> slots_;
};

}  // namespace pawl
