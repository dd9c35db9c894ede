// The reconciler: the one place that decides what changed.
//
// It takes hints of where to look, asks for looks, compares the answers with the tree, and says what
// differs. It never waits and reads no clock: a driver calls step() whenever there is input or a
// deadline has passed, hands the looks to workers, and brings back the answers, in any order and as
// late as it likes.
//
//     hint(), suspect() ─▶ pending ─▶ step() ─▶ looks ─▶ perform() ─▶ answered() ─▶ step()
//                                                       ─▶ changes, notices
//
// Threading: all on one thread.
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/backend.h"
#include "core/change.h"
#include "core/coverage.h"
#include "core/lane.h"
#include "core/look.h"
#include "core/metrics.h"
#include "core/mount_point.h"
#include "core/notice.h"
#include "core/snapshot.h"
#include "core/sweep.h"
#include "core/tree.h"

namespace pawl {

struct RootOptions {
  std::string path;  // absolute, without a trailing slash
  bool recursive = true;
  bool watch = true;             // false: looked at once, and not watched
  bool follow_symlinks = false;  // inside the root only
  bool allow_empty = false;      // a root that comes back empty is empty
  BackendChoice backend = BackendChoice::kAuto;
  Duration poll_interval = seconds(1);
  // True for what is not to be seen: a path below the root, and whether it is a directory. Empty:
  // nothing is ignored. What is below an ignored directory is never asked about.
  std::function<bool(std::string_view relative, bool directory)> ignored;
};

struct ReconcilerOptions {
  // A mount that has not answered for so long is unreachable.
  Duration answer_timeout = seconds(10);
  // Looks handed out at once, per mount.
  std::uint32_t looks_in_flight_max = 128;
  // Share of one core that the sweeps of polled directories may take.
  double sweep_share = 0.05;
  // The same for the background reconcile, and the least time that one pass over everything takes.
  // A pass of zero: there is none.
  double background_share = 0.0025;
  Duration background_pass_min = seconds(60);
  // A change that the background reconcile found counts as a lost hint if none follows in this time.
  Duration hint_grace = seconds(2);
  // Files on one mount whose hints were lost, after which its native watches are believed no more; and
  // lost hints in one directory, be they of one file, after which its own is not.
  std::uint32_t lost_hints_max = 3;
  // How often a root is looked at for being there and the same.
  Duration root_interval = seconds(1);
  // Alarms of overflow in a row are answered at growing distances, between these.
  Duration rescan_pause_min = seconds(1);
  Duration rescan_pause_max = seconds(60);
  // A directory that takes so many bytes on its file system has so many names that a worker prepares its
  // native watch: inotify_add_watch visits all of them that the kernel has in memory, 70 ms a million.
  std::int64_t large_directory = 4 << 20;
  // Entries compared, or changes reported, in one step.
  std::size_t step_work_max = 4096;
};

struct WatchEffects {
  std::vector<LookRequest> looks;  // to be performed, those of one lane in this order
  std::vector<Change> changes;     // in the order in which they are to be applied
  std::vector<Notice> notices;
  bool more = false;  // there is more to do: call step again before waiting
};

// How much is known of a root.
struct RootCounts {
  std::uint64_t directories = 0;              // with its own
  std::uint64_t entries = 0;                  // of which every directory but its own is one
  std::array<std::uint64_t, kModes> modes{};  // directories by Mode; kNone is not counted

  // The others. One that is being forgotten is no entry any more.
  std::uint64_t files() const {
    return entries - std::min(entries, std::max<std::uint64_t>(directories, 1) - 1);
  }
};

class Reconciler : public HintSink {
 public:
  // `coverer` outlives this.
  Reconciler(Coverer& coverer, ReconcilerOptions options);
  ~Reconciler() override;

  // Returns the root's index. It is looked at from the next step on.
  std::uint32_t add_root(RootOptions options, Instant now);
  // The same, and what it differs by from what snapshot() said of it is reported, before it is ready.
  std::uint32_t add_root(RootOptions options, Instant now, const RootSnapshot& from);
  // Forgets it. Nothing is reported; late answers about it do no harm. Harmless if it is not known.
  void remove_root(std::uint32_t root);
  // Compares the whole root with the disk, as after an overflow; the next step tells of it.
  void rescan(std::uint32_t root);

