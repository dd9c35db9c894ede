// A persistent hash map: copying one is one pointer, and a change copies only the few nodes on its
// way from the root (a hash array mapped trie of 64 ways). So a snapshot costs nothing, and changing
// one value costs a node of up to 64 for each level: their number grows with the logarithm of the size
// to the base 64, two levels for 1,000 values, three for 100,000, four for millions.
//
// Traits gives `static std::string_view key(const Value&)`, unique within a map. Values are copied
// when a neighbour changes: keep them small (a shared_ptr or two).
//
// Threading: copies of one map may be read and destroyed on any thread while the original is being
// changed by its one writer.
#pragma once

#include <bit>
#include <cassert>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/task/stable_hash.h"

namespace pawl {

template <class Value, class Traits>
class CowMap {
 public:
  std::size_t size() const { return size_; }

  // Valid as long as any copy of this map that holds the value.
  const Value* find(std::string_view key) const {
    const std::uint64_t hash = stable_hash(key);
    const Node* node = root_.get();
    for (unsigned shift = 0; node != nullptr; shift += kBits) {
      if (shift >= kHashBits) return find_in(node->values, key);
      const std::uint64_t bit = bit_of(hash, shift);
      if (node->value_bits & bit) {
        const Value& value = node->values[rank(node->value_bits, bit)];
        return Traits::key(value) == key ? &value : nullptr;
      }
      if (!(node->child_bits & bit)) return nullptr;
      node = node->children[rank(node->child_bits, bit)].get();
    }
    return nullptr;
  }

  // `visit(const Value&)` for each value, in no order that may reach an output.
  template <class Visit>
  void for_each(const Visit& visit) const {
    if (root_) walk(*root_, visit);
  }

  // `batch` names a run of changes between two snapshots: nodes that were made in the same batch
  // are changed in place. REQUIRES: a number never used before the last copy was taken.
  void put(Value value, std::uint64_t batch) {
    const std::uint64_t hash = stable_hash(Traits::key(value));
    if (put_at(root_, std::move(value), hash, 0, batch)) ++size_;
  }

  // False: there was none.
  bool erase(std::string_view key, std::uint64_t batch) {
    if (find(key) == nullptr) return false;
    erase_at(root_, key, stable_hash(key), 0, batch);
    --size_;
    return true;
  }

 private:
  static constexpr unsigned kBits = 6;
  static constexpr unsigned kHashBits = 60;  // below that, values of one hash stand in a list

  struct Node {
    std::uint64_t batch = 0;
    std::uint64_t value_bits = 0;
    std::uint64_t child_bits = 0;
    std::vector<Value> values;
    std::vector<std::shared_ptr<Node>> children;
  };
  using NodePtr = std::shared_ptr<Node>;

  static std::uint64_t bit_of(std::uint64_t hash, unsigned shift) {
    return std::uint64_t{1} << ((hash >> shift) & 63);
  }
  static std::size_t rank(std::uint64_t bits, std::uint64_t bit) {
    return static_cast<std::size_t>(std::popcount(bits & (bit - 1)));
  }

  static const Value* find_in(const std::vector<Value>& values, std::string_view key) {
    for (const Value& value : values)
      if (Traits::key(value) == key) return &value;
    return nullptr;
  }

  template <class Visit>
  static void walk(const Node& node, const Visit& visit) {
    for (const Value& value : node.values) visit(value);
    for (const NodePtr& child : node.children) walk(*child, visit);
  }

  // A node that nobody else can see.
  static Node& own(NodePtr& node, std::uint64_t batch) {
    if (!node) {
      node = std::make_shared<Node>();
    } else if (node->batch != batch) {
      node = std::make_shared<Node>(*node);
    }
    node->batch = batch;
    return *node;
  }

  // True: the key is new.
  static bool put_at(NodePtr& slot, Value value, std::uint64_t hash, unsigned shift,
                     std::uint64_t batch) {
    Node& node = own(slot, batch);
    if (shift >= kHashBits) return put_in_list(node.values, std::move(value));
    const std::uint64_t bit = bit_of(hash, shift);
    if (node.child_bits & bit) {
      return put_at(node.children[rank(node.child_bits, bit)], std::move(value), hash,
                    shift + kBits, batch);
    }
    const auto at = node.values.begin() + static_cast<std::ptrdiff_t>(rank(node.value_bits, bit));
    if (!(node.value_bits & bit)) {
      insert(node.values, at, std::move(value));
      node.value_bits |= bit;
      return true;
    }
    if (Traits::key(*at) == Traits::key(value)) {
      *at = std::move(value);
      return false;
    }
    // Two keys want this place: both move a level down.
    NodePtr child;
    const std::uint64_t other = stable_hash(Traits::key(*at));
    put_at(child, std::move(*at), other, shift + kBits, batch);
    put_at(child, std::move(value), hash, shift + kBits, batch);
    node.values.erase(at);
    node.value_bits &= ~bit;
    insert(node.children,
           node.children.begin() + static_cast<std::ptrdiff_t>(rank(node.child_bits, bit)),
           std::move(child));
    node.child_bits |= bit;
    return true;
  }

  // With no room to spare: there are very many of these, and most never grow again.
  template <class T>
  static void insert(std::vector<T>& into, typename std::vector<T>::iterator at, T value) {
    const auto position = at - into.begin();
    into.reserve(into.size() + 1);
    into.insert(into.begin() + position, std::move(value));
  }

  static bool put_in_list(std::vector<Value>& values, Value value) {
    for (Value& other : values) {
      if (Traits::key(other) != Traits::key(value)) continue;
      other = std::move(value);
      return false;
    }
    values.push_back(std::move(value));
    return true;
  }

  // REQUIRES: the key is there.
  static void erase_at(NodePtr& slot, std::string_view key, std::uint64_t hash, unsigned shift,
                       std::uint64_t batch) {
    Node& node = own(slot, batch);
    if (shift >= kHashBits) {
      std::erase_if(node.values, [&](const Value& value) { return Traits::key(value) == key; });
    } else if (const std::uint64_t bit = bit_of(hash, shift); node.value_bits & bit) {
      node.values.erase(node.values.begin() +
                        static_cast<std::ptrdiff_t>(rank(node.value_bits, bit)));
      node.value_bits &= ~bit;
    } else {
      const auto at =
          node.children.begin() + static_cast<std::ptrdiff_t>(rank(node.child_bits, bit));
      assert(node.child_bits & bit);
      erase_at(*at, key, hash, shift + kBits, batch);
      if (!*at) {
        node.children.erase(at);
        node.child_bits &= ~bit;
      }
    }
    if (node.values.empty() && node.children.empty()) slot = nullptr;
  }

  NodePtr root_;
  std::size_t size_ = 0;
};

}  // namespace pawl
