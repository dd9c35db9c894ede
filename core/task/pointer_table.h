// Values that others own, found by a key that each of them has: a hash table of pointers, nine bytes
// and a third more for each. The ninth is of its hash: another value is hardly ever looked at, which would
// be a cache miss each time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
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
    const std::size_t hash = Traits::hash(key);
    for (std::size_t s = home(hash); slots_[s] != nullptr; s = next(s))
      if (tags_[s] == tag(hash) && Traits::same(*slots_[s], key)) return slots_[s];
    return nullptr;
  }

  // REQUIRES: none has its key, and that stays as it is while the value is here.
  void insert(T& value) {
    ++count_;
    if (count_ * 5 > slots_.size() * 4) grow();
    place(&value);
  }

  // REQUIRES: it is here.
  void erase(const T& value) {
    --count_;
    std::size_t s = home(Traits::hash(value));
    while (slots_[s] != &value) s = next(s);
    // What would no longer be found is moved back (Knuth 6.4, algorithm R).
    for (std::size_t probe = next(s); slots_[probe] != nullptr; probe = next(probe)) {
      const std::size_t wanted = home(Traits::hash(*slots_[probe]));
      const bool stays = s <= probe ? (s < wanted && wanted <= probe) : (s < wanted || wanted <= probe);
      if (stays) continue;
      slots_[s] = slots_[probe];
      tags_[s] = tags_[probe];
      s = probe;
    }
    slots_[s] = nullptr;
  }

 private:
  std::size_t home(std::size_t hash) const { return hash & (slots_.size() - 1); }
  // Of bits that have no say in where it stands.
  static std::uint8_t tag(std::size_t hash) {
    return static_cast<std::uint8_t>(hash >> (sizeof hash * 8 - 8));
  }
  std::size_t next(std::size_t s) const { return (s + 1) & (slots_.size() - 1); }

  void place(T* value) {
    const std::size_t hash = Traits::hash(*value);
    std::size_t s = home(hash);
    while (slots_[s] != nullptr) s = next(s);
    slots_[s] = value;
    tags_[s] = tag(hash);
  }

  void grow() {
    std::vector<T*> before(slots_.empty() ? 16 : slots_.size() * 2);
    before.swap(slots_);
    tags_.assign(slots_.size(), 0);
    for (T* value : before)
      if (value != nullptr) place(value);
  }

  std::vector<T*> slots_;  // a power of two
  std::vector<std::uint8_t> tags_;
  std::size_t count_ = 0;
};

}  // namespace pawl
