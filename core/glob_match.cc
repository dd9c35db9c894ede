// Matching by the last star alone: what one star has let pass, an earlier one need not try again.
// So no pattern takes longer than its length times that of the path.
#include <algorithm>

#include "core/glob.h"

namespace pawl {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Where the component that begins at `at` ends.
std::size_t end_of(std::string_view path, std::size_t at) {
  return std::min(path.find('/', at), path.size());
}

// Where the next one begins; the end of the path if there is none.
std::size_t next_of(std::string_view path, std::size_t at) {
  return std::min(end_of(path, at) + 1, path.size());
}

}  // namespace

void GlobComponent::add_set(const std::bitset<256>& bytes) {
  elements_.push_back(static_cast<std::uint16_t>(kSet + sets_.size()));
  sets_.push_back(bytes);
}

bool GlobComponent::accepts(std::uint16_t element, unsigned char byte) const {
  if (element < kAnyByte) return element == byte;
  return element == kAnyByte || sets_[element - kSet][byte];
}

bool GlobComponent::matches(std::string_view name) const {
  // Of most names the last byte says it.
  if (!elements_.empty() && elements_.back() < kAnyByte && !name.empty() &&
      elements_.back() != static_cast<unsigned char>(name.back()))
    return false;
  std::size_t at = 0, element = 0;
  std::size_t star = kNone, star_at = 0;  // what follows the last star, and where that was tried
  while (at < name.size()) {
    if (element < elements_.size() && elements_[element] == kStar) {
      star = ++element;
      star_at = at;
    } else if (element < elements_.size() &&
               accepts(elements_[element], static_cast<unsigned char>(name[at]))) {
      ++element;
      ++at;
    } else if (star != kNone) {
      element = star;
      at = ++star_at;
    } else {
      return false;
    }
  }
  while (element < elements_.size() && elements_[element] == kStar) ++element;
  return element == elements_.size();
}

bool Glob::matches(std::string_view path, bool directory) const {
  if (directory_only && !directory) return false;
  // So it is with paths and their last name, where that has to match.
  if (!open && !components.back().matches(path.substr(path.rfind('/') + 1))) return false;
  std::size_t at = 0, component = 0;
  // As in a name, with "**" for the star; one that is not anchored begins with one.
  std::size_t any = anchored ? kNone : 0, any_at = 0;
  for (;;) {
    const bool at_end = at == path.size();
    if (component == components.size()) {
      // The shortest way to here: if nothing is left below it, no other way leaves more.
      if (open) return !at_end || directory;
      if (at_end) return true;
    } else if (components[component].any) {
      any = ++component;
      any_at = at;
      continue;
    } else if (!at_end && components[component].matches(path.substr(at, end_of(path, at) - at))) {
      ++component;
      at = next_of(path, at);
      continue;
    }
    if (any == kNone || any_at == path.size()) return false;
    any_at = next_of(path, any_at);
    at = any_at;
    component = any;
  }
}

}  // namespace pawl
