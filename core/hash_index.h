// An open-addressing index from names to positions in somebody's array. It stores positions only,
// four bytes each; the names stay where they are.
//
// Below kLinearMax elements there is no table at all: a scan over so few is as fast, and most
// directories are that small.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace pawl {

class HashIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::uint32_t kLinearMax = 8;

  // `name_of(i)` is the name of element i, for every element inserted.
  template <class NameOf>
  std::uint32_t find(std::string_view name, const NameOf& name_of) const {
    if (slots_.empty()) {
      for (std::uint32_t i = 0; i < count_; ++i)
        if (name_of(i) == name) return i;
      return kNone;
    }
    for (std::size_t s = home(name);; s = next(s)) {
      if (slots_[s] == kNone) return kNone;
      if (name_of(slots_[s]) == name) return slots_[s];
    }
  }

  // Element `i` is new; `count` elements are there with it.
  // REQUIRES: i == count - 1, and its name is not in the index.
  template <class NameOf>
  void insert(std::uint32_t i, const NameOf& name_of, std::size_t count) {
    count_ = static_cast<std::uint32_t>(count);
    if (slots_.empty() ? count_ > kLinearMax : std::size_t{count_} * 4 > slots_.size() * 3) {
      rebuild(name_of);
    } else if (!slots_.empty()) {
      place(i, name_of(i));
    }
  }

  // Element `i` goes and the last element takes its position, as in a swap-remove. Called before
  // the elements move.
  template <class NameOf>
  void erase(std::uint32_t i, const NameOf& name_of) {
    const std::uint32_t last = --count_;
    if (slots_.empty()) return;
    if (last != i) {
      const std::size_t moved = slot_of(last, name_of(last));
      vacate(slot_of(i, name_of(i)), name_of);
      // Closing the gap may have moved the slot of `last`.
      slots_[slots_[moved] == last ? moved : slot_of(last, name_of(last))] = i;
    } else {
      vacate(slot_of(i, name_of(i)), name_of);
    }
  }

  std::size_t memory() const { return slots_.capacity() * sizeof(std::uint32_t); }

 private:
  std::size_t home(std::string_view name) const {
    return std::hash<std::string_view>{}(name) & (slots_.size() - 1);
  }
  std::size_t next(std::size_t s) const { return (s + 1) & (slots_.size() - 1); }

  std::size_t slot_of(std::uint32_t i, std::string_view name) const {
    std::size_t s = home(name);
    while (slots_[s] != i) s = next(s);
    return s;
  }

  void place(std::uint32_t i, std::string_view name) {
    std::size_t s = home(name);
    while (slots_[s] != kNone) s = next(s);
    slots_[s] = i;
  }

  // Empties slot `s` and moves back what would otherwise no longer be found (Knuth 6.4, algorithm R).
  template <class NameOf>
  void vacate(std::size_t s, const NameOf& name_of) {
    for (std::size_t probe = next(s); slots_[probe] != kNone; probe = next(probe)) {
      const std::size_t wanted = home(name_of(slots_[probe]));
      const bool stays = s <= probe ? (s < wanted && wanted <= probe) : (s < wanted || wanted <= probe);
      if (stays) continue;
      slots_[s] = slots_[probe];
      s = probe;
    }
    slots_[s] = kNone;
  }

  template <class NameOf>
  void rebuild(const NameOf& name_of) {
    std::size_t size = 16;
    while (std::size_t{count_} * 2 > size) size *= 2;
    slots_.assign(size, kNone);
    for (std::uint32_t i = 0; i < count_; ++i) place(i, name_of(i));
  }

  std::vector<std::uint32_t> slots_;
  std::uint32_t count_ = 0;
};

}  // namespace pawl
