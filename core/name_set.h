// The names of one directory that wait to be looked at, each once, in the order they came.
#pragma once

#include <string_view>

#include "core/hash_index.h"
#include "core/name_list.h"

namespace pawl {

class NameSet {
 public:
  // False if it was there.
  bool insert(std::string_view name) {
    const auto name_of = [this](std::uint32_t i) { return names_[i]; };
    if (index_.find(name, name_of) != HashIndex::kNone) return false;
    names_.push_back(name);
    index_.insert(static_cast<std::uint32_t>(names_.size() - 1), name_of, names_.size());
    return true;
  }

  bool contains(std::string_view name) const {
    return index_.find(name, [this](std::uint32_t i) { return names_[i]; }) != HashIndex::kNone;
  }

  std::size_t size() const { return names_.size(); }
  bool empty() const { return names_.empty(); }
  void clear() { *this = NameSet(); }

  const NameList& names() const { return names_; }

  // The names; the set is empty afterwards.
  NameList take() {
    NameList names = std::move(names_);
    clear();
    return names;
  }

 private:
  NameList names_;
  HashIndex index_;
};

}  // namespace pawl