  // Gives up the root's watches: nothing of it is noticed until resume(), which compares all of it
  // with the disk. Looks that are under way are still applied. Harmless for a forgotten root.
  void pause(std::uint32_t root);
  void resume(std::uint32_t root, Instant now);

  // True once what is known is settled: no look is under way, and no stamp is so fresh that it may
  // hide a later write. Else it asks for looks; call it again when they may have been answered.
  bool settle();
  // What is known of all roots. An unsettled entry has no `content`.
  std::vector<RootSnapshot> snapshot() const;

  // When the hints that follow came: for the metrics.
  void heard(Instant now) { heard_at_ = now; }
  void hint(DirectoryId id, std::string_view name, HintKind kind, Via via) override;
  void suspect() override;
  // What is mounted where, whenever that changes; before the first step, if it is known. Where it
  // never is, a mount is found by looking at it.
  void mounted(std::vector<MountPoint> mounts);
  void answered(LookAnswer answer) { answers_.push_back(std::move(answer)); }

  // Does a bounded amount of work.
  void step(Instant now, WatchEffects& effects);
  // When step is to be called next, if no input comes before.
  Instant next_deadline() const;

  const Tree& tree() const { return tree_; }
  // How many there are and were: their indices are below it.
  std::uint32_t roots() const { return static_cast<std::uint32_t>(roots_.size()); }
  // The directory of a root; null if the root is forgotten.
  const Directory* root_directory(std::uint32_t root) const;
  bool ready(std::uint32_t root) const { return roots_[root] && roots_[root]->ready; }
  bool available(std::uint32_t root) const { return roots_[root] && roots_[root]->available; }
  const Mount& mount_of(const Directory& directory) const { return lanes_[directory.lane].mount; }
  // Null as long as it has not told what it is.
  const Mount* probed_mount_of(const Directory& directory) const {
    const Lane& lane = lanes_[directory.lane];
    return lane.probed ? &lane.mount : nullptr;
  }
  Mode mode_of(const Directory& directory) const;
  Coverage coverage_of(const Directory& directory) const;
  // Moves on whenever the coverage of some directory does.
  std::uint64_t coverage_changes() const { return coverage_changes_; }
  // What the options of its root ask for. REQUIRES: the directory is known.
  Duration poll_interval_wanted(DirectoryId directory) const;
  // The longest that a polled directory of the root waits for a look; zero if none is polled.
  Duration poll_interval(std::uint32_t root) const;
  // As of the moment, and what is being forgotten is still counted. Costs the same however much is
  // known, but where a mount does not answer.
  RootCounts counts(std::uint32_t root) const;
  Metrics metrics() const;

 private:
  struct Root {
    RootOptions options;
    DirectoryId directory;
    std::shared_ptr<const RootIdentity> identity;  // inode 0: never seen
    RootCounts counts;        // by the mode of their coverage, whether their mount answers or not
    std::size_t unready = 0;  // directories that have not been looked at once
    bool ready = false;
    bool restored = false;    // from a snapshot, which the first look is compared with
    bool available = true;
    bool probing = false;     // a look at the root itself is out
    std::string mount_type;   // of the file system that it was on
    Instant guard_due{};
    bool rescan_asked = false;
    std::string real_path;  // no link in it; empty: not known
    // Those below it, by their path in it, and the ids of those that it lies on.
    std::map<std::string, MountPoint, std::less<>> mounts;
    std::vector<std::uint64_t> mounts_above;
    bool answers = false;  // the table says that no mount on the way to it may hang
    Sweep sweep;
  };
  // A subtree that is gone and is being forgotten, a bounded piece at a time.
  struct Dying {
    DirectoryId directory;
    std::string path;
    Via via;
    Stamp stamp;
  };
  // An answer that is being applied, a bounded piece at a time.
  struct Applying {
    LookAnswer answer;
    std::size_t next = 0;      // into the names
    bool checking = false;     // all names done: what was not seen is gone
    std::size_t unchecked = 0;  // entries from the front not yet checked for that
    bool unsettled = false;    // some entry is, after this look
  };

