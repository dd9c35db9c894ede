#include "backends/windows_beneath.h"

#include <cerrno>
#include <iterator>
#include <vector>

#include "backends/wide_path.h"

namespace pawl {
namespace {

// Name by name: no open ever follows a link, so none can lead astray. Links are read and their targets
// walked from where they stand.
class Walk {
 public:
  Walk(const Beneath& where, const std::string& relative) : where_(where) { queue(relative); }

  int open(Want want, OwnedHandle& opened) {
    while (!ahead_.empty()) {
      const std::string name = std::move(ahead_.back());
      ahead_.pop_back();
      int error = 0;
      if (name == "..") {
        error = step_up();
      } else if (name != ".") {
        error = step(name, want, opened);
      }
      if (error != 0 || opened.ok()) return error;
    }
    return open_in(here(), "", want, opened);
  }

 private:
  // As many as Windows follows.
  static constexpr int kLinksMax = 63;

  HANDLE here() const { return current_.ok() ? current_.get() : where_.root; }

  void restart() {
    current_ = OwnedHandle();
    walked_.clear();
  }

  // Puts the names of `path` before what is still ahead.
  void queue(std::string_view path) {
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

  // From the root again: this directory may have been moved out meanwhile.
  int step_up() {
    if (walked_.empty()) return EXDEV;
    walked_.pop_back();
    ahead_.insert(ahead_.end(), std::make_move_iterator(walked_.rbegin()),
                  std::make_move_iterator(walked_.rend()));
    restart();
    return 0;
  }

  int step(const std::string& name, Want want, OwnedHandle& opened) {
    OwnedHandle next;
    if (const int error = open_in(here(), name, Want::kName, next)) return error;
    Stamp stamp;
    if (const int error = stamp_of(next.get(), stamp)) return error;
    if (stamp.type == FileType::kSymlink) return follow(next.get());
    if (ahead_.empty()) {
      if (want == Want::kName) {
        opened = std::move(next);
        return 0;
      }
      return open_last(name, want, opened);
    }
    if (stamp.type != FileType::kDirectory) return ENOTDIR;
    current_ = std::move(next);
    walked_.push_back(name);
    return 0;
  }

  // By its name again, with the rights that are wanted. A link may have come in its place.
  int open_last(const std::string& name, Want want, OwnedHandle& opened) {
    OwnedHandle last;
    if (const int error = open_in(here(), name, want, last)) return error;
    Stamp stamp;
    if (const int error = stamp_of(last.get(), stamp)) return error;
    if (stamp.type == FileType::kSymlink) return follow(last.get());
    if (want == Want::kEntries && stamp.type != FileType::kDirectory) return ENOTDIR;
    opened = std::move(last);
    return 0;
  }

  int follow(HANDLE link) {
    if (!where_.follow_symlinks || ++links_ > kLinksMax) return ELOOP;
    std::string target;
    bool relative = false;
    if (const int error = read_link(link, target, relative)) return error;
    if (relative && !target.starts_with('/')) {
      queue(target);
      return 0;
    }
    std::string_view root = where_.root_path;
    if (root.ends_with('/')) root.remove_suffix(1);
    if (!target.starts_with(root)) return EXDEV;
    const std::string_view below = std::string_view(target).substr(root.size());
    if (!below.empty() && below.front() != '/') return EXDEV;
    restart();
    queue(below);
    return 0;
  }

  const Beneath& where_;
  OwnedHandle current_;              // the root where it holds none
  std::vector<std::string> walked_;  // names from the root to here, no link among them
  std::vector<std::string> ahead_;   // names to go, the next one last
  int links_ = 0;
};

}  // namespace

int open_beneath(const Beneath& where, const std::string& relative, Want want, OwnedHandle& opened) {
  if (relative.starts_with('/') || relative.find_first_of("\\:") != relative.npos) return EXDEV;
  return Walk(where, relative).open(want, opened);
}

}  // namespace pawl
