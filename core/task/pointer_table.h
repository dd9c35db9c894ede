// Values that others own, found by a key that each of them has: a hash table of pointers, each with
// 32 bits of its hash beside it. So another value is hardly ever looked at, nor is any when the table
// grows: each look would be a cache miss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pawl {

// Traits: `hash(const T&)`, and for every kind of key `hash(key)` and `same(const T&, key)`.
template <class T, class Traits>
class PointerTable {
 public:
  std::size_t size() const { return count_; }

  template <class Key>
  T* find(const Key& key) const {
    if (slots_.empty()) return nullptr;
    const std::uint32_t hash = mixed(Traits::hash(key));
    for (std::size_t s = home(hash); slots_[s] != nullptr; s = next(s))
      if (hashes_[s] == hash && Traits::same(*slots_[s], key)) return slots_[s];
    return nullptr;
  }

  // REQUIRES: none has its key, and that stays as it is while the value is here.
  void insert(T& value) {
    ++count_;
    if (count_ * 5 > slots_.size() * 4) grow();
    place(&value, mixed(Traits::hash(value)));
  }

  // REQUIRES: it is here.
  void erase(const T& value) {
    --count_;
    std::size_t s = home(mixed(Traits::hash(value)));
    while (slots_[s] != &value) s = next(s);
    // What would no longer be found is moved back (Knuth 6.4, algorithm R).
    for (std::size_t probe = next(s); slots_[probe] != nullptr; probe = next(probe)) {
      const std::size_t wanted = home(hashes_[probe]);
      const bool stays = s <= probe ? (s < wanted && wanted <= probe) : (s < wanted || wanted <= probe);
      if (stays) continue;
      slots_[s] = slots_[probe];
      hashes_[s] = hashes_[probe];
      s = probe;
    }
    slots_[s] = nullptr;
  }

 private:
  static std::uint32_t mixed(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash ^ (hash >> 32));
  }
  std::size_t home(std::uint32_t hash) const { return hash & (slots_.size() - 1); }
  std::size_t next(std::size_t s) const { return (s + 1) & (slots_.size() - 1); }

  void place(T* value, std::uint32_t hash) {
    std::size_t s = home(hash);
    while (slots_[s] != nullptr) s = next(s);
    slots_[s] = value;
    hashes_[s] = hash;
  }

  void grow() {
    std::vector<T*> slots(slots_.empty() ? 16 : slots_.size() * 2);
    std::vector<std::uint32_t> hashes(slots.size());
    slots.swap(slots_);
    hashes.swap(hashes_);
    for (std::size_t s = 0; s < slots.size(); ++s)
      if (slots[s] != nullptr) place(slots[s], hashes[s]);
  }

  std::vector<T*> slots_;  // a power of two
  std::vector<std::uint32_t> hashes_;
  std::size_t count_ = 0;
};

}  // namespace pawl