  using FoundAt = std::pair<DirectoryId, std::string>;
  // All that was found in one directory is found by it, too.
  struct ByDirectory {
    using is_transparent = void;
    bool operator()(const FoundAt& a, const FoundAt& b) const { return a < b; }
    bool operator()(const FoundAt& a, DirectoryId b) const { return a.first < b; }
    bool operator()(DirectoryId a, const FoundAt& b) const { return a < b.first; }
  };
  // A change that no hint has told of yet.
  struct Found {
    Instant at;
    FoundAt what;
    bool elsewhere;  // done by another name of the file, perhaps
  };

  // reconciler.cc: roots, hints, the step.
  Root* root_of(const Directory& directory) { return roots_[directory.root].get(); }
  // Changes of it are reported.
  static bool is_told(const Root& root) { return root.ready || root.restored; }
  const Root& root_of_const(const Directory& directory) const { return *roots_[directory.root]; }
  Pending& pending(Directory& directory, Via via);
  void enqueue(Directory& directory);
  void enqueue_sweep(Directory& directory, Via via);
  void want_list(Directory& directory, Via via);
  void ask_parent(Directory& directory, Via via);
  // A hint for the name came, or one that asks for everything, and is still to be followed.
  bool is_pending(const Directory& directory, std::string_view name) const;
  void rearm_all(Root& root);
  // `child` is another mount, which its parent's looks must not touch.
  bool on_hanging_mount(const Directory& parent, const Directory& child) const;
  bool is_self_name(const Directory& directory, std::string_view name) const;

  // reconciler_dispatch.cc: from pending to looks.
  void dispatch(Instant now, WatchEffects& effects);
  bool dispatch_one(Lane& lane, Instant now, WatchEffects& effects);
  bool build(Directory& directory, Instant now, LookRequest& request, WatchEffects& effects);
  bool cover(Directory& directory, Instant now, WatchEffects& effects);
  void uncover(Directory& directory);
  void set_coverage(Directory& directory, Coverage coverage, Instant now, WatchEffects& effects);
  std::string look_path(const Directory& directory) const;
  bool is_large(const Stamp& self) const { return self.size >= options_.large_directory; }
  bool wants_hold(const Directory& directory) const;
  void fill_verify(Directory& directory, LookRequest& request);
  void fill_names(Directory& directory, const NameList& names, LookRequest& request);
  bool is_in_parts(const Directory& directory) const;
  bool has_stranger(const Directory& directory, const NameList& names);
  bool is_partly_compared(const Directory& directory);
  bool is_at_once(const Directory& directory, const LookRequest& request) const;
  void send(Directory* directory, LookRequest&& request, Instant now, WatchEffects& effects);
  std::uint32_t lane_for(std::uint64_t device);
  void move_to_lane(Directory& directory, std::uint32_t lane);
  void look_failed(Directory& directory, const Status& status, Instant now, WatchEffects& effects);

  // reconciler_apply.cc: from answers to changes.
  void apply_answers(Instant now, WatchEffects& effects);
  bool begin(Applying& applying, Instant now, WatchEffects& effects);
  bool go_on(Applying& applying, Instant now, WatchEffects& effects);
  void know_in_parent(const Directory& directory, const Stamp& self);
  void finish(Directory& directory, const Applying& applying, Instant now, WatchEffects& effects);
  void probed(Directory& directory, const LookAnswer& answer, Instant now, WatchEffects& effects);
  bool apply_name(Directory& directory, Applying& applying, Instant now, WatchEffects& effects);
  void appear(Directory& directory, const LookAnswer& answer, std::size_t i, Instant now,
              WatchEffects& effects);
  void adopt(Directory& parent, Entry& entry, const Looked& looked);
  void differ(Directory& directory, Entry& entry, const LookAnswer& answer, std::size_t i,
              Instant now, WatchEffects& effects);
  void differ_directory(Directory& directory, Entry& entry, Directory& child, const Looked& looked,
                        Instant now, WatchEffects& effects);
  bool content_differs(Directory& directory, Entry& entry, const LookAnswer& answer, std::size_t i,
                       bool same_stamp);
  void vanish(Directory& directory, std::size_t position, Instant now, WatchEffects& effects);
  bool is_followed(const Directory& directory, const Looked& looked) const;
  bool is_loop(const Directory& directory, const Stamp& stamp) const;
  bool is_ignored(const Directory& directory, std::string_view name, bool is_directory);
  void emit(ChangeKind kind, Directory& directory, std::string_view name, const Stamp& stamp,
            Instant now, WatchEffects& effects);
  void forget_some(Instant now, WatchEffects& effects);
  const std::string& path_of(const Directory& directory);
  void first_look_done(Directory& directory);

