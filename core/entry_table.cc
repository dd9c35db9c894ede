#include "core/entry_table.h"

namespace pawl {

Entry::Entry(std::string_view name, const Stamp& stamp)
    : name_(std::make_unique_for_overwrite<char[]>(name.size())),
      name_size_(static_cast<std::uint16_t>(name.size())) {
  std::memcpy(name_.get(), name.data(), name.size());
  set_stamp(stamp);
}

Stamp Entry::stamp(std::uint64_t device) const {
  return Stamp{inode_, device, size_, mtime_ns_, ctime_ns_, mode_, owner_, type_, shared_};
}

void Entry::set_stamp(const Stamp& stamp) {
  inode_ = stamp.inode;
  size_ = stamp.size;
  mtime_ns_ = stamp.mtime_ns;
  ctime_ns_ = stamp.ctime_ns;
  owner_ = stamp.owner;
  mode_ = static_cast<std::uint16_t>(stamp.mode);
  type_ = stamp.type;
  shared_ = stamp.shared;
}

Entry* EntryTable::find(std::string_view name) {
  const std::uint32_t i = index_.find(name, name_of());
  return i == HashIndex::kNone ? nullptr : &entries_[i];
}

const Entry* EntryTable::find(std::string_view name) const {
  const std::uint32_t i = index_.find(name, name_of());
  return i == HashIndex::kNone ? nullptr : &entries_[i];
}

Entry& EntryTable::insert(std::string_view name, const Stamp& stamp) {
  entries_.emplace_back(name, stamp);
  index_.insert(static_cast<std::uint32_t>(entries_.size() - 1), name_of(), entries_.size());
  see(entries_.back());
  return entries_.back();
}

void EntryTable::erase(std::size_t position) {
  index_.erase(static_cast<std::uint32_t>(position), name_of());
  if (position + 1 != entries_.size()) entries_[position] = std::move(entries_.back());
  entries_.pop_back();
}

void EntryTable::reserve(std::size_t count) {
  entries_.reserve(count);
  index_.reserve(count, name_of());
}

}  // namespace pawl
