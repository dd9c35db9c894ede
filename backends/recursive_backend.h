// uv_fs_event as a Backend where one handle watches a whole tree: one a root, for all directories below
// it, which costs one descriptor, and on Windows keeps none but the root from being moved.
#pragma once

#include <uv.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/handle.h"
#include "core/backend.h"
#include "core/recursive_watch.h"

namespace pawl {

struct RecursiveOptions {
  RawNames names;
  // Every start and stop of a handle makes all of them deaf for a moment, of about so many milliseconds: all are
  // suspect after it. (macOS: libuv has one stream of FSEvents, which a thread of its own makes anew; nobody is
  // told when that hears again.) None: a handle hears from its start.
  std::optional<std::uint64_t> deaf_ms;
};

// Loss: a callback without a name is an overflow of that handle's buffer. One with an error is the end
// of the handle (its root was removed, a server has gone): it is closed, since libuv would call back with
// the same error for ever, and started anew, at once when another directory is watched below it, else
// after a while that doubles. Each of these holds everything suspect. What FSEvents say of events that they
// dropped, libuv keeps to itself: that is found by the background reconcile. Where it hands over that all below a
// directory is to be looked at, RawNames::gathered does so.
class RecursiveBackend : public Backend {
 public:
  // `loop` and `sink` outlive this.
  RecursiveBackend(uv_loop_t* loop, HintSink& sink, RecursiveOptions options);
  ~RecursiveBackend() override;
  RecursiveBackend(const RecursiveBackend&) = delete;

  // Below a root that is watched already this starts nothing, nor at it, unless another directory has taken
  // its place: a handle goes with the one that was moved away. A link to a directory, and a volume that
  // is mounted at one, get a handle of their own: changes there are none of the tree around them.
  Status watch(DirectoryId directory, const std::string& path) override;
  // The handle is closed with the last directory below it.
  void unwatch(DirectoryId directory) override;

  std::size_t handles() const { return trees_.size(); }

 private:
  struct Tree;
  Tree* tree_around(const std::string& path) const;
  int start(Tree& tree);
  void failed(Tree& tree);
  void deafened();
  static void on_event(uv_fs_event_t* handle, const char* name, int events, int status);

  uv_loop_t* loop_;
  HintSink& sink_;
  RecursiveOptions options_;
  std::vector<std::unique_ptr<Tree>> trees_;
  std::vector<RecursiveWatch::Hint> hints_;  // of one callback
  Handle<uv_timer_t, RecursiveBackend> deaf_;  // to be told once the caller has returned
};

}  // namespace pawl
