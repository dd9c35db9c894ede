#include "backends/posix_beneath.h"

#ifdef __linux__
#include <linux/openat2.h>
#include <sys/syscall.h>
#endif

#include <climits>
#include <utility>

#include "backends/beneath_walk.h"

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

// The same name by name.
class Walk final : public BeneathWalk {
 public:
  Walk(const Beneath& where, const std::string& relative, int flags, Descriptor& opened)
      : BeneathWalk(where.root_path, relative, where.follow_symlinks, kLinksMax),
        root_(where.root),
        flags_(flags),
        opened_(opened) {}

 private:
  // As many as Linux follows.
  static constexpr int kLinksMax = 40;

  int here() const { return current_.ok() ? current_.get() : root_; }

  int step(const std::string& name, bool last, Met& met) override {
    struct stat st;
    if (const int error = stat_at(here(), name.c_str(), st)) return error;
    if (S_ISLNK(st.st_mode)) {
      met = Met::kLink;
      return 0;
    }
    if (last) return open_at(here(), name.c_str(), flags_ | O_NOFOLLOW, opened_);
    Descriptor next;
    if (const int error = open_at(here(), name.c_str(), kNameOnly | kRealDirectory, next)) return error;
    current_ = std::move(next);
    met = Met::kDirectory;
    return 0;
  }

  int read_link(const std::string& name, std::string& target, bool& relative) override {
    target.resize(PATH_MAX);
    const ssize_t size = ::readlinkat(here(), name.c_str(), target.data(), target.size());
    if (size < 0) return errno;
    target.resize(static_cast<std::size_t>(size));
    relative = !target.starts_with('/');
    return 0;
  }

  int open_here() override { return open_at(here(), ".", flags_, opened_); }
  void restart() override { current_ = Descriptor(); }

  const int root_;
  const int flags_;
  Descriptor& opened_;
  Descriptor current_;  // the root where it holds none
};

}  // namespace

int open_beneath(const Beneath& where, const std::string& relative, int flags, Descriptor& opened) {
  if (relative.starts_with('/')) return EXDEV;
  if (where.by_kernel) {
    const int error = open_by_kernel(where, relative.c_str(), flags, opened);
    if (error == 0 || is_final(where, error)) return error;
  }
  return Walk(where, relative, flags, opened).walk();
}

}  // namespace pawl
