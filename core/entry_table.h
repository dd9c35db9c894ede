// The entries of one directory: what was there at the last look.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "core/directory_id.h"
#include "core/hash_index.h"
#include "core/stamp.h"

namespace pawl {

// One name in a directory. 64 bytes and the name: a million of them are held.
class Entry {
 private:
  std::unique_ptr<char[]> name_;
  std::uint64_t inode_ = 0;
  std::int64_t size_ = 0;
  std::int64_t mtime_ns_ = 0;
  std::int64_t ctime_ns_ = 0;
  std::uint32_t owner_ = 0;
  std::uint16_t mode_ = 0;
  std::uint16_t name_size_ = 0;
  FileType type_ = FileType::kOther;
  bool shared_ = false;

 public:
  Entry(std::string_view name, const Stamp& stamp);

  std::string_view name() const { return {name_.get(), name_size_}; }
  FileType type() const { return type_; }
  std::uint64_t inode() const { return inode_; }

  // The device is not kept: an entry is on its directory's device, or a directory of its own.
  Stamp stamp(std::uint64_t device) const;
  void set_stamp(const Stamp& stamp);

  // Its stamp may not tell a later write from the one that it shows.
  bool unsettled = false;
  // Hints that came while it was unsettled: none, one, or more.
  std::uint8_t told = 0;
  // Which listing saw it last: for EntryTable.
  std::uint8_t seen = 0;
  // The directory that it is, if it is one that is followed.
  DirectoryId child;
};
static_assert(sizeof(Entry) <= 64);

// Positions are stable until an erase, which moves the last entry into the gap. The order depends
// on the order of insertions and erasures alone.
class EntryTable {
 public:
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  Entry& operator[](std::size_t i) { return entries_[i]; }
  const Entry& operator[](std::size_t i) const { return entries_[i]; }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

  // Null if there is none. The pointer holds until the next insert or erase.
  Entry* find(std::string_view name);
  const Entry* find(std::string_view name) const;

  // REQUIRES: no entry has that name.
  Entry& insert(std::string_view name, const Stamp& stamp);
  void erase(std::size_t position);
  void reserve(std::size_t count);
  void shrink() { entries_.shrink_to_fit(); }

  // A listing begins: none of the entries has been seen by it. What is inserted from now on has.
  void begin_listing() { listing_ ^= 1; }
  void see(Entry& entry) const { entry.seen = listing_; }
  bool is_seen(const Entry& entry) const { return entry.seen == listing_; }

 private:
  auto name_of() const {
    return [this](std::uint32_t i) { return entries_[i].name(); };
  }

  std::vector<Entry> entries_;
  HashIndex index_;
  // Every listing is applied to its end, and then all entries have this number.
  std::uint8_t listing_ = 0;
};

}  // namespace pawl
