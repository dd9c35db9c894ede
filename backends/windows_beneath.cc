#include "backends/windows_beneath.h"

#include <cerrno>
#include <utility>

#include "backends/beneath_walk.h"
#include "backends/wide_path.h"

namespace pawl {
namespace {

class Walk final : public BeneathWalk {
 public:
  Walk(const Beneath& where, const std::string& relative, Want want, OwnedHandle& opened)
      : BeneathWalk(where.root_path, relative, where.follow_symlinks, kLinksMax),
        root_(where.root),
        root_path_(where.root_path),
        want_(want),
        opened_(opened) {}

 private:
  // As many as Windows follows.
  static constexpr int kLinksMax = 63;

  HANDLE here() const { return current_.ok() ? current_.get() : root_; }

  int look_at(const std::string& name, Want want, OwnedHandle& found, FileType& type) {
    if (const int error = open_in(here(), name, want, found)) return error;
    Stamp stamp;
    if (const int error = stamp_of(found.get(), stamp)) return error;
    type = stamp.type;
    return 0;
  }

  int step(const std::string& name, bool last, Met& met) override {
    OwnedHandle next;
    FileType type = FileType::kOther;
    if (const int error = look_at(name, Want::kName, next, type)) return error;
    if (last && want_ != Want::kName && type != FileType::kSymlink) {
      // By its name again, with the rights that are wanted. A link may have come in its place.
      OwnedHandle again;
      if (const int error = look_at(name, want_, again, type)) return error;
      next = std::move(again);
    }
    if (type == FileType::kSymlink) {
      met = Met::kLink;
      link_ = std::move(next);
      return 0;
    }
    if ((!last || want_ == Want::kEntries) && type != FileType::kDirectory) return ENOTDIR;
    met = last ? Met::kWanted : Met::kDirectory;
    (last ? opened_ : current_) = std::move(next);
    return 0;
  }

  int read_link(const std::string&, std::string& target, bool& relative) override {
    if (const int error = pawl::read_link(link_.get(), target, relative)) return error;
    // "\name": from the root of the drive, which is that of the root, for no volume is walked into.
    if (relative && target.starts_with('/')) {
      target.insert(0, drive_of(root_path_));
      relative = false;
    }
    upper_drive(target);
    return 0;
  }

  int open_here() override { return open_in(here(), "", want_, opened_); }
  void restart() override { current_ = OwnedHandle(); }

  const HANDLE root_;
  const std::string_view root_path_;
  const Want want_;
  OwnedHandle& opened_;
  OwnedHandle current_;  // the root where it holds none
  OwnedHandle link_;     // that step() has met
};

}  // namespace

int open_beneath(const Beneath& where, const std::string& relative, Want want, OwnedHandle& opened) {
  if (relative.starts_with('/') || relative.find_first_of("\\:") != relative.npos) return EXDEV;
  return Walk(where, relative, want, opened).walk();
}

}  // namespace pawl
