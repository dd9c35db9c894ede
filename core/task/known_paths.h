// The known paths of a source, in the order of their bytes: blocks of pointers, each found by its
// first. A tree of nodes would take half as much again for each path.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace pawl {

struct KnownTask;

// Threading: one thread at a time.
class KnownPaths {
 public:
  class Iterator {
   public:
    Iterator(const KnownPaths* paths, std::size_t block, std::size_t at)
        : paths_(paths), block_(block), at_(at) {}
    KnownTask& operator*() const { return *paths_->blocks_[block_][at_]; }
    KnownTask* operator->() const { return &**this; }
    Iterator& operator++() {
      if (++at_ == paths_->blocks_[block_].size()) *this = Iterator(paths_, block_ + 1, 0);
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const KnownPaths* paths_;
    std::size_t block_;
    std::size_t at_;
  };

  KnownPaths();
  ~KnownPaths();
  KnownPaths(KnownPaths&&) noexcept;
  KnownPaths& operator=(KnownPaths&&) noexcept;

  std::size_t size() const { return size_; }
  Iterator begin() const { return Iterator(this, 0, 0); }
  Iterator end() const { return Iterator(this, blocks_.size(), 0); }
  // The first that is not before `path`.
  Iterator lower_bound(std::string_view path) const;
  // Null if there is none.
  KnownTask* find(std::string_view path) const;

  // The one that has its path from now on: `known`, or the one that was there. It stays where it is,
  // and REQUIRES: its path stays what it is.
  KnownTask& insert(std::unique_ptr<KnownTask> known);
  // REQUIRES: it is here.
  void erase(std::string_view path);

 private:
  using Block = std::vector<std::unique_ptr<KnownTask>>;
  struct Place {
    std::size_t block = 0;
    std::size_t at = 0;
  };

  // Where `path` is, or would be. REQUIRES: there is a block.
  Place place_of(std::string_view path) const;
  bool fits(Place place, std::string_view path) const;
  KnownTask* at(Place place, std::string_view path) const;

  std::vector<Block> blocks_;  // none is empty
  std::size_t size_ = 0;
  mutable Place last_;  // that was looked for: the next is often the same, or the one after it
};

}  // namespace pawl
