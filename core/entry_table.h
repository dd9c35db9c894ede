// The entries of one directory: what was there at the last look.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>

#include "core/common_names.h"
#include "core/directory_id.h"
#include "core/hash_index.h"
#include "core/stamp.h"

namespace pawl {

// One name in a directory. 48 bytes, and its name where no other directory has one like it: a million
// of them are held.
class Entry {
 private:
  friend class EntryTable;
  Entry(const char* name, std::size_t name_size, bool own_name, const Stamp& stamp);

  // Of a directory, the bytes before it are its child.
  const char* name_;
  std::uint64_t inode_;
  std::int64_t size_;
  std::int64_t mtime_ns_;
  std::int64_t ctime_ns_;
  std::uint32_t owner_;
  std::uint16_t mode_ : 12;
  std::uint16_t type_ : 2;
  std::uint16_t shared_ : 1;
  std::uint16_t own_name_ : 1;  // it lies in the table
  std::uint16_t name_size_ : 12;
  std::uint16_t seen_ : 1 = 0;  // by which listing: for EntryTable

 public:
  // Its stamp may not tell a later write from the one that it shows.
  std::uint16_t unsettled : 1 = 0;
  // Hints that came while it was unsettled: none, one, or more.
  std::uint16_t told : 2 = 0;

  std::string_view name() const { return {name_, name_size_}; }
  FileType type() const { return static_cast<FileType>(type_); }
  std::uint64_t inode() const { return inode_; }

  // The device is not kept: an entry is on its directory's device, or a directory of its own.
  Stamp stamp(std::uint64_t device) const;
  // REQUIRES: the type is what it was.
  void set_stamp(const Stamp& stamp);

  // The directory that it is, if it is one that is followed.
  DirectoryId child() const {
    DirectoryId id;
    if (type() == FileType::kDirectory) std::memcpy(&id, name_ - sizeof id, sizeof id);
    return id;
  }
};
static_assert(sizeof(Entry) <= 48);
static_assert(std::is_trivially_copyable_v<Entry>);

// Positions are stable until an erase, which moves the last entry into the gap. The order depends
// on the order of insertions and erasures alone.
class EntryTable {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Entry& operator[](std::size_t i) { return entries_.get()[i]; }
  const Entry& operator[](std::size_t i) const { return entries_.get()[i]; }
  Entry* begin() { return entries_.get(); }
  Entry* end() { return entries_.get() + size_; }
  const Entry* begin() const { return entries_.get(); }
  const Entry* end() const { return entries_.get() + size_; }

  // Null if there is none. The pointer holds until the next insert or erase, and so does the name.
  Entry* find(std::string_view name);
  const Entry* find(std::string_view name) const;

  // `common` outlives the table. REQUIRES: no entry has that name.
  Entry& insert(std::string_view name, const Stamp& stamp, CommonNames& common);
  void erase(std::size_t position);
  void reserve(std::size_t count);
  // Gives back the room that is left over.
  void shrink();

  // REQUIRES: `entry` is one of these, and a directory.
  void set_child(Entry& entry, DirectoryId child);

  // A listing begins: none of the entries has been seen by it. What is inserted from now on has.
  void begin_listing() { listing_ ^= 1; }
  void see(Entry& entry) const { entry.seen_ = listing_; }
  bool is_seen(const Entry& entry) const { return entry.seen_ == listing_; }

 private:
  // Names end to end. Blocks never move; the last one is filled.
  struct Block {
    std::unique_ptr<Block> before;
    std::uint32_t used = 0;
    std::uint32_t capacity = 0;
    std::uint32_t in_all = 0;  // bytes of names in this and those before it
    std::uint32_t wasted = 0;  // of those, of names that are gone
    char* bytes() { return reinterpret_cast<char*>(this + 1); }
    // Names follow it, so its size is not the one that was asked for. Made by the global `new`.
    // NOLINTNEXTLINE(cert-dcl54-cpp,misc-new-delete-overloads)
    static void operator delete(void* block) { ::operator delete(block); }
  };

  auto name_of() const {
    return [this](std::uint32_t i) { return (*this)[i].name(); };
  }
  void make_room(std::size_t capacity);
  void make_index();
  static std::size_t bytes_of(const Entry& entry);
  char* room_for(std::size_t bytes);
  void add_block(std::size_t capacity);
  void pack_names();
  void keep_name(Entry& entry, char* room, DirectoryId child);

  struct Free {
    void operator()(Entry* entries) const { std::free(entries); }
  };
  std::unique_ptr<Entry, Free> entries_;  // an array
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ : 31 = 0;
  // Every listing is applied to its end, and then all entries have this number.
  std::uint32_t listing_ : 1 = 0;
  std::unique_ptr<HashIndex> index_;  // where there are more than are looked through as quickly
  std::unique_ptr<Block> names_;  // the last block
};

}  // namespace pawl
