// An open-addressing index from names to positions in somebody's array. It stores positions and 32
// bits of each name's hash, eight bytes each; the names stay where they are, and are read only where
// the hashes agree. So it grows without reading them: a million names in one directory are moved to a
// larger table in some 10 ms, and not in 100.
//
// Below kLinearMax elements there is no table at all: a scan over so few is as fast, and most
// directories are that small.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace pawl {

class HashIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::uint32_t kLinearMax = 8;

  // `name_of(i)` is the name of element i, for every element inserted.
  template <class NameOf>
  std::uint32_t find(std::string_view name, const NameOf& name_of) const {
    if (!slots_) {
      for (std::uint32_t i = 0; i < count_; ++i)
        if (name_of(i) == name) return i;
      return kNone;
    }
    const std::uint32_t hash = hash_of(name);
    for (std::size_t s = home(hash);; s = next(s)) {
      if (slots_[s].position == kNone) return kNone;
      if (slots_[s].hash == hash && name_of(slots_[s].position) == name) return slots_[s].position;
    }
  }

  // Element `i` is new; `count` elements are there with it.
  // REQUIRES: i == count - 1, and its name is not in the index.
  template <class NameOf>
  void insert(std::uint32_t i, const NameOf& name_of, std::size_t count) {
    count_ = static_cast<std::uint32_t>(count);
    if (!slots_) {
      if (count_ > kLinearMax) build(count_, name_of);
      return;
    }
    if (is_crowded(count_)) grow(count_);
    place({i, hash_of(name_of(i))});
  }

  // Room for `count` elements.
  template <class NameOf>
  void reserve(std::size_t count, const NameOf& name_of) {
    if (count <= kLinearMax || !is_crowded(count)) return;
    if (!slots_) {
      build(count, name_of);
    } else {
      grow(count);
    }
  }

  // Element `i` goes and the last element takes its position, as in a swap-remove. Called before
  // the elements move.
  template <class NameOf>
  void erase(std::uint32_t i, const NameOf& name_of) {
    const std::uint32_t last = --count_;
    if (!slots_) return;
    vacate(slot_of(i, name_of(i)));
    if (last != i) slots_[slot_of(last, name_of(last))].position = i;
  }

  std::size_t memory() const { return room_ * sizeof(Slot); }

 private:
  struct Slot {
    std::uint32_t position = kNone;
    std::uint32_t hash = 0;
  };

  static std::uint32_t hash_of(std::string_view name) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>{}(name));
  }
  // Five sixths of the slots are taken at most: a hundred names fit into 128.
  bool is_crowded(std::size_t count) const { return count * 6 > std::size_t{room_} * 5; }
  static std::size_t size_for(std::size_t count) {
    std::size_t size = 16;
    while (count * 6 > size * 5) size *= 2;
    return size;
  }
  std::size_t home(std::uint32_t hash) const { return hash & (room_ - 1); }
  std::size_t next(std::size_t s) const { return (s + 1) & (room_ - 1); }

  std::size_t slot_of(std::uint32_t i, std::string_view name) const {
    std::size_t s = home(hash_of(name));
    while (slots_[s].position != i) s = next(s);
    return s;
  }

  void place(Slot slot) {
    std::size_t s = home(slot.hash);
    while (slots_[s].position != kNone) s = next(s);
    slots_[s] = slot;
  }

  // Empties slot `s` and moves back what would otherwise no longer be found (Knuth 6.4, algorithm R).
  void vacate(std::size_t s) {
    for (std::size_t probe = next(s); slots_[probe].position != kNone; probe = next(probe)) {
      const std::size_t wanted = home(slots_[probe].hash);
      const bool stays = s <= probe ? (s < wanted && wanted <= probe) : (s < wanted || wanted <= probe);
      if (stays) continue;
      slots_[s] = slots_[probe];
      s = probe;
    }
    slots_[s] = Slot{};
  }

  template <class NameOf>
  void build(std::size_t count, const NameOf& name_of) {
    make_room(count);
    for (std::uint32_t i = 0; i < count_; ++i) place({i, hash_of(name_of(i))});
  }

  void grow(std::size_t count) {
    const std::uint32_t room = room_;
    const std::unique_ptr<Slot[]> before = std::move(slots_);
    make_room(count);
    for (std::uint32_t s = 0; s < room; ++s)
      if (before[s].position != kNone) place(before[s]);
  }

  void make_room(std::size_t count) {
    room_ = static_cast<std::uint32_t>(size_for(count));
    slots_ = std::make_unique<Slot[]>(room_);
  }

  std::unique_ptr<Slot[]> slots_;
  std::uint32_t room_ = 0;  // slots, a power of two
  std::uint32_t count_ = 0;
};

}  // namespace pawl
