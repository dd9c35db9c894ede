#include "core/coalesce.h"

namespace pawl {

Coalescer::Seen Coalescer::seen(const Change& change) {
  return {change.type, change.via, change.inode, change.device, change.known_at};
}

std::size_t Coalescer::bytes_of(const Key& key) {
  // A node of the map has three pointers and a colour; what a string of 15 bytes holds is inside
  // it.
  constexpr std::size_t kNode = 4 * sizeof(void*) + sizeof(std::pair<const Key, Pending>);
  return kNode + (key.first.size() > 15 ? key.first.size() + 1 : 0);
}

Coalescer::Pending Coalescer::first(ChangeKind kind, const Seen& last) {
  return {.existed = kind != ChangeKind::kCreated,
          .present = kind != ChangeKind::kRemoved,
          .content = kind != ChangeKind::kAttributes,
          .before_held = kind == ChangeKind::kRemoved,
          .before = last,
          .last = last};
}

void Coalescer::merge(Pending& pending, ChangeKind kind, const Seen& last) {
  const bool removal = kind == ChangeKind::kRemoved;
  if (removal && !pending.before_held) {
    pending.before = last;
    pending.before_held = true;
  }
  // What comes back after a removal is new content, whatever it is called.
  pending.content |= kind != ChangeKind::kAttributes || !pending.present;
  pending.present = !removal;
  if (pending.present && last.type != pending.before.type) pending.before_held = true;
  pending.last = last;
}

void Coalescer::add(Change change) {
  const Seen last = seen(change);
  const ChangeKind kind = change.kind;
  Key key(std::move(change.path), change.root);
  const std::size_t bytes = bytes_of(key);
  const auto [at, inserted] = pending_.try_emplace(std::move(key), first(kind, last));
  if (inserted) {
    bytes_ += bytes;
    return;
  }
  merge(at->second, kind, last);
  if (at->second.existed || at->second.present) return;
  bytes_ -= bytes;
  pending_.erase(at);
}

void Coalescer::tell(const Key& key, const Pending& pending, std::vector<Change>& changes) {
  const auto add = [&](ChangeKind kind, const Seen& what, const Seen& when) {
    Change& change = changes.emplace_back();
    change.kind = kind;
    change.type = what.type;
    change.via = when.via;
    change.root = key.second;
    change.path = key.first;
    change.inode = what.inode;
    change.device = what.device;
    change.known_at = when.known_at;
  };
  const Seen& before = pending.before;
  const Seen& last = pending.last;
  if (!pending.existed) return add(ChangeKind::kCreated, last, last);
  if (!pending.present) return add(ChangeKind::kRemoved, before, last);
  if (before.type != last.type) {
    add(ChangeKind::kRemoved, before, before);
    return add(ChangeKind::kCreated, last, last);
  }
  add(pending.content ? ChangeKind::kModified : ChangeKind::kAttributes, last, last);
}

std::vector<Change> Coalescer::take() {
  std::vector<Change> changes;
  changes.reserve(pending_.size());
  for (const auto& [key, pending] : pending_) tell(key, pending, changes);
  pending_.clear();
  bytes_ = 0;
  link_renames(changes);
  return changes;
}

}  // namespace pawl