  // reconciler_mounts.cc: what is mounted in a root.
  void follow_mounts(Instant now);
  bool place_mounts(Root& root);
  void root_moved(Root& root, Instant now);
  void carry(Directory& top, std::uint32_t lane);
  const MountPoint* hanging_mount(const Directory& directory, std::string_view name) const;
  std::vector<std::string> untouchable(const Directory& directory) const;
  void appear_untouched(Directory& directory, std::string_view name, Instant now,
                        WatchEffects& effects);
  std::uint32_t lane_of_mount(const MountPoint& mount);
  std::uint32_t lane_of_child(const Directory& parent, std::string_view name, std::uint64_t device);
  void mount_came(Root& root, const std::string& path, const MountPoint& mount);
  void mount_gone(Root& root, const std::string& path);
  void look_anew(Directory& directory);

  // reconciler_watch.cc: roots that go, mounts that hang, sweeps, overflow, lost hints.
  void keep_watch(Instant now, WatchEffects& effects);
  void guard_roots(Instant now, WatchEffects& effects);
  void root_answered(const LookAnswer& answer, Instant now, WatchEffects& effects);
  void root_lost(Root& root, const Status& why, Instant now, WatchEffects& effects);
  bool believe(const Root& root, const LookAnswer& answer) const;
  void check_lanes(Instant now, WatchEffects& effects);
  void lane_hangs(Lane& lane, Instant now, WatchEffects& effects);
  void lane_answers_again(Lane& lane, Instant now, WatchEffects& effects);
  void sweep_roots(Instant now);
  void sweep_done(Directory& directory);
  void reconcile_background(Instant now);
  void start_rescan(Instant now, WatchEffects& effects);
  void rescan_roots(Instant now, WatchEffects& effects);
  void expire_lost_hints(Instant now);
  void note_found(Directory& directory, std::string_view name, bool elsewhere, Instant now);
  void hold_against(Directory& directory, const Found& found, Instant now);
  bool is_distrusted(const Directory& directory);
  void retry_due(Instant now);
  void announce_ready(Instant now, WatchEffects& effects);

  static constexpr std::uint8_t kToldMore = 2;  // Entry::told: more than one hint

  Coverer& coverer_;
  ReconcilerOptions options_;
  Tree tree_;
  std::vector<std::unique_ptr<Root>> roots_;
  std::deque<Lane> lanes_;
  std::deque<LookAnswer> answers_;
  std::vector<MountPoint> mounts_;
  bool mounts_changed_ = false;
  std::unique_ptr<Applying> applying_;
  std::vector<Dying> dying_;
  Metrics metrics_;
  std::uint64_t coverage_changes_ = 0;

  // Content of unsettled files in polled directories, by directory and name.
  std::map<std::pair<DirectoryId, std::string>, std::uint64_t> content_;

  // What a worker holds for directories whose native watch is about to be armed.
  std::map<DirectoryId, std::shared_ptr<void>> holds_;

  // Directories to be tried again at a time.
  using Retry = std::pair<Instant, DirectoryId>;
  std::priority_queue<Retry, std::vector<Retry>, std::greater<>> retries_;

  // Changes that the background reconcile found, until a hint for them comes or it is too late.
  std::map<FoundAt, Instant, ByDirectory> unhinted_;
  // The same in the order in which they were found, with those whose hint came since.
  std::deque<Found> found_;

  bool suspect_ = false;
  Instant rescan_not_before_{};
  Duration rescan_pause_{};

  std::uint32_t background_at_ = 0;
  Instant background_due_{};
  double background_debt_ = 0;  // directories due but not yet looked at
  double background_cost_ns_ = 50'000;  // of one directory, a moving average
  // The path of the directory that was last asked for: a batch of changes is mostly of one. It can't
  // change while the directory is known.
  DirectoryId path_directory_;
  std::string path_;
  std::string relative_;  // room that is used again
  Instant now_{};                       // of the step under way
  Instant heard_at_{};
  Instant hinted_at_{};                 // of the answer that is applied
  std::size_t work_left_ = 0;           // in it
  std::size_t at_once_left_ = 0;        // looks in it
};

}  // namespace pawl
