#include "backends/beneath_walk.h"

#include <cerrno>
#include <iterator>
#include <utility>

namespace pawl {

int BeneathWalk::walk() {
  while (!ahead_.empty()) {
    const std::string name = std::move(ahead_.back());
    ahead_.pop_back();
    if (name == ".") continue;
    if (name == "..") {
      if (const int error = step_up()) return error;
      continue;
    }
    Met met = Met::kWanted;
    if (const int error = step(name, ahead_.empty(), met)) return error;
    if (met == Met::kWanted) return 0;
    if (met == Met::kDirectory) {
      walked_.push_back(name);
    } else if (const int error = follow(name)) {
      return error;
    }
  }
  return open_here();
}

// Puts the names of `path` before what is still ahead.
void BeneathWalk::queue(std::string_view path) {
  std::vector<std::string> names;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    if (!name.empty()) names.emplace_back(name);
    path = slash == path.npos ? std::string_view() : path.substr(slash + 1);
  }
  ahead_.insert(ahead_.end(), std::make_move_iterator(names.rbegin()),
                std::make_move_iterator(names.rend()));
}

// From the root again: ".." itself would lead out if this directory had been moved out.
int BeneathWalk::step_up() {
  if (walked_.empty()) return EXDEV;
  walked_.pop_back();
  ahead_.insert(ahead_.end(), std::make_move_iterator(walked_.rbegin()),
                std::make_move_iterator(walked_.rend()));
  walked_.clear();
  restart();
  return 0;
}

int BeneathWalk::follow(const std::string& link) {
  if (!follow_symlinks_ || links_left_-- == 0) return ELOOP;
  std::string target;
  bool relative = false;
  if (const int error = read_link(link, target, relative)) return error;
  if (relative) {
    queue(target);
    return 0;
  }
  // The root of everything, or of a drive, ends with a slash already.
  std::string_view root = root_path_;
  if (root.ends_with('/')) root.remove_suffix(1);
  if (!target.starts_with(root)) return EXDEV;
  const std::string_view below = std::string_view(target).substr(root.size());
  if (!below.empty() && below.front() != '/') return EXDEV;
  walked_.clear();
  restart();
  queue(below);
  return 0;
}

}  // namespace pawl
