#include "core/entry_table.h"

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

namespace pawl {
namespace {

// A name is no longer than this anywhere: 255 characters of three bytes.
constexpr std::size_t kNameMax = 4095;
constexpr std::size_t kBlockMin = 48;
constexpr std::size_t kBlockMax = std::size_t{64} << 10;
// Names that are gone are given up when they are this many bytes, and more than those that are there.
constexpr std::uint32_t kWastedMin = 256;

}  // namespace

Entry::Entry(const char* name, std::size_t name_size, bool own_name, const Stamp& stamp)
    : name_(name),
      type_(static_cast<std::uint16_t>(stamp.type) & 3),
      own_name_(own_name),
      name_size_(static_cast<std::uint16_t>(name_size) & kNameMax) {
  assert(name_size <= kNameMax);
  set_stamp(stamp);
}

Stamp Entry::stamp(std::uint64_t device) const {
  return Stamp{.inode = inode_,
               .device = device,
               .size = size_,
               .mtime_ns = mtime_ns_,
               .ctime_ns = ctime_ns_,
               .owner = owner_,
               .mode = mode_,
               .type = type(),
               .shared = shared_ != 0};
}

void Entry::set_stamp(const Stamp& stamp) {
  assert(stamp.type == type());
  inode_ = stamp.inode;
  size_ = stamp.size;
  mtime_ns_ = stamp.mtime_ns;
  ctime_ns_ = stamp.ctime_ns;
  owner_ = stamp.owner;
  mode_ = stamp.mode & 07777;
  shared_ = stamp.shared;
}

Entry* EntryTable::find(std::string_view name) {
  return const_cast<Entry*>(std::as_const(*this).find(name));
}

const Entry* EntryTable::find(std::string_view name) const {
  if (!index_) {
    for (const Entry& entry : *this)
      if (entry.name() == name) return &entry;
    return nullptr;
  }
  const std::uint32_t i = index_->find(name, name_of());
  return i == HashIndex::kNone ? nullptr : &(*this)[i];
}

Entry& EntryTable::insert(std::string_view name, const Stamp& stamp, CommonNames& common) {
  const char* shared = stamp.type == FileType::kDirectory ? nullptr : common.find(name);
  if (size_ == capacity_) make_room(capacity_ + std::max<std::size_t>(capacity_ / 2, 4));
  Entry& entry = *new (entries_.get() + size_)
                     Entry(shared != nullptr ? shared : name.data(), name.size(), shared == nullptr,
                           stamp);
  ++size_;
  if (shared == nullptr) keep_name(entry, room_for(bytes_of(entry)), {});
  if (index_) {
    index_->insert(size_ - 1, name_of(), size_);
  } else if (size_ > HashIndex::kLinearMax) {
    make_index();
  }
  see(entry);
  return entry;
}

void EntryTable::erase(std::size_t position) {
  if (index_) index_->erase(static_cast<std::uint32_t>(position), name_of());
  Entry& entry = (*this)[position];
  if (entry.own_name_) names_->wasted += static_cast<std::uint32_t>(bytes_of(entry));
  entry = (*this)[--size_];
  if (names_ && names_->wasted > kWastedMin && names_->wasted > names_->in_all / 2) pack_names();
}

void EntryTable::reserve(std::size_t count) {
  if (count > capacity_) make_room(count);
  if (count <= HashIndex::kLinearMax) return;
  if (!index_) make_index();
  index_->reserve(count, name_of());
}

void EntryTable::make_room(std::size_t capacity) {
  // They are moved as bytes are.
  void* moved = std::realloc(entries_.get(), std::max<std::size_t>(capacity, 1) * sizeof(Entry));
  if (moved == nullptr) throw std::bad_alloc();
  static_cast<void>(entries_.release());
  entries_.reset(static_cast<Entry*>(moved));
  capacity_ = static_cast<std::uint32_t>(capacity) & 0x7fffffffu;
}

void EntryTable::make_index() {
  index_ = std::make_unique<HashIndex>();
  for (std::uint32_t i = 0; i < size_; ++i) index_->insert(i, name_of(), i + 1);
}

void EntryTable::shrink() {
  if (size_ < capacity_) make_room(size_);
  // Of several blocks, what the last has left over is little.
  if (names_ && !names_->before && names_->used < names_->capacity) pack_names();
}

void EntryTable::set_child(Entry& entry, DirectoryId child) {
  assert(entry.type() == FileType::kDirectory);
  std::memcpy(const_cast<char*>(entry.name_) - sizeof child, &child, sizeof child);
}

std::size_t EntryTable::bytes_of(const Entry& entry) {
  return entry.name_size_ + (entry.type() == FileType::kDirectory ? sizeof(DirectoryId) : 0);
}

char* EntryTable::room_for(std::size_t bytes) {
  if (!names_ || names_->capacity - names_->used < bytes) {
    const std::size_t so_far = names_ ? names_->in_all : 0;
    add_block(std::max(bytes, std::clamp(so_far, kBlockMin, kBlockMax)));
  }
  char* room = names_->bytes() + names_->used;
  names_->used += static_cast<std::uint32_t>(bytes);
  names_->in_all += static_cast<std::uint32_t>(bytes);
  return room;
}

void EntryTable::add_block(std::size_t capacity) {
  auto* block = new (::operator new(sizeof(Block) + capacity)) Block;
  block->capacity = static_cast<std::uint32_t>(capacity);
  if (names_) {
    block->in_all = names_->in_all;
    block->wasted = names_->wasted;
  }
  block->before = std::move(names_);
  names_.reset(block);
}

// Leaves out the names that are gone.
void EntryTable::pack_names() {
  const std::unique_ptr<Block> old = std::move(names_);
  std::size_t bytes = 0;
  for (const Entry& entry : *this)
    if (entry.own_name_) bytes += bytes_of(entry);
  if (bytes == 0) return;
  add_block(bytes);
  for (Entry& entry : *this)
    if (entry.own_name_) keep_name(entry, room_for(bytes_of(entry)), entry.child());
}

void EntryTable::keep_name(Entry& entry, char* room, DirectoryId child) {
  if (entry.type() == FileType::kDirectory) {
    std::memcpy(room, &child, sizeof child);
    room += sizeof child;
  }
  std::memcpy(room, entry.name_, entry.name_size_);
  entry.name_ = room;
}

}  // namespace pawl
