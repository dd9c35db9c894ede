#include "core/tree.h"

namespace pawl {

Directory& Tree::add(DirectoryId parent, std::uint32_t root, std::string_view name) {
  std::uint32_t index;
  if (free_.empty()) {
    index = slots_++;
    if (index % kBlock == 0) blocks_.push_back(std::make_unique<Directory[]>(kBlock));
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Directory& directory = slot(index);
  directory.id.index = index;
  directory.parent = parent;
  directory.root = root;
  directory.name_ = PackedText(name);
  return directory;
}

void Tree::remove(DirectoryId id) {
  Directory& directory = slot(id.index);
  directory = Directory();
  directory.id.generation = id.generation + 1;
  rarely_set_.erase(id.index);
  free_.push_back(id.index);
}

std::string Tree::path(const Directory& directory) const {
  std::size_t size = 0;
  const Directory* top = &directory;
  for (; top->parent.valid(); top = find(top->parent)) size += top->name().size() + 1;
  // The root directory of the system ends with a slash of its own.
  if (size > 0 && top->name().ends_with('/')) --size;
  std::string path(top->name().size() + size, '/');
  std::size_t end = path.size();
  for (const Directory* at = &directory; at->parent.valid(); at = find(at->parent)) {
    end -= at->name().size();
    path.replace(end, at->name().size(), at->name());
    --end;
  }
  return path.replace(0, top->name().size(), top->name());
}

std::string Tree::relative(const Directory& directory) const {
  if (!directory.parent.valid()) return {};
  std::string path = relative(*find(directory.parent));
  if (!path.empty()) path += '/';
  return path += directory.name();
}

const Directory* Tree::descend(const Directory& root, std::string_view relative) const {
  const Directory* directory = &root;
  while (directory != nullptr && !relative.empty()) {
    const std::size_t slash = relative.find('/');
    const Entry* entry = directory->entries.find(relative.substr(0, slash));
    directory = entry == nullptr ? nullptr : find(entry->child());
    relative = slash == std::string_view::npos ? std::string_view() : relative.substr(slash + 1);
  }
  return directory;
}

}  // namespace pawl
