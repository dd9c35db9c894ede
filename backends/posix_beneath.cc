#include "backends/posix_beneath.h"

#ifdef __linux__
#include <linux/openat2.h>
#include <sys/syscall.h>
#endif

#include <climits>
#include <vector>

namespace pawl {
namespace {

#if defined(__linux__) && defined(SYS_openat2)
int open_by_kernel(const Beneath& where, const char* relative, int flags, Descriptor& opened) {
  struct open_how how = {};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  if (!where.follow_symlinks) how.resolve |= RESOLVE_NO_SYMLINKS;
  const long fd =
      uninterrupted([&] { return ::syscall(SYS_openat2, where.root, relative, &how, sizeof how); });
  if (fd < 0) return errno;
  opened = Descriptor(static_cast<int>(fd));
  return 0;
}
#else
int open_by_kernel(const Beneath&, const char*, int, Descriptor&) {
  return ENOSYS;
}
#endif

// Whether the kernel's answer is final. It is not where it lacks the call (ENOSYS) or a sandbox
// refuses it (EPERM), for a path beyond PATH_MAX, when something was renamed while ".." was
// resolved (EAGAIN), and for absolute links, which it refuses even when they lead below the root.
bool is_final(const Beneath& where, int error) {
  if (error == ENOSYS || error == EPERM || error == ENAMETOOLONG || error == EAGAIN) return false;
  return error != EXDEV || !where.follow_symlinks;
}

// The same name by name: no open ever follows a link, so none can lead astray. Links are read and
// their targets walked from where they stand.
class Walk {
 public:
  Walk(const Beneath& where, const std::string& relative) : where_(where) { queue(relative); }

  int open(int flags, Descriptor& opened) {
    while (!ahead_.empty()) {
      const std::string name = std::move(ahead_.back());
      ahead_.pop_back();
      int error = 0;
      if (name == "..") {
        error = step_up();
      } else if (name != ".") {
        error = step(name, flags, opened);
      }
      if (error != 0 || opened.ok()) return error;
    }
    return open_at(here(), ".", flags, opened);
  }

 private:
  // As many as Linux follows.
  static constexpr int kLinksMax = 40;

  int here() const { return current_.ok() ? current_.get() : where_.root; }

  void restart() {
    current_ = Descriptor();
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

  // From the root again: ".." itself would lead out if this directory had been moved out.
  int step_up() {
    if (walked_.empty()) return EXDEV;
    walked_.pop_back();
    ahead_.insert(ahead_.end(), std::make_move_iterator(walked_.rbegin()),
                  std::make_move_iterator(walked_.rend()));
    restart();
    return 0;
  }

  int step(const std::string& name, int flags, Descriptor& opened) {
    struct stat st;
    if (const int error = stat_at(here(), name.c_str(), st)) return error;
    if (S_ISLNK(st.st_mode)) return follow(name);
    if (ahead_.empty()) return open_at(here(), name.c_str(), flags | O_NOFOLLOW, opened);
    Descriptor next;
    if (const int error = open_at(here(), name.c_str(), kNameOnly | kRealDirectory, next)) {
      return error;
    }
    current_ = std::move(next);
    walked_.push_back(name);
    return 0;
  }

  int follow(const std::string& name) {
    if (!where_.follow_symlinks || ++links_ > kLinksMax) return ELOOP;
    std::string target(PATH_MAX, '\0');
    const ssize_t size = ::readlinkat(here(), name.c_str(), target.data(), target.size());
    if (size < 0) return errno;
    target.resize(static_cast<std::size_t>(size));
    if (!target.starts_with('/')) {
      queue(target);
      return 0;
    }
    const std::string_view root = where_.root_path == "/" ? "" : where_.root_path;
    if (!target.starts_with(root)) return EXDEV;
    const std::string_view below = std::string_view(target).substr(root.size());
    if (!below.empty() && below.front() != '/') return EXDEV;
    restart();
    queue(below);
    return 0;
  }

  const Beneath& where_;
  Descriptor current_;               // the root where it holds none
  std::vector<std::string> walked_;  // names from the root to here, no link among them
  std::vector<std::string> ahead_;   // names to go, the next one last
  int links_ = 0;
};

}  // namespace

int open_beneath(const Beneath& where, const std::string& relative, int flags, Descriptor& opened) {
  if (relative.starts_with('/')) return EXDEV;
  if (where.by_kernel) {
    const int error = open_by_kernel(where, relative.c_str(), flags, opened);
    if (error == 0 || is_final(where, error)) return error;
  }
  return Walk(where, relative).open(flags, opened);
}

}  // namespace pawl
