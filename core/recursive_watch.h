// Platforms where one handle watches a whole tree (Windows, macOS): what such a handle tells, turned into
// hints for single directories. Pure, and tested on every platform by tables, since few who change it have them
// all. One table was recorded under Wine, the others are derived from the source of libuv 1.44.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/backend.h"
#include "core/directory_id.h"

namespace pawl {

// One callback, as libuv makes it.
struct RawEvent {
  // Below the watched root, and "/" for that itself where it is "/"; none: names were lost, for the buffer overflowed.
  std::optional<std::string_view> name;
  bool renamed = false;
  int status = 0;  // negative: the handle has failed and tells nothing more
};

// How a platform writes those names, and what one may stand for.
struct RawNames {
  bool backslashes = false;  // part names; else one may stand in a name
  bool short_names = false;  // what is gone may be told by its 8.3 name
  // A change of a directory may stand for changes anywhere below it. (macOS: kFSEventStreamEventFlagMustScanSubDirs,
  // which libuv hands over as such a change. A directory's own changes are few there: of its rights and attributes.)
  bool gathered = false;
};

// The directories that a recursive handle stands in for.
class RecursiveWatch {
 public:
  // `relative`: below the root, with '/'; "" is the root. A path has several directories where one
  // watched tree lies in another, or an earlier one was not taken away yet: all of them are hinted.
  // REQUIRES: `directory` is none of these.
  void add(std::string relative, DirectoryId directory);
  // False: it is none of these.
  bool remove(DirectoryId directory);
  bool empty() const { return by_path_.empty(); }

  // Where to look.
  struct Hint {
    DirectoryId directory;
    std::string name;  // "": the directory as a whole
    HintKind kind = HintKind::kTouched;

    bool operator==(const Hint&) const = default;
  };
  // Appends to `hints`. False: anything below the root may have changed without a hint.
  //
  // A change deeper than is watched is a hint for the first name that is not: it is new, or none of
  // ours. Names are compared byte by byte, as they are listed: one that differs by case or by Unicode's
  // normal form is another, and whoever looks finds out (Mount::folds_names). A name that did not survive the way (libuv before 1.49
  // has U+FFFD for what is no UTF-16) or may be a short one has its directory looked at as a whole. Where
  // changes are gathered, one of a directory is a hint for it and for all of those below it, each as a whole.
  bool translate(const RawEvent& event, const RawNames& names, std::vector<Hint>& hints) const;

 private:
  void hint_below(const std::string& path, std::vector<Hint>& hints) const;

  std::multimap<std::string, DirectoryId, std::less<>> by_path_;
  std::map<DirectoryId, std::string> by_directory_;
};

}  // namespace pawl
