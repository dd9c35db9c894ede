// A look at one directory: the request that the reconciler makes, the work that a worker does with
// it, and the answer. All three are values; nothing is shared.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/directory_id.h"
#include "core/file_system.h"
#include "core/name_list.h"
#include "core/status.h"
#include "core/time.h"

namespace pawl {

enum class LookKind : std::uint8_t {
  kSelf,    // the directory's own stamp
  kProbe,   // that, and the kind of file system it is on
  kNames,   // the names given
  kVerify,  // the names given, answering only those that differ; everything, if the directory does
  kList,    // everything
};

// The root as it was last seen. What a look says is missing counts only while the root is the same.
struct RootIdentity {
  std::string path;  // may be a symbolic link to it
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
};

struct LookRequest {
  LookKind kind = LookKind::kList;
  DirectoryId directory;
  std::uint32_t lane = 0;
  std::uint32_t number = 0;  // of the directory's; comes back in the answer
  std::string path;
  NameList names;                      // kNames, kVerify
  // kVerify: Stamp::digest of each name. 0: its stamp was unsettled, so answer it anyway. For kNames
  // only the 0 counts.
  std::vector<std::uint64_t> digests;
  std::uint64_t self_digest = 0;       // kVerify: of the directory; 0: list it anyway
  std::vector<std::string> skip;       // names not to be touched: mounts that may hang
  Duration granularity{};              // of the timestamps there
  bool hash_unsettled = false;         // tell files with ambiguous stamps by their content
  bool recheck_content = false;        // kList: some files there were unsettled at the last look
  bool follow_symlinks = false;
  bool hold = false;           // kProbe: FileSystem::hold_watch, too
  std::shared_ptr<void> held;  // let go where it was taken: that, too, takes its time
  // Another look of its lane may be performed at the same time: the mount answers for sure. Answers
  // may then come in another order.
  bool together = false;
  // A few names on a mount that answers for sure, and is reached through no other kind: where a look is
  // wanted at once it may be performed by whoever asks. A change of thread costs more than the look.
  bool at_once = false;
  // Null where nothing is known yet that could be missed.
  std::shared_ptr<const RootIdentity> root;
  Instant hinted_at{};  // what the look follows (see Pending); comes back in the answer
};

struct LookAnswer {
  LookKind kind = LookKind::kList;  // kList also where a kVerify found that it had to list
  DirectoryId directory;
  std::uint32_t lane = 0;
  std::uint32_t number = 0;
  Instant hinted_at{};
  Status status;            // of the directory; not ok: nothing else holds
  bool root_changed = false;  // the root was another one, or gone, after the look: nothing holds
  Stamp self;               // taken before the entries were
  bool self_unsettled = false;
  Mount mount;              // kProbe; kSelf, if the root is another one
  std::string real_path;    // where `mount` is
  bool hold = false;        // as in the request
  std::shared_ptr<void> held;
  NameList names;
  std::vector<std::string> skipped;    // kList: the names that were not to be touched, and were not
  std::vector<Looked> looked;          // one for each of `names`
  std::vector<std::uint64_t> content;  // one for each: a hash of an unsettled file's content, or 0
  std::vector<bool> unsettled;         // one for each: the stamp may not show a later write
  Duration cost{};  // CPU time of the worker; filled in by the driver
};

// Room that a worker uses again from one look to the next. One thread.
struct LookRoom {
  std::vector<DirectoryEntry> entries;
  std::vector<std::string_view> names;
  std::vector<Looked> looked;
};

// Looks. May block as long as the disk does.
LookAnswer perform(FileSystem& file_system, LookRequest&& request, LookRoom& room);

// True if a write just after the moment `now` might leave a file's timestamps as they are.
bool is_unsettled(const Stamp& stamp, WallNs now, Duration granularity);

}  // namespace pawl
